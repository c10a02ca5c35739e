// Words in and around a curve. Where there is no room for one, it is left out; none is made smaller.
import { nothing, svg } from "../vendor/lit-html/lit-html.js";
import { ticksBack, weeksOf } from "./curve.js";
import { labelOf } from "./treatments.js";
import { day, number, t } from "./words.js";

/** @typedef {import("./curve.js").CurveDay} CurveDay */
/** @typedef {import("./chart_geometry.js").Shape} Shape */

const STEPS = [7, 14, 28, 56, 91, 182, 364, 728, 1820];
/** From so many days on, dates are months with their year. */
const LONG = 300;

/** Words at the ends of the scale: `worst` beside it, where there are names of rows; else the anchor in full above it.
 * @param {Shape} shape @param {string} [worst] */
export const ends = ({ edge, rows, fitting, name }, worst) => svg`
  <text x=${edge} y=${rows.ten} text-anchor=${name["text-anchor"]}><tspan class="strong">10</tspan> ${worst ?? fitting(`10 ${t("worst pain imaginable")}`).slice(3)}</text>
  <text x=${edge} y=${rows.zero} text-anchor=${name["text-anchor"]}><tspan class="strong">0</tspan> ${t("no pain")}</text>`;

/** @param {{ days: CurveDay[] }} chart @param {Shape} shape */
export const dates = ({ days }, { x, left, right, edge, rows, step, font, wide, isBeside }) => {
  const style = days.length > LONG ? "month" : "short";
  const texts = ticksBack(days.length, (wide(day(days[days.length - 1].day, style)) + font) / step, STEPS).map((place) => ({
    place, text: day(days[place].day, style),
  }));
  const after = isBeside ? left - font : edge + wide(`0 ${t("no pain")}`) + font;
  const shown = texts.filter(({ place, text }, nth) =>
    nth === texts.length - 1 || (x(place) - wide(text) / 2 > after && x(place) + wide(text) / 2 < right - wide(texts[texts.length - 1].text) - font),
  );
  return svg`<path class="c-axis" d=${texts.map(({ place }) => `M${x(place)} ${rows.datesAt}v5`).join("")}/>
    ${shown.map(({ place, text }) =>
      place === days.length - 1
        ? svg`<text x=${right} y=${rows.dates} text-anchor="end">${text}</text>`
        : svg`<text x=${x(place)} y=${rows.dates} text-anchor="middle">${text}</text>`,
    )}`;
};

/** Weeks since the first tablet. @param {{ days: CurveDay[], since: string | null }} chart @param {Shape} shape */
export const weeks = ({ days, since }, { x, right, bottom, edge, rows, step, font, wide, fitting, name, isBeside }) => {
  if (!rows.week || !since) return nothing;
  const marks = weeksOf(days, since, (wide("100") + font) / step);
  const shown = marks.filter(({ place, week }) => x(place) + wide(String(week)) / 2 < right + 8);
  return svg`<text x=${edge} y=${rows.weekWords} text-anchor=${name["text-anchor"]}>${fitting(t("Weeks since the first tablet"), t("Weeks"))}</text>
    <path class="c-grid" d=${shown.map(({ place }) => `M${x(place)} ${rows.week + font * 0.35}${isBeside ? `V${bottom}` : "v6"}`).join("")}/>
    ${shown.map(({ place, week }) => svg`<text x=${x(place)} y=${rows.week} text-anchor="middle">${number(week)}</text>`)}`;
};

/** What is usual, at the end of its line: on the side where the level is not. @param {CurveDay[]} days @param {Shape} shape */
export const usualLabel = (days, { right, top, bottom, y, font }) => {
  const last = days.findLast(({ usual }) => usual !== null);
  if (!last || last.usual === null) return nothing;
  const [above, below] = [y(last.usual) - font * 0.5, y(last.usual) + font * 1.25];
  const wantsBelow = (last.level ?? 0) >= last.usual;
  const isBelow = wantsBelow ? below < bottom : above - font < top;
  return svg`<text class="halo-text" x=${right} y=${isBelow ? below : above} text-anchor="end">${t("usual {level}", { level: oneDecimal(last.usual) })}</text>`;
};

const GAP = 6;

/** Changes of tablets, after their line, or before it at the end. @param {CurveDay[]} days @param {Shape} shape */
export const changeLabels = (days, { x, left, right, top, font, wide }) => {
  const marked = days.flatMap(({ changes }, place) => (changes.length ? [{ at: x(place), text: changes.map(labelOf).join(", ") }] : []));
  let free = left;
  return marked.map(({ at, text }) => {
    const isAfter = at + GAP + wide(text) <= right;
    const start = isAfter ? at + GAP : at - GAP - wide(text);
    if (start < free) return nothing;
    free = start + wide(text) + GAP;
    return svg`<text class="strong halo-text" x=${isAfter ? at + GAP : at - GAP} y=${top + font * 1.1} text-anchor=${isAfter ? "start" : "end"}>${text}</text>`;
  });
};

/** @param {number} value */
export const oneDecimal = (value) => number(value, 1, 1);
