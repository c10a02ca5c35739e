// The course of a patient as a drawing, with the day that is read, what the marks mean, and the same as a table.
import { html, nothing, svg } from "../../vendor/lit-html/lit-html.js";
import { chart } from "../../shared/chart.js";
import { chartKeys } from "../../shared/chart_keys.js";
import { oneDecimal } from "../../shared/chart_labels.js";
import { reading } from "../../shared/day_words.js";
import { icon } from "../../shared/icons.js";
import { c, day as dayOf, t } from "../../shared/words.js";
import { alertShape, deskOf } from "./chart_desk.js";
import { doneOf, isOpen } from "./alert_words.js";
import { kindWords } from "./finding_words.js";
import { dayTable } from "./patient_table.js";

/** @typedef {any} Model */

/** @param {Model} model @param {string} sentence @param {any} act */
export const chartPanel = (model, sentence, act) => html`
  <figure class="panel stack course" aria-label=${t("Course")} @keydown=${chartKeys(model.course, { ...acts(act), leave: act.leaveDay })}>
    <div class="cluster apart">${spans(model, act)} ${layers(model, act)}</div>
    ${hasMarks(model) ? drawing(model, sentence, act) : html`<p class="meta">${t("There is no answer in this time.")}</p>`}
  </figure>
`;

/** @param {any} act */
const acts = ({ move, pick, toggleTable }) => ({ move, pick, toggleTable });

/** @param {Model} model */
const hasMarks = ({ course }) => course.days.some((/** @type {any} */ { isAnswered, level }) => isAnswered || level !== null);

/** @param {Model} model @param {string} sentence @param {any} act */
const drawing = (model, sentence, act) => html`
  <div class="chart chart-frame">${curve({ ...model, id: "course" }, sentence, act)}</div>
  ${readOut(model, act)} ${alertKey(model.course)}
  <details class="computed"><summary>${t("What the marks mean")}</summary><div class="in">${legend(model)}</div></details>
  ${model.hasTable ? dayTable(model, act) : nothing}
`;

/**
 * The drawing alone, as the page and the visit sheet have it.
 * @param {Model} model @param {string} sentence @param {any} act
 */
export const curve = ({ id, course, width, rem, cursor = null, hasTable = false, hasStiffness, hasInterference, details = true }, sentence, act) => {
  const { days, first, since, today } = course;
  const shown = { hasStiffness: hasStiffness && course.hasStiffness, hasInterference: hasInterference && course.hasInterference };
  const span = { from: dayOf(days[0].day, "date"), until: dayOf(days[days.length - 1].day, "date") };
  return chart(
    {
      id, days, width, rem, first, since, today, cursor,
      hasStiffness: shown.hasStiffness,
      title: shown.hasStiffness ? t("Worst pain and stiffness, {from} to {until}", span) : t("Worst pain, {from} to {until}", span),
      summary: sentence,
      ...(details && { details: hasTable ? "days-table" : "table-button" }),
      desk: deskOf({ id, days, today, ...shown, alerts: course.alerts, questionnaires: course.questionnaires.map(marked) }),
    },
    act,
  );
};

/** A questionnaire as the drawing has it. @param {any} done */
const marked = ({ day, letter, score }) => ({ day, letter, words: score ? [oneDecimal(score.value), direction(score)].filter(Boolean).join(" ") : "" });

/** @param {any} score */
const direction = ({ change_from_previous: change }) => {
  if (!change || change.points === null) return "";
  if (change.points === 0) return c("a score", "same");
  return change.points > 0 ? c("a score", "worse") : c("a score", "better");
};

/** @param {Model} model @param {any} act */
const spans = ({ span }, act) => html`
  <div class="segments" role="group" aria-label=${t("Time shown")}>
    ${[["weeks", t("4 weeks")], ["months", t("3 months")], ["half", t("26 weeks")], ["all", t("All")]].map(
      ([name, words]) => html`<button type="button" aria-pressed=${span === name ? "true" : "false"} @click=${() => act.show(name)}>${words}</button>`,
    )}
  </div>
`;

/** @param {Model} model @param {any} act */
const layers = ({ course, hasStiffness, hasInterference, hasTable }, act) => html`
  <div class="segments" role="group" aria-label=${t("Show as well")}>
    ${course.hasStiffness ? layer(t("Stiffness"), hasStiffness, () => act.toggle("hasStiffness")) : nothing}
    ${course.hasInterference ? layer(t("Interference"), hasInterference, () => act.toggle("hasInterference")) : nothing}
    ${hasMarks({ course })
      ? html`<button type="button" id="table-button" aria-pressed=${hasTable ? "true" : "false"} aria-keyshortcuts="T" @click=${() => act.toggleTable()}>${t("Table")} <kbd aria-hidden="true">t</kbd></button>`
      : nothing}
  </div>
`;

