// How long something waits, and moments, as the care-team pages write them. Pure.
import { t } from "../shared/words.js";

const MIN_MS = 60_000;
const HOUR_MS = 60 * MIN_MS;
const DAY_H = 24;
/** Up to so many hours they are counted, then days and hours. */
const MANY_H = 48;

/** @param {string} since @param {number} now */
export const waitOf = (since, now) => {
  const ms = Math.max(0, now - Date.parse(since));
  const hours = Math.floor(ms / HOUR_MS);
  if (hours < 1) return t("{n} min", { n: Math.floor(ms / MIN_MS) });
  if (hours < MANY_H) return t("{n} h", { n: hours });
  return t("{days} d {hours} h", { days: Math.floor(hours / DAY_H), hours: hours % DAY_H });
};

/** The ladder of a same-day alert allows no longer snooze than this. */
export const LONGEST_SAME_DAY_MS = 12 * HOUR_MS;
export const FOUR_HOURS_MS = 4 * HOUR_MS;
