// Sends items of the outbox, one kind of request a function, and reads what the server says of each.
//
// An outcome is {state: "stored", version, received_at}, {state: "refused", problem} or
// {state: "conflict", theirs, problem}. Only a 2xx of the server for that very item is "stored". What may succeed
// later (no network, too many requests, a fault of the server) is thrown and leaves the item as it was.

import { api, Problem, Unreachable } from "../shared/api.js";

const ENTRIES = "/v1/me/entries";
const ASSESSMENTS = "/v1/me/assessments";
const GONE = 404;
const MOVED = 412;
const MISSING = 428;

/** @typedef {import("./items.js").Item} Item */

/** Send new entries in one batch.
 * @param {any[]} items of kind "entry"
 * @param {string} device
 * @returns {Promise<Map<number, any>>} outcomes by `seq`; an item the answer does not name has none */
export const sendEntries = async (items, device) => {
  const entries = items.map(({ subject, body }) => ({ id: subject, ...body }));
  const { body } = await api.post(ENTRIES, { body: { entries }, device });
  const results = new Map((body?.results ?? []).map((/** @type {any} */ result) => [result.id, result]));
  const outcomes = new Map();
  for (const item of items) {
    const result = results.get(item.subject);
    if (result) outcomes.set(item.seq, await outcomeOf(result, device));
  }
  return outcomes;
};

/** @param {any} result @param {string} device */
const outcomeOf = async (result, device) => {
  const { id, status, version, received_at, problem } = result;
  if (status === "created" || status === "duplicate") return { state: "stored", version, received_at };
  if (status === "conflict") return conflict(`${ENTRIES}/${id}`, problem, device);
  return { state: "refused", problem: problem ?? { title: status, detail: "" } };
};

/** @param {string} path @param {any} problem @param {string} device */
const conflict = async (path, problem, device) => {
  const { body: theirs } = await api.get(path, { device });
  return { state: "conflict", theirs, problem: problem ?? null };
};

/** Send one item.
 * @param {any} item
 * @param {string} device
 * @returns {Promise<any>} its outcome */
export const sendOne = async (item, device) => {
  try {
    return await WAYS[item.kind](item, device);
  } catch (error) {
    if (!(error instanceof Problem) || error.isForNow) throw error;
    if (item.isQuiet) return { state: "stored" }; // nothing that the patient could mend
    const path = PATHS[item.kind]?.(item);
    const isMoved = error.status === MOVED || error.slug.endsWith("-conflict");
    if (isMoved && path) return conflict(path, error.problem, device);
    return { state: "refused", problem: error.problem };
  }
};

/** @type {Record<string, (item: Item) => string>} */
const PATHS = {
  entry: ({ subject }) => `${ENTRIES}/${subject}`,
  correction: ({ subject }) => `${ENTRIES}/${subject}`,
  withdrawal: ({ subject }) => `${ENTRIES}/${subject}`,
  assessment: ({ subject }) => `${ASSESSMENTS}/${subject}`,
};

/** @type {Record<string, (item: Item, device: string) => Promise<any>>} */
const WAYS = {
  entry: async (item, device) => {
    const { body } = await api.post(ENTRIES, { body: { id: item.subject, ...item.body }, device });
    return stored(item, body);
  },
  correction: async (item, device) => {
    const path = PATHS.correction(item);
    const ifMatch = item.ifMatch ?? (await versionAt(path, device));
    const { body } = await api.put(path, { body: item.body, ifMatch, device });
    return stored(item, body);
  },
  withdrawal: async (item, device) => {
    const path = PATHS.withdrawal(item);
    try {
      const ifMatch = item.ifMatch ?? (await versionAt(path, device));
      const { status } = await api.delete(path, { ifMatch, device });
      if (status !== 204) throw new Unreachable("foreign");
      return { state: "stored", version: Number(ifMatch) + 1 };
    } catch (error) {
      if (error instanceof Problem && error.status === GONE) return { state: "stored" }; // nothing stands there
      throw error;
    }
  },
  assessment: async (item, device) => {
    const path = PATHS.assessment(item);
    if (item.isNew) {
      const { body } = await api.post(ASSESSMENTS, { body: { id: item.subject, ...item.body }, device });
      return stored(item, body);
    }
    const { instrument: _, ...content } = item.body;
    const ifMatch = item.ifMatch ?? (await versionAt(path, device));
    const { body } = await api.put(path, { body: content, ifMatch, device });
    return stored(item, body);
  },
  settings: async (item, device) => {
    const patch = async () => {
      const { etag } = await api.get("/v1/me", { device });
      return api.patch("/v1/me", { body: item.body, ifMatch: etag ?? undefined, device });
    };
    const again = (/** @type {unknown} */ error) => {
      if (error instanceof Problem && [MOVED, MISSING].includes(error.status)) return patch();
      throw error;
    };
    const { body, etag } = await patch().catch(again);
    return { state: "stored", me: { body, etag, at: Date.now() } };
  },
  request: async (item, device) => {
    const { method = "POST", path = "", body, isOpen } = item;
    await BY_METHOD[method](path, { body, isOpen, device: isOpen ? undefined : device });
    return { state: "stored" };
  },
};

/** @type {Record<string, typeof api.post>} */
const BY_METHOD = { POST: api.post, PUT: api.put, DELETE: api.delete };

/** @param {string} path @param {string} device @returns {Promise<number>} */
const versionAt = async (path, device) => (await api.get(path, { device })).body.version;
/** The outcome of an answer that is about this very item; any other answer is not our server's.
 * @param {Item} item @param {any} body */
const stored = ({ subject }, body) => {
  const { id, version, received_at } = body ?? {};
  if (id !== subject || !Number.isInteger(version)) throw new Unreachable("foreign");
  return { state: "stored", version, received_at };
};