/** @param {string} words @param {boolean} isOn @param {() => void} press */
const layer = (words, isOn, press) =>
  html`<button type="button" aria-pressed=${isOn ? "true" : "false"} @click=${press}>${isOn ? icon("tick") : nothing}${words}</button>`;

/** The day that is read, and the way to others. @param {Model} model @param {any} act */
const readOut = ({ course: { days }, cursor }, act) => html`
  <div class="cluster reading">
    <button class="button button-small" type="button" @click=${() => act.move(-1)}>${t("Earlier")}</button>
    <button class="button button-small" type="button" @click=${() => act.move(1)}>${t("Later")}</button>
    <p role="status" class="readout ${cursor === null ? "readout-empty" : ""}">${cursor === null
      ? html`<span class="meta">${t("Arrow keys, or a click in the drawing, read single days.")}</span>`
      : html`<b>${dayOf(days[cursor].day)}</b>: ${reading(days[cursor])}${days[cursor].low === null ? nothing : html`, ${t("95% from {low} to {high}", { low: oneDecimal(days[cursor].low), high: oneDecimal(days[cursor].high) })}`}`}</p>
  </div>
`;

/** Numbers of the alerts on the drawing, in words. @param {any} course */
export const alertKey = ({ alerts, days }) => {
  const shown = alerts.filter((/** @type {any} */ { day }) => day >= days[0].day);
  return shown.length
    ? html`<ol class="key" aria-label=${t("Alerts on the drawing")}>
        ${shown.map((/** @type {any} */ { number, day, alert }) => html`<li><b>${number}</b> ${dayOf(day, "short")} ${kindWords(alert.kind)}: ${isOpen(alert) ? html`<b>${doneOf(alert)}</b>` : doneOf(alert)}</li>`)}
      </ol>`
    : nothing;
};

/** @param {unknown} mark @param {string} words */
const item = (mark, words) => html`<li><svg viewBox="0 0 44 20" aria-hidden="true">${mark}</svg><span>${words}</span></li>`;

const open = svg`<rect class="c-tablet-open" x="16.5" y="5" width="10" height="10"/>`;

/** @param {Model} model */
export const legend = ({ course, hasStiffness, hasInterference }) => html`
  <ul class="key key-marks chart">
    ${item(svg`<circle class="c-dot" cx="22" cy="10" r="3.5"/>`, t("worst pain of a day"))}
    ${item(svg`<circle class="c-ring" cx="22" cy="10" r="3.5"/>`, t("a further answer of the same day"))}
    ${item(svg`<path class="c-level" d="M1 13L17 9M27 8L43 6"/>`, t("level; broken where it is not known"))}
    ${item(svg`<rect class="c-band" x="1" y="3" width="42" height="14"/>`, t("95% band of the level"))}
    ${item(svg`<path class="c-usual" d="M0 10H44"/>`, t("usual level"))}
    ${course.hasStiffness && hasStiffness
      ? item(svg`<path class="c-stiffness-level" d="M1 10H43"/><path class="c-stiffness" d="M17.5 10l4.5 -4.5l4.5 4.5l-4.5 4.5z"/>`, t("stiffness, level"))
      : nothing}
    ${course.hasInterference && hasInterference
      ? item(svg`<path class="c-interference-level" d="M1 10H43"/><path class="c-interference" d="M18.5 6.5h7v7h-7z"/>`, t("interference, level"))
      : nothing}
    ${item(svg`<path class="c-missing" d="M18 5v10M26 5v10"/>`, t("day without an answer"))}
    ${item(svg`<rect class="c-tablet" x="16" y="6" width="4" height="9"/><rect class="c-tablet" x="21" y="6" width="4" height="9"/>`, t("tablet taken"))}
    ${item(open, t("tablet not taken"))}
    ${item(svg`${open}<rect class="c-tablet" x="16.5" y="5" width="5" height="10"/>`, t("tablet not taken, on purpose"))}
    ${item(svg`<circle class="c-tablet" cx="22" cy="10" r="1.3"/>`, t("tablet not known"))}
    ${item(svg`<path class="c-treat" d="M22 2v16"/>`, t("change of tablets"))}
    ${item(svg`<g transform="translate(12 11)">${alertShape("routine", false)}</g><g transform="translate(32 11)">${alertShape("routine", true)}</g>`, t("alert; with a tick: answered"))}
    ${item(svg`<g transform="translate(12 10)">${alertShape("same_day", false)}</g><g transform="translate(32 10)">${alertShape("self_care", false)}</g>`, t("alert of the same day; patient informed"))}
    ${letters(course.questionnaires).map(({ letter, instrument }) =>
      item(svg`<rect class="c-questionnaire" x="14" y="2" width="16" height="16"/><text class="strong" x="22" y="14.5" text-anchor="middle">${letter}</text>`, instrument.toUpperCase()),
    )}
  </ul>
`;

/** @param {any[]} done @returns {any[]} each instrument once */
const letters = (done) => [...new Map(done.map((each) => [each.instrument, each])).values()];
