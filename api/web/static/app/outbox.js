// What the patient has saved and the server has not confirmed yet. Every function resolves once the change is
// on the disk; a failure of the storage is thrown as StoreFailed (see store.js), and nothing is lost on screen.
//
//   const saved = await saveEntry({ day: "2026-11-27", answers: { pain_worst: 4 }, draft: "day:2026-11-27" });
//   await undo(saved);                         before it was sent: removed; afterwards: withdrawn
//   await correctEntry(entry, answers);        `entry` as diary.js gives it; answers are the whole new content
//   await withdrawEntry(entry);
//   await saveAssessment({ id, instrument, status, answers, version });
//   await saveChanges({ language: "de" });     settings (PATCH /v1/me)
//   await saveRequest("POST", path, body);     any other request that may wait, safe to repeat
//   await items();                             all items of the patient, in the order they were saved
//
// States of an item (`state`): "saved" (on this phone), "sending", "stored" (sent; `version`, `received_at`),
// "refused" (`problem` has the server's words; see decisions.js) and "conflict" (changed elsewhere: `theirs`).
// Whether the patient must sign in again is a state of the app, not of an item (sync.js).
// Only sync.js changes "saved" into anything else.

import { stamp } from "../shared/days.js";
import { skew } from "../shared/api.js";
import { run } from "./store.js";
import { contentOf, isBlank, isNeverSent, isStuck, mended, NothingToSend, rowsOf } from "./items.js";

const STORES = ["outbox", "meta", "drafts"];

/** Told after each save, so that sending begins. Event "saved". */
export const outboxEvents = new EventTarget();

/** There is nobody to save for: this phone was never activated, or its storage was removed. */
export class NobodyHere extends Error {}

/** What `undo` needs.
 * @typedef {{subject: string, what: "new" | "changed" | "withdrawn", before: any, wasSent: boolean}} Saved */

/** Write to the outbox for the patient of this phone. Used by decisions.js, too.
 * @param {(outbox: any, patient: string, tx: any) => any} work */
export const write = async (work) => {
  const result = await run(STORES, "readwrite", async (tx) => {
    const patient = (await tx.objectStore("meta").get("identity"))?.patient;
    if (!patient) throw new NobodyHere();
    return work(tx.objectStore("outbox"), patient, tx);
  }, ["outbox", "drafts"]);
  outboxEvents.dispatchEvent(new CustomEvent("saved"));
  return result;
};

/** @param {string} kind @param {string} subject @param {Record<string, any>} more */
export const newItem = (kind, subject, more) => ({
  id: kind === "entry" ? subject : crypto.randomUUID(),
  kind,
  subject,
  made_at: stamp(),
  skew: skew(),
  state: "saved",
  tries: 0,
  ifMatch: null,
  ...more,
});

/** @param {any} tx @param {string} patient @param {string | undefined} draft */
const clearDraft = (tx, patient, draft) =>
  draft && tx.objectStore("drafts").delete([patient, draft]);

/** Save a new entry about a day.
 * @param {{day: string, answers: Record<string, any>, id?: string, recordedAt?: string, draft?: string}} entry
 * @returns {Promise<Saved>} */
export const saveEntry = async ({ day, answers, id = crypto.randomUUID(), recordedAt = stamp(), draft }) => {
  if (isBlank(answers)) throw new NothingToSend();
  const body = { recorded_at: recordedAt, local_date: day, ...contentOf(answers) };
  const item = newItem("entry", id, { body });
  await write(async (outbox, patient, tx) => {
    if (!(await outbox.index("id").get(id))) await outbox.add({ ...item, patient });
    await clearDraft(tx, patient, draft);
  });
  const before = { id, local_date: day, recorded_at: recordedAt, answers, version: 1 };
  return { subject: id, what: "new", before, wasSent: false };
};

/** Replace the content of an entry; before it was sent, what waits is replaced.
 * @param {any} entry as the diary shows it: id, recorded_at, local_date, version, answers
 * @param {Record<string, any>} answers the whole new content
 * @param {{draft?: string, day?: string}} [options]
 * @returns {Promise<Saved>} */
export const correctEntry = async (entry, answers, { draft, day = entry.local_date } = {}) => {
  if (isBlank(answers)) throw new NothingToSend();
  const body = { recorded_at: entry.recorded_at, local_date: day, ...contentOf(answers) };
  const item = newItem("correction", entry.id, { body });
  await write(async (outbox, patient, tx) => {
    const rows = await rowsOf(outbox, entry.id);
    const open = rows.filter((row) => row.state !== "stored");
    const last = open.at(-1);
    if (last && last.kind !== "withdrawal" && (isNeverSent(last) || isStuck(last)))
      await outbox.put({ ...last, ...mended(last), body });
    else await outbox.add({ ...item, patient, ifMatch: baseOf(rows, entry) });
    await clearDraft(tx, patient, draft);
  });
  return { subject: entry.id, what: "changed", before: entry, wasSent: true };
};

/** The version that a change is based on; null: that of an item before it, once that is stored.
 * @param {import("./items.js").Item[]} rows @param {any} entry */
const baseOf = (rows, entry) => {
  if (rows.some((row) => row.state === "saved" || row.state === "sending")) return null;
  return Math.max(entry.version ?? 0, ...rows.map((row) => row.version ?? 0)) || null;
};

/** Withdraw an entry; one that was never sent is removed.
 * @param {any} entry as the diary shows it
 * @returns {Promise<Saved>} */
