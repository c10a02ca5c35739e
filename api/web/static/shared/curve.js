// The numbers of a curve, day by day: from entries and scores to days, runs and ticks. Draws nothing.
import { between, plus } from "./days.js";

/**
 * One day of a curve. Null means not known, never 0.
 * @typedef {object} CurveDay
 * @property {string} day
 * @property {boolean} isAnswered
 * @property {number | null} pain the worst of the day
 * @property {number[]} others further answers about worst pain
 * @property {number | null} stiffness
 * @property {"taken" | "missed" | "skipped" | null} dose
 * @property {number | null} level @property {number | null} low @property {number | null} high
 * @property {number | null} usual @property {number | null} stiffnessLevel
 * @property {number | null} interference @property {number | null} interferenceLevel
 * @property {number | null} confidence to go on with the tablets
 * @property {Change[]} changes of tablets
 */

/** @typedef {import("./treatments.js").Change} Change */

/** A score, as the phone keeps it.
 * @typedef {object} Score
 * @property {string} day @property {number | null} level @property {number | null} low @property {number | null} high
 * @property {number | null} usual @property {number | null} stiffness @property {number | null} change
 * @property {number | null} changeLow @property {number | null} changeHigh @property {number | null} rising
 * @property {string | null} severity @property {number | null} [interference]
 */

/** @typedef {{ local_date: string, answers: Record<string, any> }} Entry */

/** A level is of 7 days: over a longer gap nothing is known, and the line is broken. A weekly answer may be two days
 * late. */
const REACH = 9;

/** @type {Omit<CurveDay, "day" | "others" | "changes">} */
const UNKNOWN = {
  isAnswered: false, pain: null, stiffness: null, dose: null,
  level: null, low: null, high: null, usual: null, stiffnessLevel: null,
  interference: null, interferenceLevel: null, confidence: null,
};

/**
 * All days of a span, also those without an answer.
 * @param {Entry[]} entries those that were not withdrawn, in any order
 * @param {Score[]} scores
 * @param {{ from: string, until: string }} span
 * @param {Map<string, Change[]>} [changes] of tablets by day
 * @returns {CurveDay[]}
 */
export const daysOf = (entries, scores, { from, until }, changes = new Map()) => {
  const count = Math.max(between(from, until), 0) + 1;
  const days = Array.from({ length: count }, (_, place) => ({ ...UNKNOWN, day: plus(from, place), others: [], changes: [] }));
  const at = new Map(days.map((each) => [each.day, each]));
  for (const { local_date: day, answers } of entries) take(at.get(day), answers);
  for (const [day, found] of changes) Object.assign(at.get(day) ?? {}, { changes: found });
  for (const { day, level, low, high, usual, stiffness, interference = null } of scores) {
    const found = at.get(day);
    if (found) Object.assign(found, { level, low, high, usual, stiffnessLevel: stiffness, interferenceLevel: interference });
  }
  return days;
};

/** @param {any} found @param {Record<string, any>} answers */
const take = (found, { pain_worst: pain = null, stiffness = null, dose = null, gap_reason: _, ...more }) => {
  if (!found) return;
  const isAnswer = pain !== null || stiffness !== null || dose !== null || Object.keys(more).length > 0;
  found.isAnswered ||= isAnswer;
  if (pain !== null) {
    if (found.pain !== null) found.others.push(Math.min(pain, found.pain));
    found.pain = Math.max(pain, found.pain ?? 0);
  }
  if (stiffness !== null) found.stiffness = Math.max(stiffness, found.stiffness ?? 0);
  found.dose ??= dose;
  const { interference = null, confidence = null } = more;
  if (interference !== null) found.interference = Math.max(interference, found.interference ?? 0);
  found.confidence ??= confidence;
};

/**
 * Places of the days between which a level is known; broken where it is not.
 * @param {CurveDay[]} days
 * @param {"level" | "stiffnessLevel" | "interferenceLevel"} name
 * @returns {number[][]}
 */
export const runsOf = (days, name) => {
  /** @type {number[][]} */
  const runs = [];
  days.forEach((each, place) => {
    if (each[name] === null) return;
    const last = runs.at(-1);
    if (last && place - last[last.length - 1] <= REACH) last.push(place);
    else runs.push([place]);
  });
  return runs;
};

/**
 * Places between which no level is known, after the first one and up to today; days that a line spans are none.
 * @param {CurveDay[]} days @param {string} today
 */
export const gapsOf = (days, today) => {
  const runs = runsOf(days, "level");
  const ends = runs.map((run) => run[run.length - 1]);
  const last = days.findLastIndex(({ day }) => day <= today);
  return ends.flatMap((from, nth) => {
    const until = nth + 1 < runs.length ? runs[nth + 1][0] : last;
    return until - from > REACH ? [{ from, until }] : [];
  });
};

/**
 * Places of days without an answer: after the first answer there ever was, and before today.
 * @param {CurveDay[]} days @param {string | null} first day of the first answer @param {string} today
 */
export const missingOf = (days, first, today) =>
  days.flatMap(({ day, isAnswered }, place) => (isAnswered || !first || day < first || day >= today ? [] : [place]));

/**
 * Whether most days have an answer; else days without one are no news, since fewer were agreed.
 * @param {CurveDay[]} days @param {string | null} first day of the first answer @param {string} today
 */
export const isDense = (days, first, today) => {
  const answered = days.filter((each) => each.isAnswered).length;
  return answered >= missingOf(days, first, today).length;
};

/**
 * The next day to be read: the day before or after, or with few answers the answer before or after.
 * @param {CurveDay[]} days @param {number} place @param {number} by -1 or 1, or more @param {boolean} dense
 */
export const moved = (days, place, by, dense) => {
  const last = days.length - 1;
  let next = place + by;
  if (!dense && Math.abs(by) === 1) {
    while (days[next] && !days[next].isAnswered) next += by;
    if (!days[next]) next = place;
  }
  return Math.min(Math.max(next, 0), last);
};

/**
 * Places of ticks, as many as there is room for, counted back from the last day.
 * @param {number} count of days @param {number} room days that a label needs @param {number[]} steps in days
 */
export const ticksBack = (count, room, steps) => {
  const step = steps.find((each) => each >= room) ?? steps[steps.length - 1] * Math.ceil(room / steps[steps.length - 1]);
  return Array.from({ length: Math.ceil(count / step) }, (_, place) => count - 1 - place * step).reverse();
};

/**
 * Places and numbers of the weeks since a day, as many as there is room for.
 * @param {CurveDay[]} days @param {string} since @param {number} room days that a label needs
 */
export const weeksOf = (days, since, room) => {
  const steps = [7, 14, 21, 28, 56, 91, 182, 364, 728, 1820];
  const step = steps.find((each) => each >= room) ?? 3640;
  return days.flatMap(({ day }, place) => {
    const passed = between(since, day);
    return passed >= 0 && passed % step === 0 ? [{ place, week: passed / 7 }] : [];
  });
};
