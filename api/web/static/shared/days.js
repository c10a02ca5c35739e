// Dates of the calendar as "YYYY-MM-DD": the only date arithmetic of the pages.
//
// A day is text, never a moment: it is counted in the calendar, so no zone and no change of the clock can
// move it. Only `dayOf` and `stamp` look at a moment, by the zone of the phone or by the zone that is named.
//
//   today()                     the phone's day now
//   lastDays(7)                 today and the six days before, newest first
//   plus(day, -1)               the day before
//   between(from, until)        number of days from one to the other
//   isOpen(day)                 whether an entry may be made for it: today and up to 7 days back
//   stamp()                     this moment with the phone's offset, for `recorded_at`
//   asDate(day)                 a Date for Intl, to be formatted with timeZone "UTC"

/** @typedef {string} Day "YYYY-MM-DD" */

const DAY_MS = 86_400_000;

/** The number of days before today about which an entry may still be made. */
export const DAYS_BACK = 7;

const two = (/** @type {string | number} */ number) => String(number).padStart(2, "0");

/** The phone's own time zone, such as "Europe/Berlin".
 * @returns {string} */
export const phoneZone = () => new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Whether a value is a day that exists.
 * @param {unknown} value
 * @returns {boolean} */
export const isDay = (value) =>
  typeof value === "string" && /^\d{4}-\d{2}-\d{2}$/.test(value) && fromNumber(toNumber(value)) === value;

/** The day of a moment, in the named zone or else in the phone's.
 * @param {Date} moment
 * @param {string} [zone]
 * @returns {Day} */
export const dayOf = (moment, zone) => {
  if (!zone) return `${year(moment.getFullYear())}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
  /** @type {Intl.DateTimeFormatOptions} */
  const inZone = { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" };
  const parts = new Intl.DateTimeFormat("en-u-ca-iso8601-nu-latn", inZone).formatToParts(moment);
  const part = (/** @type {string} */ type) => parts.find((each) => each.type === type)?.value ?? "";
  return `${year(part("year"))}-${two(part("month"))}-${two(part("day"))}`;
};

/** The phone's day now.
 * @param {Date} [now]
 * @returns {Day} */
export const today = (now = new Date()) => dayOf(now);

/** The day a number of days later; earlier, if the number is negative.
 * @param {Day} day
 * @param {number} days
 * @returns {Day} */
export const plus = (day, days) => fromNumber(toNumber(day) + days);

/** The number of days from one day to another, negative if the other is earlier.
 * @param {Day} from
 * @param {Day} until
 * @returns {number} */
export const between = (from, until) => toNumber(until) - toNumber(from);

/** Today and the days before, newest first.
 * @param {number} [count]
 * @param {Date} [now]
 * @returns {Day[]} */
export const lastDays = (count = 7, now = new Date()) =>
  Array.from({ length: count }, (_, back) => plus(today(now), -back));

/** Whether an entry about the day may be made now: today, or up to 7 days back.
 * @param {Day} day
 * @param {Date} [now]
 * @returns {boolean} */
export const isOpen = (day, now = new Date()) => {
  if (!isDay(day)) return false;
  const back = between(day, today(now));
  return back >= 0 && back <= DAYS_BACK;
};

/** Number of the weekday: 0 is Sunday, 1 is Monday.
 * @param {Day} day
 * @returns {number} */
export const weekday = (day) => asDate(day).getUTCDay();

/** A Date at noon UTC of the day; format it with `timeZone: "UTC"`, and no zone can move it.
 * @param {Day} day
 * @returns {Date} */
export const asDate = (day) => new Date(toNumber(day) * DAY_MS + DAY_MS / 2);

/** A moment with the phone's offset from UTC, such as "2026-11-27T19:02:11.123+01:00".
 * @param {Date} [moment]
 * @returns {string} */
export const stamp = (moment = new Date()) => {
  const offset = -moment.getTimezoneOffset();
  const local = new Date(moment.getTime() + offset * 60_000).toISOString().slice(0, -1);
  const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
  return `${local}${offset < 0 ? "-" : "+"}${two(hours)}:${two(minutes)}`;
};

/** Move a stamp in time and keep its offset.
 * @param {string} stamped
 * @param {number} ms milliseconds, negative for an earlier moment
 * @returns {string} */
export const moved = (stamped, ms) => {
  const [, sign, hours, minutes] = stamped.match(/([+-])(\d{2}):(\d{2})$/) ?? [null, "+", "00", "00"];
  const offset = (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  const local = new Date(Date.parse(stamped) + ms + offset * 60_000).toISOString().slice(0, -1);
  return `${local}${sign}${hours}:${minutes}`;
};

/** The number of days in a span of time, to the nearest whole one.
 * @param {number} ms
 * @returns {number} */
export const nearestDays = (ms) => Math.round(ms / DAY_MS);

/** The day that a stamp shows where it was made.
 * @param {string} stamped
 * @returns {Day} */
export const dayOfStamp = (stamped) => stamped.slice(0, 10);

/** Milliseconds until the phone's next day begins, at least 1.
 * @param {Date} [now]
 * @returns {number} */
export const msToTomorrow = (now = new Date()) => {
  const next = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1);
  return Math.max(1, next.getTime() - now.getTime());
};

const year = (/** @type {string | number} */ value) => String(value).padStart(4, "0");
const toNumber = (/** @type {Day} */ day) => Math.round(Date.parse(`${day}T00:00:00Z`) / DAY_MS);
const fromNumber = (/** @type {number} */ number) => {
  const moment = new Date(number * DAY_MS);
  return Number.isNaN(moment.getTime()) ? "" : moment.toISOString().slice(0, 10);
};
