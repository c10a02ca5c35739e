// The newest of each questionnaire and measurement, beside the course.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { oneDecimal } from "../../shared/chart_labels.js";
import { day as dayOf, t } from "../../shared/words.js";
import { nameOf, valueInWords } from "./measurement_words.js";

/** @param {any} model */
export const latest = ({ course, found }) => {
  const rows = [...questionnaires(course), ...measurements(found.trajectory.measurements)];
  return html`<section class="panel" aria-labelledby="latest-title">
    <h2 id="latest-title">${t("Questionnaires and measurements")}</h2>
    ${rows.length
      ? html`<div class="scroll" tabindex="0" role="group" aria-labelledby="latest-title"><table class="table">
          <thead><tr><th scope="col">${t("What")}</th><th scope="col">${t("Date")}</th><th scope="col" class="n">${t("Value")}</th><th scope="col">${t("What it means")}</th></tr></thead>
          <tbody>${rows.map(([name, day, value, means]) => html`<tr><th scope="row">${name}</th><td class="num">${day}</td><td class="n">${value}</td><td>${means}</td></tr>`)}</tbody>
        </table></div>`
      : html`<p class="meta">${t("None in this time. That says nothing about the patient.")}</p>`}
  </section>`;
};

/** @param {any} course @returns {any[][]} */
const questionnaires = ({ questionnaires: done }) =>
  [...new Map(done.map((/** @type {any} */ each) => [each.instrument, each])).values()].map((each) => [
    each.instrument.toUpperCase(),
    dayOf(each.day, "short"),
    each.score ? oneDecimal(each.score.value) : "–",
    each.score ? (each.score.change_from_baseline?.description ?? each.score.description) : each.assessment.unscored_reason,
  ]);

/** The newest of each series: the same kind, hand, joint or site. @param {any[]} all oldest first @returns {any[][]} */
const measurements = (all) =>
  [...new Map(all.filter(({ withdrawn }) => !withdrawn).map((each) => [nameOf(each), each])).values()].map((each) => [
    nameOf(each), dayOf(each.measured_on, "short"), valueInWords(each), each.interpretation?.description ?? nothing,
  ]);
