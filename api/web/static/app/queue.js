// Takes items out of the outbox for sending, and writes down what became of them. Used by sync.js only.
//
// An item is leased for a minute while it is being sent, so a tab that was killed blocks nothing: another one
// sends it again, and the server answers `duplicate`. Who holds the lock of sending need not wait that long.

import { FAST_MS } from "../shared/api.js";
import { between, dayOfStamp, moved, nearestDays, plus } from "../shared/days.js";
import { isSendable, isUrgent, rowsOf } from "./items.js";
import { run } from "./store.js";

/** @typedef {import("./items.js").Item} Item */

/** The most items taken at once. */
export const BATCH = 100;

/** Whether the phone's clock was ahead when an item was saved; such a time is sent after it was agreed.
 * @param {Item} item @param {number} fastMs @param {number} serverNow */
const isHeld = (item, fastMs, serverNow) => {
  if (!item.body?.recorded_at || item.kind === "correction" || isUrgent(item) || item.isAgreed) return false;
  if (Date.parse(item.body.recorded_at) > serverNow + FAST_MS) return true;
  const wasRight = item.skew !== null && item.skew <= FAST_MS; // when it was saved
  return fastMs > FAST_MS && !wasRight;
};

/** The first unsettled item of each subject: what is about the same thing is sent one after the other.
 * @param {Item[]} rows */
const heads = (rows) => {
  const first = new Map();
  for (const row of rows) if (row.state !== "stored" && !first.has(row.subject)) first.set(row.subject, row);
  return [...first.values()];
};

/** Take up to 100 items of a patient, urgent ones first, then in the order in which they were saved.
 * @param {string} patient
 * @param {{fastMs: number, without: Set<number>, isAlone: boolean}} options `without`: items of this run
 * @returns {Promise<{items: any[], lease: string}>} */
export const claim = (patient, { fastMs, without, isAlone }) =>
  run(["outbox"], "readwrite", async (tx) => {
    const [outbox, lease, now] = [tx.objectStore("outbox"), crypto.randomUUID(), Date.now()];
    const rows = (await outbox.getAll()).filter((/** @type {Item} */ row) => row.patient === patient);
    const ready = heads(rows).filter((row) => isSendable(row, isAlone) && !without.has(row.seq));
    const free = ready.filter((row) => !isHeld(row, fastMs, now - fastMs));
    const urgent = free.filter(isUrgent);
    const taken = [...urgent, ...free.filter((row) => !isUrgent(row))].slice(0, BATCH);
    const leased = taken.map((row) => ({
      ...row,
      state: "sending",
      tries: row.tries + 1,
      leased_at: now,
      lease,
    }));
    for (const row of leased) await outbox.put(row);
    return { items: leased, lease };
  });

/** Write down what became of items. Only an outcome "stored" is proof that the server has one.
 * @param {string} lease
 * @param {Map<number, any>} outcomes by `seq`, as send.js describes them
 * @returns {Promise<number[]>} `seq` of items that may be sent anew
 */
export const settle = (lease, outcomes) =>
  run(["outbox"], "readwrite", async (tx) => {
    const outbox = tx.objectStore("outbox");
    /** @type {number[]} */
    const anew = [];
    for (const [seq, outcome] of outcomes) {
      const row = await outbox.get(seq);
      if (!row || row.state === "stored") continue;
      if (row.lease !== lease && outcome.state !== "stored") continue; // another tab is sending it
      const { me: _, ...kept } = outcome;
      await outbox.put({ ...row, problem: undefined, ...kept, lease: undefined, leased_at: undefined });
      if (await follow(outbox, row, outcome)) anew.push(seq);
    }
    return anew;
  });

/** Let what waits behind an item follow from its outcome; return whether the item may be sent anew.
 * @param {any} outbox @param {Item} row @param {any} outcome */
const follow = async (outbox, row, outcome) => {
  const later = (await rowsOf(outbox, row.subject)).filter((each) => each.seq > row.seq);
  if (outcome.state === "stored" && later[0]?.ifMatch === null)
    await outbox.put({ ...later[0], ifMatch: outcome.version ?? null });
  if (outcome.state !== "refused" || row.kind !== "entry" || later.length === 0) return false;
  const last = later[later.length - 1]; // the server never took the entry: what was made of it later stands instead
  for (const each of later) await outbox.delete(each.seq);
  if (last.kind === "withdrawal") await outbox.delete(row.seq);
  else await outbox.put({ ...row, body: last.body, state: "saved", tries: 0, problem: undefined, lease: undefined });
  return last.kind !== "withdrawal";
};

/** The number of items whose time is held back because the clock is ahead.
 * @param {string} patient
 * @param {number} fastMs */
export const countHeld = (patient, fastMs) =>
  run(["outbox"], "readonly", async (tx) => {
    /** @type {Item[]} */
    const rows = await tx.objectStore("outbox").getAll();
    const saved = rows.filter((row) => row.patient === patient && row.state === "saved");
    return saved.filter((row) => isHeld(row, fastMs, Date.now() - fastMs)).length;
  });

/** Correct the times of items that are held back; the patient has agreed.
 *
 * An item is moved back by what the clock was ahead when it was saved, where that is known, else by what it
 * is ahead now. Its day moves by the nearest number of days, and never lies after the corrected moment.
 * @param {string} patient
 * @param {number} fastMs */
export const agree = (patient, fastMs) =>
  run(["outbox"], "readwrite", async (tx) => {
    const outbox = tx.objectStore("outbox");
    for (const row of await outbox.getAll()) {
      if (row.patient !== patient || row.state !== "saved" || !isHeld(row, fastMs, Date.now() - fastMs)) continue;
      await outbox.put({ ...row, isAgreed: true, body: { ...row.body, ...corrected(row, fastMs) } });
    }
  });

/** @param {Item} item @param {number} fastMs */
const corrected = ({ body, skew }, fastMs) => {
  const ahead = Date.parse(body.recorded_at) - (Date.now() - fastMs);
  const isAhead = ahead > FAST_MS;
  let back = skew ?? fastMs;
  if (back <= FAST_MS) back = isAhead ? ahead : 0; // saved by a clock that was right
  const recordedAt = moved(body.recorded_at, -back);
  const day = plus(body.local_date, -nearestDays(back));
  const latest = dayOfStamp(recordedAt);
  const begun = body.started_at && { started_at: moved(body.started_at, -back) };
  return { recorded_at: recordedAt, ...begun, local_date: between(day, latest) < 0 ? latest : day };
};
