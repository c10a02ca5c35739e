// Course: the sentence, the drawing, the risk, what is not known, treatments, and what was measured.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { icon } from "../../shared/icons.js";
import { t } from "../../shared/words.js";
import { chartPanel } from "./patient_chart.js";
import { computed } from "./patient_computed.js";
import { latest } from "./patient_latest.js";
import { riskPanel } from "./patient_risk.js";
import { treatmentPanel } from "./patient_treatments.js";
import { sentence, unknowns, unscored } from "./patient_words.js";

/** @param {any} model @param {any} act */
export const courseView = (model, act) => {
  const { course, found } = model;
  const said = sentence(course);
  const why = unscored(course.standing.status);
  return html`
    ${why ? notScored(why) : html`<p class="sentence">${said.join(" ")}</p>`}
    ${chartPanel(model, why ? `${why.lead} ${why.more}` : said.join(" "), act)} ${computed(course, found.trajectory)}
    <div class="grid-3">
      <div class="w-6 column">${riskPanel(found.trajectory.discontinuation_risk)} ${considerations(found.trajectory.considerations)}</div>
      <div class="w-6 column">${unknownPanel(unknowns(course, found.trajectory))} ${treatmentPanel(model)} ${latest(model)}</div>
    </div>
  `;
};

/** @param {{ lead: string, more: string }} why */
const notScored = ({ lead, more }) => html`<div class="banner banner-refused not-scored">
  ${icon("urgent")}
  <p class="banner-words"><b>${lead}</b> ${more}</p>
</div>`;

/** @param {{ lead: string, more: string }[]} all */
const unknownPanel = (all) => html`<section class="panel" aria-labelledby="unknown-title">
  <h2 id="unknown-title">${t("What is not known")}</h2>
  <ul class="unknowns">${all.map(({ lead, more }) => html`<li><span aria-hidden="true" class="ask">?</span><span><b>${lead}</b>: ${more}</span></li>`)}</ul>
</section>`;

/** @param {any[]} all */
const considerations = (all) =>
  all.length
    ? html`<section class="panel stack" aria-labelledby="consider-title">
        <h2 id="consider-title">${t("To consider")}</h2>
        <ul class="stack">${all.map(
          ({ text, reason, verdict, evidence, citations, verified }) => html`<li class="stack-tight">
            <p><b>${text}</b></p><p>${reason}</p>
            <details class="computed"><summary>${t("Evidence: {verdict}", { verdict: verdict.replaceAll("_", " ") })}</summary><div class="in">
              <p>${evidence}</p>${citations.map((/** @type {string} */ each) => html`<p class="meta">${each}</p>`)}
              ${verified ? nothing : html`<p class="meta">${t("Part of this is general knowledge that was not checked.")}</p>`}
            </div></details>
          </li>`,
        )}</ul>
      </section>`
    : nothing;