export const withdrawEntry = async (entry) => {
  const item = newItem("withdrawal", entry.id, { body: undefined });
  const wasSent = await write(async (outbox, patient) => {
    const rows = await rowsOf(outbox, entry.id);
    const unsent = rows.filter((row) => isNeverSent(row) || row.state === "refused");
    for (const row of unsent) await outbox.delete(row.seq);
    if (unsent.some((row) => row.kind === "entry")) return false;
    const left = rows.filter((row) => !unsent.includes(row));
    for (const row of left.filter((each) => each.state === "conflict")) await outbox.delete(row.seq);
    if (!left.some((row) => row.kind === "withdrawal" && row.state !== "stored"))
      await outbox.add({ ...item, patient, ifMatch: baseOf(left, entry) });
    return true;
  });
  return { subject: entry.id, what: "withdrawn", before: entry, wasSent };
};

/** Take back what was just saved, whether or not it was sent meanwhile.
 * @param {Saved} saved
 * @returns {Promise<Saved>} */
export const undo = async ({ subject, what, before, wasSent }) => {
  const copy = await run(["entries"], "readonly", (tx) => tx.objectStore("entries").get(subject));
  const entry = { ...before, version: Math.max(before.version ?? 0, copy?.version ?? 0) };
  if (what === "new") return withdrawEntry(entry);
  if (what === "changed") return correctEntry(entry, entry.answers);
  const { local_date: day, recorded_at: recordedAt, answers } = entry;
  if (!wasSent) return saveEntry({ id: subject, day, recordedAt, answers });
  const isTakenBack = await write(async (outbox) => {
    const rows = await rowsOf(outbox, subject);
    const waiting = rows.find((row) => row.kind === "withdrawal" && isNeverSent(row));
    if (waiting) await outbox.delete(waiting.seq);
    return Boolean(waiting);
  });
  return isTakenBack ? { subject, what: "changed", before, wasSent } : correctEntry(entry, answers);
};

/** Save a questionnaire, begun or complete. `version` is that of the copy which was read, if there is one.
 * @param {{id: string, instrument: string, status: "partial" | "complete", answers: Record<string, any>,
 *   version?: number, instrumentVersion?: string, recordedAt?: string, startedAt?: string, day?: string, options?: any,
 *   draft?: string}} assessment
 * @returns {Promise<void>} */
export const saveAssessment = (assessment) => {
  const { id, instrument, instrumentVersion, status, answers, version, startedAt, options, draft } = assessment;
  const { recordedAt = stamp(), day = recordedAt.slice(0, 10) } = assessment;
  const begun = startedAt && Date.parse(startedAt) <= Date.parse(recordedAt) && { started_at: startedAt };
  const moments = { ...begun, recorded_at: recordedAt, local_date: day };
  const asked = { instrument, ...(instrumentVersion && { instrument_version: instrumentVersion }) };
  const body = { ...asked, status, answers, ...moments, ...(options !== undefined && { options }) };
  return write(async (outbox, patient, tx) => {
    const rows = await rowsOf(outbox, id);
    const waiting = rows.find((row) => isNeverSent(row) || isStuck(row));
    const base = baseOf(rows, { version });
    const item = newItem("assessment", id, { body, ifMatch: base, isNew: rows.length === 0 && !version });
    if (waiting) await outbox.put({ ...waiting, ...mended(waiting), body });
    else await outbox.add({ ...item, patient });
    await clearDraft(tx, patient, draft);
  });
};

/** Save changes of the patient's own settings; changes that wait are joined.
 * @param {Record<string, any>} changes as PATCH /v1/me takes them
 * @param {{isQuiet?: boolean}} [options] `isQuiet`: the phone itself has found them (see saveRequest) */
export const saveChanges = (changes, { isQuiet = false } = {}) =>
  write(async (outbox, patient) => {
    const rows = await rowsOf(outbox, "me");
    const waiting = rows.find((row) => row.patient === patient && (isNeverSent(row) || isStuck(row)));
    const item = waiting ? { ...waiting, ...mended(waiting) } : newItem("settings", "me", {});
    const isStillQuiet = isQuiet && (!waiting || waiting.isQuiet);
    await outbox.put({ ...item, patient, isQuiet: isStillQuiet, body: { ...waiting?.body, ...changes } });
  });

/** Save any other request that may wait until there is a network, and may be sent twice without harm.
 * @param {"POST" | "PUT" | "DELETE"} method
 * @param {string} path
 * @param {any} [body]
 * @param {{isOpen?: boolean, isQuiet?: boolean, of?: string | null}} [options] `isOpen`: it needs no sign-in, as a
 *   receipt does. `isQuiet`: it is nothing that the patient entered, so it is not told of, and a refusal ends it.
 *   `of`: the patient whose it is; where that is another one by now, it is not saved */
export const saveRequest = async (method, path, body, { isOpen = false, isQuiet = isOpen, of } = {}) => {
  const item = newItem("request", crypto.randomUUID(), { method, path, body, isOpen, isQuiet });
  await write((outbox, patient) => (of === undefined || of === patient) && outbox.add({ ...item, patient }));
  return item.id;
};

/** All items of the patient, in the order in which they were saved.
 * @returns {Promise<import("./items.js").Item[]>} */
export const items = () =>
  run(["outbox", "meta"], "readonly", async (tx) => {
    const patient = (await tx.objectStore("meta").get("identity"))?.patient;
    return (await tx.objectStore("outbox").getAll()).filter((/** @type {any} */ item) => item.patient === patient);
  });
