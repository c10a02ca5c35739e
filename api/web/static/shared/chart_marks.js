// Marks of a curve, each kind as the data of one path.
import { svg } from "../vendor/lit-html/lit-html.js";
import { round } from "./chart_geometry.js";
import { runsOf } from "./curve.js";

/** @typedef {import("./curve.js").CurveDay} CurveDay */
/** @typedef {import("./chart_geometry.js").Shape} Shape */

/** @param {CurveDay[]} days @param {(day: CurveDay, place: number) => string} mark */
const path = (days, mark) => days.map(mark).join("");

/** @param {CurveDay[]} days @param {Shape} shape */
export const dots = (days, { x, y }) => path(days, ({ pain }, place) => (pain === null ? "" : `M${x(place)} ${y(pain)}h0`));

/** @param {CurveDay[]} days @param {Shape} shape */
export const rings = (days, { x, y, radius: r }) =>
  path(days, ({ others }, place) =>
    others.map((value) => `M${x(place) - r} ${y(value)}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`).join(""),
  );

/** @param {CurveDay[]} days @param {Shape} shape */
export const diamonds = (days, { x, y, radius }) => {
  const r = radius + 1;
  return path(days, ({ stiffness }, place) =>
    stiffness === null ? "" : `M${round(x(place) - r)} ${y(stiffness)}l${r} ${-r}l${r} ${r}l${-r} ${r}z`,
  );
};

/** @param {CurveDay[]} days @param {"level" | "stiffnessLevel" | "interferenceLevel"} name @param {Shape} shape */
export const levels = (days, name, { x, y }) =>
  runsOf(days, name)
    .map((run) => `M${run.map((place) => `${x(place)} ${y(/** @type {number} */ (days[place][name]))}`).join("L")}${run.length === 1 ? "h0" : ""}`)
    .join("");

/** The interval around the level, where it is known. @param {CurveDay[]} days @param {Shape} shape */
export const band = (days, { x, y }) =>
  runsOf(days, "level")
    .map((run) => run.filter((place) => days[place].low !== null && days[place].high !== null))
    .filter((run) => run.length > 1)
    .map((run) => {
      const above = run.map((place) => `${x(place)} ${y(Math.min(/** @type {number} */ (days[place].high), 10))}`);
      const below = run.map((place) => `${x(place)} ${y(Math.max(/** @type {number} */ (days[place].low), 0))}`).reverse();
      return `M${[...above, ...below].join("L")}z`;
    })
    .join("");

/** What is usual: a line for reference, drawn through days without an answer. @param {CurveDay[]} days @param {Shape} shape */
export const usual = (days, { x, y, right }) => {
  const known = days.flatMap(({ usual: value }, place) => (value === null ? [] : [`${x(place)} ${y(value)}`]));
  return known.length ? `M${known.join("L")}H${right}` : "";
};

/** Changes of tablets. @param {CurveDay[]} days @param {Shape} shape */
export const changes = (days, { x, top, foot }) =>
  path(days, (day, place) => (day.changes.length ? `M${x(place)} ${top}V${foot}` : ""));

/** @param {number[]} places @param {Shape} shape */
export const ticks = (places, { x, rows }) => places.map((place) => `M${x(place)} ${rows.missingAt}v9`).join("");

/** Tablets: filled is taken, an open square above is not taken, half filled on purpose, a dot not known.
 * @param {CurveDay[]} days @param {Shape} shape */
export const tablets = (days, { x, step, rows }) => {
  const [high, low] = [rows.tabletsAt, rows.tabletsAt + 13];
  const wide = round(Math.min(Math.max(step - 0.9, 1.2), 9));
  const of = (/** @type {CurveDay["dose"][]} */ doses, /** @type {(x: number) => string} */ mark) =>
    path(days, ({ dose }, place) => (doses.includes(dose) ? mark(x(place)) : ""));
  return svg`
    <path class="c-tablet" d=${of(["taken"], (at) => `M${round(at - wide / 2)} ${low}h${wide}v8h${-wide}z`)}/>
    <path class="c-tablet-dot" d=${of([null], (at) => `M${at} ${low + 4}h0`)}/>
    <path class="c-tablet-open" d=${of(["missed", "skipped"], (at) => `M${round(at - 4.5)} ${high}h9v9h-9z`)}/>
    <path class="c-tablet" d=${of(["skipped"], (at) => `M${round(at - 4.5)} ${high}h4.5v9h-4.5z`)}/>`;
};

/** @param {CurveDay[]} days @param {number} place @param {Shape} shape */
export const cursorAt = (days, place, { x, y, top, bottom }) => {
  const value = days[place]?.pain ?? days[place]?.level;
  return svg`<path class="c-cursor" d="M${x(place)} ${top}V${bottom}"/>
    ${value === null || value === undefined ? "" : svg`<circle class="c-cursor-dot" cx=${x(place)} cy=${y(value)} r="6.5"/>`}`;
};
