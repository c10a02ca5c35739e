// Questionnaires: each score with what it means, against the baseline and against the one before.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { day as dayOf, number, t } from "../../shared/words.js";

/** @param {any} model */
export const questionnairesView = ({ found: { assessments, trajectory } }) => {
  const all = [...assessments].sort((one, other) => (one.local_date < other.local_date ? 1 : -1));
  return html`
    <h2 class="unseen">${t("Questionnaires")}</h2>
    ${status(trajectory.functional_status)}
    ${all.length ? nothing : html`<p>${t("No questionnaire yet. What is planned stands under Plan.")}</p>`}
    ${all.map(questionnaire)}
  `;
};

/** @param {any} status */
const status = (status) =>
  status
    ? html`<section class="panel stack" aria-labelledby="function-title"><h3 id="function-title">${t("Function")}</h3>
        <p>${status.description}</p>
        <ul>${status.parts.map((/** @type {any} */ each) => html`<li class="meta">${each.description} ${each.source}</li>`)}</ul>
        ${status.too_old.map((/** @type {string} */ each) => html`<p class="meta">${each}</p>`)}
        ${status.verified ? nothing : html`<p class="meta">${t("A cut-off in this was not checked in its source.")}</p>`}
      </section>`
    : nothing;

const STATUSES = () => /** @type {Record<string, string>} */ ({ partial: t("begun, not finished"), complete: t("complete"), withdrawn: t("withdrawn") });

/** @param {any} assessment */
const questionnaire = ({ id, instrument, local_date: day, status, scores, scoring, unscored_reason: why }) => html`<section class="panel stack" aria-labelledby="q-${id}">
  <h3 id="q-${id}">${instrument.toUpperCase()} <span class="meta">${dayOf(day, "full")}, ${STATUSES()[status] ?? status}</span></h3>
  ${why ? html`<p>${t("No scores: {why}.", { why })}</p>` : nothing}
  ${scores.length
    ? html`<div class="scroll" tabindex="0" role="group" aria-labelledby="q-${id}"><table class="table">
        <thead><tr><th scope="col">${t("Score")}</th><th scope="col" class="n">${t("Value")}</th><th scope="col">${baseline(scoring)}</th><th scope="col">${t("Against the one before")}</th></tr></thead>
        <tbody>${scores.map(score)}</tbody>
      </table></div>`
    : nothing}
</section>`;

/** @param {any} scoring */
const baseline = (scoring) => (scoring?.baseline ? t("Against {day}", { day: dayOf(scoring.baseline.local_date, "date") }) : t("Against the baseline"));

/** @param {any} score */
const score = ({ name, value, unscored_reason: why, lowest, highest, direction, band, change_from_baseline: first, change_from_previous: previous, verified }) => html`<tr>
  <th scope="row">${name}<br><span class="meta">${t("{lowest} to {highest}", { lowest: number(lowest, 1), highest: number(highest, 1) })}, ${direction.replaceAll("_", " ")}</span></th>
  <td class="n">${value === null ? html`<span class="none">${why}</span>` : number(value, 1, 1)}${band ? html`<br><span class="meta">${band}</span>` : nothing}</td>
  <td>${first?.description ?? nothing}</td>
  <td>${previous?.description ?? nothing}${verified === false ? html`<br><span class="meta">${t("not checked in its source")}</span>` : nothing}</td>
</tr>`;
