// T6p: one printed page for the visit: who, the sentence, the course, questionnaires, tablets, where it hurts, alerts, what to talk about.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { oneDecimal } from "../../shared/chart_labels.js";
import { between } from "../../shared/days.js";
import { loading } from "../../shared/states.js";
import { day as dayOf, dayAndClock, n, number, t } from "../../shared/words.js";
import { hashOf } from "../app.js";
import { siteInWords } from "../../shared/answers.js";
import { icon } from "../icons.js";
import { doneOf, isOpen } from "./alert_words.js";
import { kindWords } from "./finding_words.js";
import { curve, legend } from "./patient_chart.js";
import { percent, sentence, unscored } from "./patient_words.js";
import { nameOf, valueInWords } from "./measurement_words.js";
import { treatmentInWords } from "./patient_treatments.js";

export const title = () => t("Visit sheet");

/** @param {any} model @param {any} act */
export const view = (model, act) => {
  if (!model.found || !model.questions) return html`<h1 tabindex="-1">${title()}</h1>${model.problem ? nothing : loading()}`;
  return html`
    <div class="cluster on-screen">
      <a class="button" href=${hashOf("patient", { id: model.id })}>${t("Back to the patient")}</a>
      <button class="button button-main" type="button" @click=${() => act.print()}>${icon("print")}${t("Print")}</button>
      <p class="meta">${t("One page, A4 or Letter. It names the patient: keep it as you keep a record.")}</p>
    </div>
    ${sheet(model)}
  `;
};

/** Width of the drawing and size of its text on paper, in px. */
const [WIDTH, REM] = [700, 12.6];
const MOST = { alerts: 5, questionnaires: 4, measurements: 3, places: 6 };

/** @param {any} model */
const sheet = (model) => {
  const { course, found } = model;
  const why = unscored(course.standing.status);
  const lead = why ? `${why.lead} ${why.more}` : sentence(course).join(" ");
  const drawn = { ...model, id: "visit", width: WIDTH, rem: REM, hasStiffness: true, hasInterference: false, details: false };
  return html`<article class="visit-sheet on-paper" aria-label=${t("Visit sheet")}>
    ${top(model)}
    <p class="lead">${lead}</p>
    <section><h2>${course.hasStiffness ? t("Worst pain and stiffness, 0 to 10, 26 weeks") : t("Worst pain, 0 to 10, 26 weeks")}</h2>
      <div class="chart">${curve(drawn, lead, { pick: () => {} })}</div>${legend(drawn)}
    </section>
    <div class="cols wide-first">${measures(model)} ${tablets(model)}</div>
    <div class="cols">${places(model)} ${alerts(course)}</div>
    <section><h2>${t("What the patient wants to say")}</h2>
      <ol class="lines-to-fill">${[1, 2, 3].map((each) => html`<li><b>${each}</b></li>`)}</ol></section>
    ${sources(model)}
  </article>`;
};

/** @param {any} model */
const top = ({ found: { patient, treatments }, course, me, printedAt }) => html`<header class="top">
  <div><h1 tabindex="-1">${patient.name}</h1>
    <p>${[t("born {year}", { year: String(patient.birth_year) }), patient.reference, me.site.name, me.team?.name].filter(Boolean).join(" · ")}</p>
    <p>${[...treatments.map(treatmentInWords).reverse(), weeks(course)].filter(Boolean).join("; ")}</p></div>
  <div class="when"><p>${t("Printed {when}", { when: dayAndClock(printedAt) })}</p>
    <p>${t("{from} to {until}", { from: dayOf(course.days[0].day, "date"), until: dayOf(course.today, "date") })}</p>
    <p>${t("Visit on: {line}", { line: "____________" })}</p></div>
</header>`;

/** @param {any} course */
const weeks = ({ since, today }) => (since && since <= today ? t("week {n} on tablets", { n: Math.floor(between(since, today) / 7) }) : "");

/** @param {any} model */
const measures = ({ course, found }) => {
  const last = [...new Map(course.questionnaires.map((/** @type {any} */ each) => [each.instrument, each])).values()].slice(-MOST.questionnaires);
  const measured = [...new Map(found.trajectory.measurements.filter((/** @type {any} */ each) => !each.withdrawn).map((/** @type {any} */ each) => [nameOf(each), each])).values()].slice(-MOST.measurements);
  return html`<section><h2>${t("Questionnaires and measurements")}</h2>
    ${last.length + measured.length
      ? html`<table><tbody>
          ${last.map(({ instrument, day, score, assessment }) => html`<tr><th scope="row">${instrument.toUpperCase()}${score ? html`, ${score.name}` : nothing}</th><td class="n">${dayOf(day, "short")}</td><td class="n">${score ? oneDecimal(score.value) : "–"}</td>
            <td>${score ? (score.change_from_baseline?.description ?? nothing) : assessment.unscored_reason}</td></tr>`)}
          ${measured.map((each) => html`<tr><th scope="row">${nameOf(each)}</th><td class="n">${dayOf(each.measured_on, "short")}</td><td class="n">${valueInWords(each)}</td><td></td></tr>`)}
        </tbody></table>`
      : html`<p>${t("None in this time.")}</p>`}
  </section>`;
};

