// Treatments over time, each change with what was before and what is after it: two numbers of the engine with their
// intervals, and the sentence without which they would mislead.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { oneDecimal } from "../../shared/chart_labels.js";
import { drugOf } from "../../shared/treatments.js";
import { day as dayOf, t } from "../../shared/words.js";

export const REASONS = () => /** @type {Record<string, string>} */ ({
  side_effects: t("side effects"), patient_choice: t("the patient's choice"), planned_end: t("planned end"),
  pause: t("pause that was agreed"), medical: t("medical reason"), other: t("other reason"),
});

/** One treatment in words. @param {any} treatment */
export const treatmentInWords = ({ ai, from, until, why_stopped: why }) => {
  const of = { drug: drugOf(ai), from: from ? dayOf(from, "date") : "", until: until ? dayOf(until, "date") : "" };
  const span = from && until ? t("{drug}, {from} to {until}", of) : from ? t("{drug} since {from}", of) : until ? t("{drug} until {until}", of) : of.drug;
  return why ? `${span} (${REASONS()[why] ?? why})` : span;
};

/** @param {any} model */
export const treatmentPanel = ({ course, found: { treatments } }) => {
  const { changes } = course;
  if (!treatments.length) return nothing;
  return html`<section class="panel stack" aria-labelledby="treatments-title">
    <h2 id="treatments-title">${t("Treatments, before and after")}</h2>
    <ol class="stack-tight">${treatments.map((/** @type {any} */ each) => html`<li>${treatmentInWords(each)}</li>`)}</ol>
    ${changes.length ? [table(changes), regression()] : nothing}
  </section>`;
};

/** Without this sentence a before and after misleads. */
const regression = () => html`<p class="regression">${t("Tablets are often changed when pain is at its worst, and pain at its worst mostly falls by itself. Other things changed too. These two numbers cannot say what the change did.")}</p>`;

/** @param {any[]} changes */
const table = (changes) => html`<div class="scroll" tabindex="0" role="group" aria-labelledby="treatments-title"><table class="table">
  <thead><tr><th scope="col">${t("Change of treatment")}</th><th scope="col">${t("Level before")}</th><th scope="col">${t("About 4 weeks after")}</th></tr></thead>
  <tbody>${changes.map(
    ({ day, ai, isEnd, before, after, isTooEarly }) => html`<tr>
      <th scope="row">${isEnd ? t("{drug} ended", { drug: drugOf(ai) }) : t("{drug} begun", { drug: drugOf(ai) })}<br><span class="meta num">${dayOf(day, "date")}</span></th><td>${levelOf(before)}</td><td>${isTooEarly ? t("too early") : levelOf(after)}</td>
    </tr>`,
  )}</tbody>
</table></div>`;

/** @param {any} score */
const levelOf = (score) => {
  if (!score) return t("not known");
  const level = oneDecimal(score.level);
  return score.low === null ? level : `${level} (${t("95% from {low} to {high}", { low: oneDecimal(score.low), high: oneDecimal(score.high) })})`;
};
