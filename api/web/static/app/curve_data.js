// The patient's own curve from the server, kept on the phone with its date, so that the last one known can be shown.
//
//   await kept("recent")              what is kept, or null; "recent" or "all"
//   await fetched("recent", today)    asks the server, and keeps the answer; throws what api.js throws
//
// A curve kept: {at, day, status, lastDay, scores, treatments}; `day` is the phone's day when it was asked for.
import { api } from "../shared/api.js";
import { plus } from "../shared/days.js";
import { scoreOf } from "../shared/standing.js";
import { confirm, keepAs } from "./identity.js";
import { getMeta } from "./store.js";

/** @typedef {import("../shared/curve.js").Score} Score */
/** @typedef {import("../shared/treatments.js").Treatment} Treatment */
/** @typedef {{ at: number, day: string, status: string, lastDay: string | null, scores: Score[], treatments?: Treatment[] }} Kept */
/** @typedef {"recent" | "all"} Reach */

/** Days of "recent": 3 months. */
export const RECENT = 91;

const keyOf = (/** @type {Reach} */ reach) => `curve:${reach}`;

/** @param {Reach} reach @returns {Promise<Kept | null>} */
export const kept = async (reach) => (await getMeta(keyOf(reach))) ?? null;

/** @param {Reach} reach @param {string} today @returns {Promise<Kept>} */
export const fetched = async (reach, today) => {
  const { device } = await confirm();
  const span = reach === "recent" ? `?from_date=${plus(today, 1 - RECENT)}` : "";
  const [{ body }, { body: { treatments } }] = await Promise.all([
    api.get(`/v1/me/trajectory${span}`, { device }),
    api.get("/v1/me/treatments", { device }),
  ]);
  const { status, last_day: lastDay, scores } = body;
  const found = { at: Date.now(), day: today, status, lastDay, scores: scores.map(scoreOf), treatments };
  await keepAs(device, keyOf(reach), found);
  return found;
};