/** @param {any} model */
const tablets = ({ course, found: { trajectory } }) => {
  const recent = course.days.slice(-28);
  const count = (/** @type {string | null} */ dose) => recent.filter((/** @type {any} */ each) => each.dose === dose).length;
  const confidence = course.days.findLast((/** @type {any} */ each) => each.confidence !== null);
  const risk = trajectory.discontinuation_risk;
  return html`<section><h2>${t("Tablets, by the patient's report")}</h2>
    <table><tbody>
      <tr><th scope="row">${t("last 28 days")}</th><td>${[
        t("{n} taken", { n: count("taken") }), t("{n} not taken", { n: count("missed") }), t("{n} left out on purpose", { n: count("skipped") }), t("{n} not known", { n: count(null) }),
      ].join(", ")}</td></tr>
      <tr><th scope="row">${t("confidence to go on")}</th><td>${confidence ? t("{value} of 10 on {day}", { value: confidence.confidence, day: dayOf(confidence.day, "short") }) : t("not asked or not answered")}</td></tr>
      <tr><th scope="row">${t("may stop in 90 days")}</th><td>${risk.risk_90d === null
        ? t("not known")
        : html`${percent(risk.risk_90d)} (${t("95% from {low} to {high}", { low: percent(risk.risk_90d_low), high: percent(risk.risk_90d_high) })})${risk.average_risk_90d ? html`; ${t("average {share}", { share: percent(risk.average_risk_90d) })}` : nothing}`}</td></tr>
    </tbody></table></section>`;
};

/** @param {any} model */
const places = ({ course, questions }) => {
  const asked = questions.find((/** @type {any} */ { name }) => name === "body_sites");
  const spans = [[t("first 28 days shown"), course.placesBefore], [t("last 28 days"), course.placesNow]];
  return html`<section><h2>${t("Where it hurts")}</h2><table><tbody>${spans.map(([words, { told, places: all }]) => {
    const named = all.slice(0, MOST.places).map((/** @type {any} */ { place, days }) => `${asked ? siteInWords(asked, place) : place.site} (${days})`);
    return html`<tr><th scope="row">${words}</th><td>${told ? named.join(", ") : t("not told")}${all.length > MOST.places ? " …" : nothing}<br><span class="meta">${n("told on {n} day", "told on {n} days", told)}</span></td></tr>`;
  })}</tbody></table></section>`;
};

/** @param {any} course */
const alerts = ({ alerts: all, days }) => {
  const shown = all.filter((/** @type {any} */ { day }) => day >= days[0].day);
  const part = shown.slice(-MOST.alerts);
  return html`<section><h2>${t("Alerts and what was done")}</h2>
    ${shown.length ? nothing : html`<p>${t("None in this time. That does not mean that all was well.")}</p>`}
    <table><tbody>${part.map((/** @type {any} */ { number: place, day, alert }) => html`<tr><th scope="row">${place}</th><td class="n">${dayOf(day, "short")}</td><td>${kindWords(alert.kind)}</td><td>${isOpen(alert) ? html`<b>${doneOf(alert)}</b>` : doneOf(alert)}</td></tr>`)}</tbody></table>
    ${shown.length > part.length ? html`<p class="meta">${n("and {n} earlier one", "and {n} earlier ones", shown.length - part.length)}</p>` : nothing}
  </section>`;
};

/** @param {any} model */
const sources = ({ course, found: { trajectory }, me, printedAt }) => {
  const answered = course.days.filter((/** @type {any} */ { isAnswered }) => isAnswered).length;
  return html`<p class="sources">${t("Reported by the patient; {answered} of {days} days answered. No answer is never counted as no pain. Level: mean of the days answered in 7, with its 95% band; hatched: not known. No finding says that pain comes from the tablet; another cause is not excluded. Self-report overstates what was taken. The risk orders patients; it is not a number for one of them.", { answered: number(answered), days: number(course.days.length) })}
    ${t("Engine {hash}", { hash: (trajectory.engine ?? "-").slice(0, 12) })}. ${t("Printed {when} by {name}, {site}.", { when: dayAndClock(printedAt), name: me.name, site: me.site.name })}</p>`;
};
