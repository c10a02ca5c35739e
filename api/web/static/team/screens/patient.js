// T6: one patient: who it is, and by tabs the course, what was answered and measured, alerts, messages, the plan, access.
import { html, nothing, svg } from "../../vendor/lit-html/lit-html.js";
import { ifDefined } from "../../vendor/lit-html/directives/if-defined.js";
import { loading } from "../../shared/states.js";
import { clock, day as dayOf, dayAndClock, t } from "../../shared/words.js";
import { hashOf } from "../app.js";
import { icon } from "../icons.js";
import { isOpen } from "./alert_words.js";
import { accessView } from "./patient_access.js";
import { alertsView } from "./patient_alerts.js";
import { courseView } from "./patient_course.js";
import { entriesView } from "./patient_entries.js";
import { measurementsView } from "./patient_measurements.js";
import { messagesView } from "./patient_messages.js";
import { planView } from "./patient_plan.js";
import { questionnairesView } from "./patient_questionnaires.js";
import { tier } from "./tiers.js";
import { treatmentInWords } from "./patient_treatments.js";
import { weekdayOf } from "./weekdays.js";

/** @typedef {any} Model */

/** Names no patient: browsers keep titles. */
export const title = () => t("Patient");

const TABS = () => [
  ["course", t("Course"), courseView], ["entries", t("Entries"), entriesView], ["questionnaires", t("Questionnaires"), questionnairesView],
  ["measurements", t("Measurements"), measurementsView], ["alerts", t("Alerts"), alertsView], ["messages", t("Messages"), messagesView],
  ["plan", t("Plan"), planView], ["access", t("Access"), accessView],
];

/** @param {Model} model @param {any} act */
export const view = (model, act) => {
  if (!model.found) return html`<h1 tabindex="-1">${title()}</h1>${model.problem ? again(act) : loading()}`;
  const [, , shown] = TABS().find(([name]) => name === model.tab) ?? TABS()[0];
  return html`
    <div class="stack-5">
      ${head(model)} ${states(model)}
      <nav class="tabs" aria-label=${t("Patient")}>${TABS().map(([name, words]) => tab(model, /** @type {string} */ (name), /** @type {string} */ (words)))}</nav>
      <div class="stack-5">${/** @type {any} */ (shown)(model, act)}</div>
    </div>
  `;
};

/** @param {any} act */
const again = (act) => html`<p><button class="button" type="button" @click=${() => act.again()}>${t("Try again")}</button></p>`;

/** @param {Model} model @param {string} name @param {string} words */
const tab = ({ id, tab: current, found }, name, words) => {
  const waiting = name === "alerts" ? found.alerts.filter(isOpen).length : 0;
  const isCurrent = name === current || (name === "course" && !TABS().some(([each]) => each === current));
  return html`<a href=${hashOf("patient", { id, tab: name })} aria-current=${ifDefined(isCurrent ? "page" : undefined)}>${words}${waiting
    ? html` <span class="num">${waiting}<span class="unseen"> ${t("open")}</span></span>`
    : nothing}</a>`;
};

/** @param {Model} model */
const head = (model) => {
  const { found, id } = model;
  const { patient } = found;
  const [worst] = found.alerts.filter(isOpen).sort((/** @type {any} */ one, /** @type {any} */ other) => rank(one) - rank(other));
  return html`<div class="patient-head">
    <div class="cluster">
      <h1 tabindex="-1">${patient.name}</h1>
      <span class="meta num">${patient.reference}</span>
      ${worst ? tier(worst.tier) : nothing} ${severity(model.course.newest)}
    </div>
    <div class="cluster acts-top">
      <a class="button" href=${hashOf("visit", { id })}>${icon("print")}${t("Print for the visit")}</a>
    </div>
    <dl class="who-facts">${facts(model).map(([name, value]) => html`<div><dt>${name}</dt> <dd>${value}</dd></div>`)}</dl>
  </div>`;
};

/** @param {any} alert */
const rank = ({ tier: urgency }) => ["same_day", "routine", "self_care"].indexOf(urgency);

/** Severity as word and bars, never green for none. @param {any} newest */
const severity = (newest) => {
  const steps = ["none", "mild", "moderate", "severe"];
  const place = steps.indexOf(newest?.severity);
  if (place < 0) return nothing;
  const words = [t("no symptoms reported"), t("mild"), t("moderate"), t("severe")][place];
  return html`<span class="severity"><svg viewBox="0 0 24 16" aria-hidden="true">${[4, 8, 12, 15].map(
    (high, bar) => svg`<path class=${bar <= place ? "" : "off"} d="M${1.5 + 6 * bar} ${15.5 - high}h3v${high}h-3z"/>`,
  )}</svg>${words}</span>`;
};

/** @param {Model} model @returns {[string, unknown][]} */
const facts = ({ found: { patient, treatments, at } }) => [
  [t("born"), String(patient.birth_year)],
  [t("phone"), patient.phone ? html`<a class="nowrap" href="tel:${patient.phone.replace(/[^\d+]/g, "")}">${patient.phone}</a>` : t("not known")],
  [t("tablets"), treatments.length ? treatments.map(treatmentInWords).reverse().join("; ") : t("not known")],
  [t("joint disease"), jointDisease(patient)],
  [t("before"), [t("tamoxifen {known}", { known: known(patient.prior_tamoxifen) }), t("taxane {known}", { known: known(patient.prior_taxane) })].join(", ")],
  [t("check-in"), t("{weekday}, {time}", { weekday: weekdayOf(patient.check_in_weekday), time: patient.check_in_at })],
  [t("time there"), `${clock(at, patient.timezone)}, ${patient.timezone.split("/").at(-1)?.replaceAll("_", " ")}`],
];

/** @param {any} patient */
const jointDisease = ({ joint_disease: has, joint_disease_note: note }) => (has === null ? t("not known") : has ? (note ?? t("yes")) : t("none known"));

/** @param {boolean | null} value */
const known = (value) => (value === null ? t("not known") : value ? t("yes") : t("no"));

/** What must be seen before everything else. @param {Model} model */
const states = ({ found: { patient, at }, isOld, id }) => {
  const lines = [
    isOld ? t("There is no connection. This is what was known on {when}; nothing can be changed.", { when: dayAndClock(at) }) : "",
    patient.status !== "active" ? t("The patient is not active: no reminders, and no new entries.") : "",
    patient.signed_out_at ? t("The last phone was signed out on {when}. Nothing can be sent until there is a new code.", { when: dayAndClock(patient.signed_out_at) }) : "",
    patient.paused_until ? t("Paused: no reminders before {day}.", { day: dayOf(patient.paused_until, "date") }) : "",
  ].filter(Boolean);
  return html`${lines.map((words) => html`<p class="banner">${icon("alert")}<span class="banner-words">${words}</span></p>`)}
    ${patient.rejected_entries
      ? html`<p class="banner">${icon("alert")}<span class="banner-words">${t("Entries were refused and wait to be looked at.")} <a href=${hashOf("patient", { id, tab: "entries" })}>${t("Look at them")}</a></span></p>`
      : nothing}`;
};

