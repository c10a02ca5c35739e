// A curve as a drawing: at its real width, with text that grows with the reader's, labels that drop out first.
//
//   chart({ id: "mine", days, width: 350, rem: 18, first, since, today, cursor: 12, hasStiffness: false,
//           title, summary, details: "table" }, { pick: (place) => …, key: (event) => … })
//
// Every kind of mark is one path, so that ten thousand days draw as fast as ten. The care team's has `desk: deskOf(…)` besides,
// and the names of its rows beside them where there is room.
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
 * @property {Desk} [desk] what the care team sees besides
 */

/**
 * What is drawn besides, by whoever needs it.
 * @typedef {object} Desk
 * @property {Record<string, string>} names of the rows @property {string[]} ends the longest texts after the lines
 * @property {{ hasAlerts: boolean, hasQuestionnaires: boolean }} has
 * @property {(shape: import("./chart_geometry.js").Shape) => unknown} under what lies under the level
 * @property {(shape: import("./chart_geometry.js").Shape) => unknown} after the lines
 * @property {(shape: import("./chart_geometry.js").Shape) => unknown} strips under the axis
 * @property {(shape: import("./chart_geometry.js").Shape) => string | null} stiffness marks of it, where answers lie too close
 */

/** Width of a drawing, in the reader's letters, from which the names of its rows stand beside them. */
const BESIDE_REM = 38;

/** @param {Chart} chart */
const shapeOf = (chart) => {
  const { width, rem, desk } = chart;
  const isBeside = desk && width >= BESIDE_REM * rem;
  return geometry({ ...chart, ...desk?.has, ...(isBeside ? { names: Object.values(desk.names), ends: desk.ends } : {}) });
};

/** @param {Chart} chart @param {{ pick: (place: number) => void }} act */
export const chart = (chart, act) => {
  const shape = shapeOf(chart);
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
  const { left, right, bottom, y, font, isBeside } = shape;
  const lines = isBeside ? [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] : [5, 10];
  const named = isBeside ? [2, 4, 6, 8] : [5];
  return svg`
    <path class="c-grid" d=${lines.map((each) => `M${left} ${y(each)}H${right}`).join("")}/>
    <path class="c-axis" d="M${left} ${bottom}H${right}"/>
    ${named.map((each) => svg`<text x=${left - font * (isBeside ? 0.75 : 0.4)} y=${y(each) + font * 0.35} text-anchor="end">${each}</text>`)}
    ${weeks(chart, shape)} ${dates(chart, shape)} ${ends(shape, isBeside ? chart.desk?.names.worst : undefined)}`;
};

/** @param {Chart} chart @param {any} shape */
const data = ({ days, cursor, hasStiffness, desk }, shape) => svg`
  ${desk?.under(shape)}
  <path class="c-band" d=${band(days, shape)}/>
  <path class="c-usual" d=${usual(days, shape)}/>
  ${hasStiffness
    ? svg`<path class="c-stiffness-level" d=${levels(days, "stiffnessLevel", shape)}/>
        <path class="c-stiffness" d=${desk?.stiffness(shape) ?? diamonds(days, shape)}/>`
    : nothing}
  <path class="c-treat" d=${changes(days, shape)}/>
  <path class="c-level" d=${levels(days, "level", shape)}/>
  ${cursor === null ? nothing : cursorAt(days, cursor, shape)}
  <path class="c-dots-edge" stroke-width=${shape.radius * 2 + 1.5} d=${dots(days, shape)}/>
  <path class="c-ring" d=${rings(days, shape)}/>
  <path class="c-dots" stroke-width=${shape.radius * 2} d=${dots(days, shape)}/>
  ${changeLabels(days, shape)}
  ${shape.isBeside ? desk?.after(shape) : usualLabel(days, shape)}`;

/** Rows under the axis: days without an answer, tablets.
 * @param {Chart} chart @param {any} shape */
const strips = ({ days, first, today, desk }, shape) => {
  const missing = missingOf(days, first, today);
  const dense = isDense(days, first, today);
  const answered = days.filter((each) => each.isAnswered).length;
  const { edge, rows, isFine, isBeside, fitting, name } = shape;
  const count = dense ? n("No answer: {n} day", "No answer: {n} days", missing.length) : n("Answers on {n} day", "Answers on {n} days", answered);
  return svg`
    <text x=${edge} y=${rows.missing} text-anchor=${name["text-anchor"]}>${isBeside ? desk?.names.missing : fitting(count)}</text>
    ${isBeside && !(isFine && dense) ? svg`<text x=${shape.left} y=${rows.missing}>${count}</text>` : nothing}
    ${isFine
      ? svg`<path class="c-missing" d=${dense ? ticks(missing, shape) : ""}/>
          <text x=${edge} y=${rows.tablets} text-anchor=${name["text-anchor"]}>${t("Tablets")}</text>${tablets(days, shape)}`
      : nothing}
    ${desk?.strips(shape)}`;
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
