// The patient's entries as they are shown: the server's copy, and over it what waits on this phone.
//
//   await entriesBetween("2026-11-20", "2026-11-27")    entries about these days, newest first
//   await newestEntries(50)       the newest 50 or more, whole days; `before` for the next page
//   await firstDay()              the day of the first one
//   await answeredDays(days)      the set of those days that have an entry
//
// An entry shown: {id, local_date, recorded_at, answers, version, state, isWithdrawn, item, copy}. `state` is
// "sent" or the state of the item that waits (outbox.js); `item` is that item; `copy` is what the server gave.

import { plus } from "../shared/days.js";
import { contentOf } from "./items.js";
import { run } from "./store.js";

/** Entries about a span of days, the withdrawn ones marked, newest first.
 * @param {string} from first day
 * @param {string} until last day
 * @returns {Promise<any[]>} */
export const entriesBetween = (from, until) =>
  run(["entries", "outbox", "meta"], "readonly", async (tx) => {
    const entries = tx.objectStore("entries");
    const shown = new Map();
    const span = IDBKeyRange.bound(from, until);
    for (const copy of await entries.index("local_date").getAll(span)) shown.set(copy.id, ofCopy(copy));
    const patient = (await tx.objectStore("meta").get("identity"))?.patient;
    for (const row of await tx.objectStore("outbox").getAll()) {
      if (row.patient !== patient || !(row.kind in OVER)) continue;
      const copy = shown.has(row.subject) ? null : await entries.get(row.subject);
      const base = shown.get(row.subject) ?? (copy ? ofCopy(copy) : null);
      if (row.state === "stored" && base?.version >= row.version && !base.item) continue;
      shown.set(row.subject, OVER[row.kind](base, row));
    }
    const inSpan = [...shown.values()].filter((each) => from <= each.local_date && each.local_date <= until);
    return inSpan.sort(newestFirst);
  });

/** @param {any} one @param {any} other */
const newestFirst = (one, other) =>
  one.local_date < other.local_date || one.local_date > other.local_date
    ? other.local_date.localeCompare(one.local_date)
    : Date.parse(other.recorded_at) - Date.parse(one.recorded_at);

/** @param {any} copy */
const ofCopy = (copy) => ({
  id: copy.id,
  local_date: copy.local_date,
  recorded_at: copy.recorded_at,
  answers: contentOf(copy),
  version: copy.version,
  state: "sent",
  isWithdrawn: copy.withdrawn,
  item: null,
  copy,
});

const stateOf = (/** @type {import("./items.js").Item} */ row) => (row.state === "stored" ? "sent" : row.state);

/** @param {any} base @param {import("./items.js").Item} row */
const withContent = (base, row) => ({
  copy: null,
  ...base,
  id: row.subject,
  local_date: row.body.local_date,
  recorded_at: row.body.recorded_at,
  answers: contentOf(row.body),
  version: row.version ?? base?.version,
  state: stateOf(row),
  isWithdrawn: false,
  item: row,
});

/** @type {Record<string, (base: any, row: any) => any>} */
const OVER = {
  entry: withContent,
  correction: withContent,
  withdrawal: (base, row) => ({
    ...(base ?? { id: row.subject, local_date: "", recorded_at: "", answers: {}, copy: null }),
    version: row.version ?? base?.version,
    state: stateOf(row),
    isWithdrawn: true,
    item: row,
  }),
};

/** The newest entries, at least `count` of them if there are as many, whole days.
 * @param {number} count
 * @param {{before?: string}} [options] only days before this one
 * @returns {Promise<any[]>} */
export const newestEntries = async (count, { before } = {}) => {
  const first = await run(["entries"], "readonly", async (tx) => {
    const span = before ? IDBKeyRange.upperBound(before, true) : null;
    let cursor = await tx.objectStore("entries").index("local_date").openKeyCursor(span, "prev");
    if (cursor && count > 1) cursor = await cursor.advance(count - 1);
    return cursor?.key ?? "0000-00-00";
  });
  const until = before ? plus(before, -1) : "9999-12-31";
  return entriesBetween(first, until);
};

/** The day of the first entry at the server; null: none is known here.
 * @returns {Promise<string | null>} */
export const firstDay = () =>
  run(["entries"], "readonly", async (tx) => (await tx.objectStore("entries").index("local_date").openKeyCursor())?.key ?? null);

/** The days on which something was answered.
 * @param {string[]} days
 * @returns {Promise<Set<string>>} */
export const answeredDays = async (days) => {
  const [from, until] = [...days].sort().filter((_, place) => place === 0 || place === days.length - 1);
  const shown = await entriesBetween(from, until ?? from);
  return new Set(shown.filter((each) => !each.isWithdrawn).map((each) => each.local_date));
};
