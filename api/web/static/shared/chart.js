// A curve as a drawing: at its real width, with text that grows with the reader's, labels that drop out first.
//
//   chart({ id: "mine", days, width: 350, rem: 18, first, since, today, cursor: 12, hasStiffness: false,
//           title, summary, details: "table" }, { pick: (place) => …, key: (event) => … })
//
// Every kind of mark is one path, so that ten thousand days draw as fast as ten.
import { html, nothing, svg } from "../vendor/lit-html/lit-html.js";
import { ifDefined } from "../vendor/lit-html/directives/if-defined.js";
import { isDense, missingOf } from "./curve.js";
import { geometry } from "./chart_geometry.js";
import { changeLabels, dates, ends, usualLabel, weeks } from "./chart_labels.js";
import { band, changes, cursorAt, diamonds, dots, levels, rings, tablets, ticks, usual } from "./chart_marks.js";
import { n, t } from "./words.js";

/** @typedef {import("./curve.js").CurveDay} CurveDay */
/**
 * @typedef {object} Chart
 * @property {string} id @property {string} title @property {string} summary the sentence @property {string} [details] id of what says more
 * @property {CurveDay[]} days
 * @property {number} width of the drawing in px @property {number} rem the reader's text size in px
 * @property {string | null} first day of the first answer @property {string} today
 * @property {string | null} since day of the first tablet, if known
 * @property {number | null} cursor place of the day that is read @property {boolean} hasStiffness
 */

/** @param {Chart} chart @param {{ pick: (place: number) => void }} act */
export const chart = (chart, act) => {
  const shape = geometry(chart);
  const { id, title, summary, details, width } = chart;
  return html`<svg class="curve" viewBox="0 0 ${width} ${shape.height}" role="img" tabindex="0"
    aria-labelledby="${id}-title" aria-describedby="${id}-text" aria-details=${ifDefined(details)}
    @click=${(/** @type {MouseEvent} */ event) => act.pick(placeOf(event, chart, shape))}>
    <title id="${id}-title">${title}</title>
    <desc id="${id}-text">${summary}</desc>
    ${grid(chart, shape)} ${data(chart, shape)} ${strips(chart, shape)}
  </svg>`;
};

/** @param {Chart} chart @param {any} shape */
const grid = (chart, shape) => {
  const { left, right, bottom, top, y, font } = shape;
  return svg`
    <path class="c-grid" d="M${left} ${y(5)}H${right}M${left} ${top}H${right}"/>
    <path class="c-axis" d="M${left} ${bottom}H${right}"/>
    <text x=${left - font * 0.4} y=${y(5) + font * 0.35} text-anchor="end">5</text>
    ${weeks(chart, shape)} ${dates(chart, shape)} ${ends(shape)}`;
};

/** @param {Chart} chart @param {any} shape */
const data = ({ days, cursor, hasStiffness }, shape) => svg`
  <path class="c-band" d=${band(days, shape)}/>
  <path class="c-usual" d=${usual(days, shape)}/>
  ${hasStiffness
    ? svg`<path class="c-stiffness-level" d=${levels(days, "stiffnessLevel", shape)}/>
        <path class="c-stiffness" d=${diamonds(days, shape)}/>`
    : nothing}
  <path class="c-treat" d=${changes(days, shape)}/>
  <path class="c-level" d=${levels(days, "level", shape)}/>
  ${cursor === null ? nothing : cursorAt(days, cursor, shape)}
  <path class="c-dots-edge" stroke-width=${shape.radius * 2 + 1.5} d=${dots(days, shape)}/>
  <path class="c-ring" d=${rings(days, shape)}/>
  <path class="c-dots" stroke-width=${shape.radius * 2} d=${dots(days, shape)}/>
  ${changeLabels(days, shape)} ${usualLabel(days, shape)}`;

/** Rows under the axis: days without an answer, tablets.
 * @param {Chart} chart @param {any} shape */
const strips = ({ days, first, today }, shape) => {
  const missing = missingOf(days, first, today);
  const dense = isDense(days, first, today);
  const answered = days.filter((each) => each.isAnswered).length;
  const { edge, rows, isFine, fitting } = shape;
  const count = dense ? n("No answer: {n} day", "No answer: {n} days", missing.length) : n("Answers on {n} day", "Answers on {n} days", answered);
  return svg`
    <text x=${edge} y=${rows.missing}>${fitting(count)}</text>
    ${isFine
      ? svg`<path class="c-missing" d=${dense ? ticks(missing, shape) : ""}/>
          <text x=${edge} y=${rows.tablets}>${t("Tablets")}</text>${tablets(days, shape)}`
      : nothing}`;
};

/** The day that was touched; near an answer, that one.
 * @param {MouseEvent} event @param {Chart} chart @param {any} shape */
const placeOf = (event, { days, width }, { left, step }) => {
  const box = /** @type {Element} */ (event.currentTarget).getBoundingClientRect();
  const x = ((event.clientX - box.left) * width) / box.width;
  const place = Math.min(Math.max(Math.round((x - left) / step), 0), days.length - 1);
  const reach = Math.round(TOUCH / 2 / step);
  for (let away = 0; away <= reach; away += 1)
    for (const near of [place - away, place + away]) if (days[near]?.isAnswered) return near;
  return place;
};

/** Width in px that a finger covers. */
const TOUCH = 44;
