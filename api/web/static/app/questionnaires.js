// The patient's questionnaires as they are shown: the server's copy, and over it what waits on this phone.
//
//   await all()                      the newest first; those that were withdrawn are left out
//   await one(id)                    one of them, a withdrawn one too; null where there is none
//   await idFor("siqr:2026-09-02")   the id of the questionnaire of a planned slot
//   await save(draft, "complete")    into the outbox; the draft is gone then
//
// A questionnaire: {id, instrument, instrument_version, status, answers, version, recorded_at, state, item, copy};
// `state`, `item` and `copy` are those of diary.js. Every phone gives the questionnaire of a slot the same id, so
// that two phones fill in one and the same, and the server tells when both have changed it.

import { saveAssessment } from "./outbox.js";
import { run } from "./store.js";

/** @returns {Promise<any[]>} */
const read = () =>
  run(["assessments", "outbox", "meta"], "readonly", async (tx) => {
    const shown = new Map();
    for (const copy of await tx.objectStore("assessments").getAll()) shown.set(copy.id, { ...copy, state: "sent", item: null, copy });
    const patient = (await tx.objectStore("meta").get("identity"))?.patient;
    for (const row of await tx.objectStore("outbox").getAll()) {
      if (row.kind !== "assessment" || row.patient !== patient) continue;
      const base = shown.get(row.subject);
      if (row.state === "stored" && base?.version >= row.version && !base.item) continue;
      shown.set(row.subject, over(base, row));
    }
    return [...shown.values()];
  });

/** @param {any} base @param {import("./items.js").Item} row */
const over = (base, row) => ({
  copy: null,
  ...base,
  ...row.body,
  id: row.subject,
  version: row.version ?? base?.version,
  state: row.state === "stored" ? "sent" : row.state,
  item: row,
});

/** @returns {Promise<any[]>} */
export const all = async () => {
  const kept = (await read()).filter(({ status }) => status !== "withdrawn");
  return kept.sort((one, other) => Date.parse(other.recorded_at) - Date.parse(one.recorded_at));
};

/** @param {string} id @returns {Promise<any>} */
export const one = async (id) => (await read()).find((each) => each.id === id) ?? null;

/** @param {string} slot @returns {Promise<string>} */
export const idFor = async (slot) => {
  const identity = await run(["meta"], "readonly", (tx) => tx.objectStore("meta").get("identity"));
  const text = new TextEncoder().encode(`${identity?.patient}/${slot}`);
  const hash = [...new Uint8Array(await crypto.subtle.digest("SHA-256", text))];
  const hex = hash.map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};

/** Whether two sets of answers are the same. @param {Record<string, any>} these @param {Record<string, any>} those */
export const isSame = (these, those) =>
  Object.keys({ ...these, ...those }).every((name) => JSON.stringify(these[name]) === JSON.stringify(those[name]));

/**
 * Save what was filled in. It is a change of what stood there when it was begun: where something else stands there
 * now, the server says so, and the patient chooses.
 * @param {any} draft as acts/questionnaire.js keeps it @param {"partial" | "complete"} status
 */
export const save = async ({ key, id, instrument, instrumentVersion, answers, base, startedAt }, status) => {
  const now = await one(id);
  const isKnown = now && isSame(now.answers, base.answers);
  const version = (isKnown ? now.version : base.version) ?? undefined;
  const day = now?.status === "complete" ? now.local_date : undefined; // a correction is about the same day
  await saveAssessment({ id, instrument, instrumentVersion, status, answers, version, startedAt, day, draft: key });
};
