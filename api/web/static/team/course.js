// What a patient's course shows: from the answers of the API to days, marks and what is not known. Pure, and without words.
import { daysOf, gapsOf } from "../shared/curve.js";
import { between, dayOf, plus } from "../shared/days.js";
import { scoreOf, standingOf } from "../shared/standing.js";
import { changesOf, firstTablet } from "../shared/treatments.js";
import { dayOfAlert } from "./patient_data.js";

/** @typedef {"weeks" | "months" | "half" | "all"} Span */
/** @typedef {import("./patient_data.js").Found} Found */

/** Days of a span. */
export const DAYS = { weeks: 28, months: 91, half: 182 };

/** The first day of a span; null: from the beginning. @param {Span} span @param {string} today */
export const firstDayOf = (span, today) => (span === "all" ? null : plus(today, 1 - DAYS[span]));

/** The patient's own day now. @param {Found} found */
export const todayOf = ({ patient, at }) => dayOf(new Date(at), patient.timezone);

/**
 * All that the chart and its words need.
 * @param {Found} found @param {Span} span
 */
export const courseIn = (found, span) => {
  const { trajectory, treatments, patient, alerts } = found;
  const today = todayOf(found);
  const entries = found.entries.filter(({ withdrawn }) => !withdrawn);
  const scores = trajectory.scores.map(scoreOf);
  const first = firstAnswer(found, entries);
  const from = firstDayOf(span, today) ?? [plus(today, -27), first, scores[0]?.day].filter(Boolean).sort()[0];
  const days = daysOf(entries.map(answersOf), scores, { from, until: today }, changesOf(treatments));
  return {
    days,
    scores,
    today,
    first,
    since: firstTablet(treatments, patient.ai_started_on),
    standing: standingOf({ status: trajectory.status, scores, lastDay: trajectory.last_day, day: today }),
    newest: trajectory.scores.findLast((/** @type {any} */ each) => each.pain_level !== null) ?? null,
    alerts: alerts.map((/** @type {any} */ each, /** @type {number} */ place) => ({
      number: place + 1, day: dayOfAlert(each), tier: each.tier, isAnswered: Boolean(each.closed_at), alert: each,
    })),
    questionnaires: questionnairesOf(found.assessments),
    placesBefore: placesIn(entries, days[0].day, plus(days[0].day, 27)),
    placesNow: placesIn(entries, plus(today, -27), today),
    changes: changedAt(treatments, scores, today),
    gaps: gapsOf(days, today).map((gap) => ({ from: plus(days[gap.from].day, 1), until: gap.until === days.length - 1 ? today : plus(days[gap.until].day, -1) })),
    hasStiffness: days.some(({ stiffness, stiffnessLevel }) => stiffness !== null || stiffnessLevel !== null),
    hasInterference: days.some(({ interference, interferenceLevel }) => interference !== null || interferenceLevel !== null),
  };
};

/** An entry of the API as the drawing takes it. @param {any} entry */
const answersOf = ({ id, recorded_at, local_date, received_at, version, withdrawn, claimed_at, claimed_date, via, reported_by, asked, ...answers }) => ({
  local_date,
  answers: Object.fromEntries(Object.entries(answers).filter(([, value]) => value !== null)),
});

/** The day from which an unanswered one counts as such: of the first answer, or of what was asked for.
 * @param {Found} found @param {any[]} entries */
const firstAnswer = ({ from, patient, entries: all }, entries) => {
  const oldest = entries.at(-1)?.local_date ?? null;
  if (from === null || !oldest) return oldest;
  const enrolled = patient.enrolled_at.slice(0, 10);
  return enrolled < from && all.length ? from : oldest;
};

/** The score by which a questionnaire is shown in one line. @param {any} assessment */
export const mainScore = ({ scores }) =>
  scores.find((/** @type {any} */ { id, value }) => value !== null && /interference/.test(id)) ??
  scores.find((/** @type {any} */ { value, change_from_baseline }) => value !== null && change_from_baseline) ??
  scores.find((/** @type {any} */ { value }) => value !== null) ??
  null;

/** Questionnaires that count, in the order of their days. @param {any[]} assessments */
export const questionnairesOf = (assessments) =>
  assessments
    .filter(({ status }) => status === "complete")
    .sort((one, other) => (one.local_date < other.local_date ? -1 : 1))
    .map((each) => ({ day: each.local_date, letter: each.instrument[0].toUpperCase(), instrument: each.instrument, score: mainScore(each), assessment: each }));

/** Changes of tablets about which there is something to say, each with what was before and after.
 * @param {any[]} treatments @param {import("../shared/curve.js").Score[]} scores @param {string} today */
const changedAt = (treatments, scores, today) =>
  treatments
    .flatMap(({ from, until, ai }, place) => [
      ...(from ? [{ day: from, ai, isEnd: false }] : []),
      ...(until && !(treatments[place + 1]?.from <= plus(until, 1)) ? [{ day: until, ai, isEnd: true }] : []),
    ])
    .map((change) => ({ ...change, ...beforeAndAfter(scores, change.day, today) }))
    .filter(({ before, after, isTooEarly }) => before || after || isTooEarly);

/**
 * What was before a change of tablets and what is after it, as the engine had it on a day; nothing is worked out anew.
 * @param {import("../shared/curve.js").Score[]} scores in order @param {string} day of the change @param {string} today
 */
export const beforeAndAfter = (scores, day, today) => {
  const known = scores.filter(({ level }) => level !== null);
  const before = known.findLast((each) => each.day < day);
  const after = known.findLast((each) => between(day, each.day) >= AFTER - 7 && between(day, each.day) <= AFTER + 7);
  return {
    before: before && between(before.day, day) <= FRESH ? before : null,
    after: after ?? null,
    isTooEarly: between(day, today) < AFTER - 7,
  };
};

/**
 * Where it hurt in some days: each place with the number of days on which it was told, most often first.
 * @param {any[]} entries @param {string} from @param {string} until
 * @returns {{ told: number, places: { place: { site: string, side: string }, days: number }[] }}
 */
export const placesIn = (entries, from, until) => {
  const told = entries.filter(({ withdrawn, body_sites: sites, local_date: day }) => !withdrawn && sites?.length && day >= from && day <= until);
  /** @type {Map<string, { place: { site: string, side: string }, days: Set<string> }>} */
  const found = new Map();
  for (const { body_sites: sites, local_date: day } of told)
    for (const place of sites) {
      const key = `${place.site} ${place.side}`;
      found.set(key, { place, days: (found.get(key)?.days ?? new Set()).add(day) });
    }
  const places = [...found.values()].map(({ place, days }) => ({ place, days: days.size })).sort((one, other) => other.days - one.days);
  return { told: new Set(told.map(({ local_date: day }) => day)).size, places };
};

/** Days after a change at which it is looked at; days for which a level before it says something. */
const [AFTER, FRESH] = [28, 14];
