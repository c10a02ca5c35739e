// What was sent, day by day: entries, questionnaires, and what the care team did on that day. Pure.
import { dayOf } from "../shared/days.js";
import { isStuck } from "./items.js";

/** A look this soon after an entry came may have been before it was stored, and does not count (GET /v1/me/events). */
const NOT_YET_STORED_MS = 10_000;

/** The entries to list: without those that wait for a decision, and with what was withdrawn here before it was ever
 * sent, which stays in its place until the screen is left.
 * @param {any[]} entries @param {Record<string, any>} gone what was withdrawn here, by id */
export const listed = (entries, gone) => [
  ...entries.filter(({ item }) => !item || !isStuck(item)),
  ...Object.values(gone)
    .filter(({ subject }) => !entries.some(({ id }) => id === subject))
    .map(({ before }) => ({ ...before, isWithdrawn: true, item: null, state: "sent" })),
];

/** What the team did that stands in the list; reading stands at the entries. */
const ACTS = ["alert.notified", "alert.acknowledged", "contacted", "visit_booked"];

/** When the server received the version that is shown; null: it has not. @param {any} entry @returns {string | null} */
export const receivedAt = ({ item, copy }) => item?.received_at ?? copy?.received_at ?? null;

/** @typedef {"entry.read" | "assessment.read"} Look */

/** @type {WeakMap<any[], Record<string, { ms: number, at: string }[]>>} */
const looks = new WeakMap();

/** The times at which the team looked, worked out once for a list of events. @param {any[]} events @param {Look} look */
const looksOf = (events, look) => {
  const known = looks.get(events) ?? {};
  known[look] ??= events.filter(({ kind }) => kind === look).map(({ at }) => ({ at, ms: Date.parse(at) }));
  looks.set(events, known);
  return known[look];
};

/** When the care team first read the version that is shown; null: not known.
 * @param {any} entry or questionnaire @param {any[]} events @param {Look} [kind] @returns {string | null} */
export const readAt = (entry, events, kind = "entry.read") => {
  const at = receivedAt(entry);
  if (entry.state !== "sent" || entry.isWithdrawn || !at) return null;
  const from = Date.parse(at) + NOT_YET_STORED_MS;
  const look = looksOf(events, kind).find(({ ms }) => ms >= from);
  return look?.at ?? (entry.item ? null : entry.copy?.read_at ?? null);
};

/** A questionnaire as it is listed. @param {any} each @param {Record<string, string | null>} names by code @param {any[]} events */
export const named = (each, names, events) => {
  const at = receivedAt(each);
  return {
    ...each,
    at,
    isOfDay: at && dayOf(new Date(at)) === each.local_date,
    count: Object.keys(each.answers).length,
    name: names[each.instrument],
    readAt: readAt(each, events, "assessment.read"),
  };
};

/** @typedef {{ day: string, entries: any[], questionnaires: any[], acts: any[] }} Day */

/** Days, newest first. Acts of the team stand at the day of the phone on which they were noted.
 * @param {{ entries: any[], questionnaires: any[], events: any[] }} sent @param {string} since the first day to show
 * @returns {Day[]} */
export const byDay = ({ entries, questionnaires, events }, since) => {
  /** @type {Map<string, Day>} */
  const days = new Map();
  const at = (/** @type {string} */ day) => {
    if (!days.has(day)) days.set(day, { day, entries: [], questionnaires: [], acts: [] });
    return /** @type {Day} */ (days.get(day));
  };
  for (const each of entries) at(each.local_date).entries.push(each);
  for (const each of questionnaires) if (each.local_date >= since) at(each.local_date).questionnaires.push(each);
  for (const each of events) {
    const day = dayOf(new Date(each.at));
    if (ACTS.includes(each.kind) && day >= since) at(day).acts.push(each);
  }
  return [...days.values()].sort((one, other) => other.day.localeCompare(one.day));
};
