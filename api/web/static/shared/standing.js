// Where a curve stands: worse or better than usual, since when, or why that cannot be said. Numbers and names, no words.
import { between } from "./days.js";

/** @typedef {import("./curve.js").Score} Score */

/** Days after which an answer says nothing about now. */
const FRESH = 14;
/** Points from which a change is more than a little. */
const MUCH = 2;
/** The probability of a lasting rise from which it is too early to say "as usual". */
const LIKELY = 0.5;

/**
 * @typedef {object} Standing
 * @property {"unscored" | "silent" | "change"} kind
 * @property {string} status why there is none, or `scored`
 * @property {Score | null} last the newest score that compares with what is usual
 * @property {1 | -1 | 0} direction worse, better, or neither is sure
 * @property {string | null} since day on which that began; null where it lies before what is known
 * @property {boolean} isMuch whether the change is more than a little
 * @property {boolean} isOpen whether a lasting rise may have begun, though no change is sure
 */

/**
 * @param {{ status: string, scores: Score[], lastDay: string | null, day: string }} curve `day` on which it was asked for
 * @returns {Standing}
 */
export const standingOf = ({ status, scores, lastDay, day }) => {
  const none = { status, last: null, direction: /** @type {0} */ (0), since: null, isMuch: false, isOpen: false };
  if (status !== "scored") return { kind: "unscored", ...none };
  const last = scores.findLast(({ change }) => change !== null);
  if (!last || !lastDay || between(lastDay, day) > FRESH) return { kind: "silent", ...none };
  const direction = directionOf(last);
  return {
    kind: "change",
    status,
    last,
    direction,
    since: direction ? begin(scores, direction) : null,
    isMuch: Math.abs(last.change ?? 0) >= MUCH,
    isOpen: direction === 0 && (last.rising ?? 0) >= LIKELY,
  };
};

/** @param {Score} score @returns {1 | -1 | 0} */
const directionOf = ({ changeLow, changeHigh }) => {
  if (changeLow !== null && changeLow > 0) return 1;
  return changeHigh !== null && changeHigh < 0 ? -1 : 0;
};

/** The day on which it began; null where that lies before what is known. @param {Score[]} scores @param {number} direction */
const begin = (scores, direction) => {
  const known = scores.filter(({ change }) => change !== null);
  const before = known.findLastIndex((each) => directionOf(each) !== direction);
  return before < 0 ? null : known[before + 1].day;
};

/**
 * A score of the API as the drawing takes it.
 * @param {any} score @returns {Score}
 */
export const scoreOf = (score) => ({
  day: score.local_date,
  level: score.pain_level,
  low: score.pain_level_low,
  high: score.pain_level_high,
  usual: score.pain_baseline,
  stiffness: score.stiffness_level,
  change: score.pain_change,
  changeLow: score.pain_change_low,
  changeHigh: score.pain_change_high,
  rising: score.p_worsening,
  severity: score.severity,
  interference: score.interference_level,
});
