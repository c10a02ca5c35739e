// The course as a table: the same numbers day by day, newest first, a part at a time; the day that is read is marked.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { oneDecimal } from "../../shared/chart_labels.js";
import { doseInWords } from "../../shared/day_words.js";
import { table } from "../../shared/table.js";
import { changeInWords } from "../../shared/treatments.js";
import { c, day as dayOf, t } from "../../shared/words.js";
import { kindWords } from "./finding_words.js";

/** @param {any} model @param {any} act */
export const dayTable = ({ course, cursor, rows }, act) => {
  const events = happened(course);
  const shown = course.days.map((/** @type {any} */ day, /** @type {number} */ place) => ({ day, place })).reverse();
  const until = Math.max(rows, cursor === null ? 0 : shown.length - cursor);
  const part = shown.slice(0, until);
  const at = cursor === null ? null : shown.length - 1 - cursor;
  return html`
    ${table({
      id: "days-table",
      caption: t("Day by day, newest first"),
      columns: [t("Day"), t("Worst pain"), c("of pain", "Level"), t("95%"), c("of pain", "Usual"), t("Stiffness"), t("Tablet"), t("Confidence"), t("What happened")],
      rows: part.map((/** @type {any} */ { day }) => row(day, events.get(day.day) ?? [])),
      current: at,
    })}
    ${shown.length > until
      ? html`<button class="button button-small" type="button" @click=${() => act.moreRows()}>${t("Show older days")}</button>`
      : nothing}
  `;
};

/** @param {any} course @returns {Map<string, string[]>} */
const happened = ({ alerts, questionnaires }) => {
  /** @type {Map<string, string[]>} */
  const found = new Map();
  const note = (/** @type {string} */ day, /** @type {string} */ words) => found.set(day, [...(found.get(day) ?? []), words]);
  for (const { day, number, alert } of alerts) note(day, t("alert {number}: {kind}", { number, kind: kindWords(alert.kind) }));
  for (const { day, instrument, score } of questionnaires) note(day, [instrument.toUpperCase(), score && oneDecimal(score.value)].filter(Boolean).join(" "));
  return found;
};

/** @param {any} day @param {string[]} events */
const row = ({ day, isAnswered, pain, others, level, low, high, usual, stiffness, dose, confidence, changes }, events) => [
  dayOf(day, "short"),
  pain === null ? (isAnswered ? "" : t("no answer")) : [pain, ...others].map(String).join(", "),
  level === null ? "" : oneDecimal(level),
  low === null ? "" : t("{low} to {high}", { low: oneDecimal(low), high: oneDecimal(high) }),
  usual === null ? "" : oneDecimal(usual),
  stiffness === null ? "" : String(stiffness),
  doseInWords(dose),
  confidence === null ? "" : String(confidence),
  [...changes.map(changeInWords), ...events].join("; "),
];
