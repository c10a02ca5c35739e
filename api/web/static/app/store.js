// What the phone keeps: the only IndexedDB of the app, database `aimss`.
//
//   outbox       what waits to be sent, in the order it was saved (see outbox.js)
//   entries      the server's copy of the patient's entries
//   assessments  the server's copy of the questionnaires
//   wording      questionnaires' questions and words, by language
//   meta         single values: identity, installed, me, due, cursors … (`getMeta`, `setMeta`)
//   drafts       what is being filled in, by key such as "day:2026-11-27" (`getDraft`, `setDraft`)
//
// A write resolves once it is on the disk (strict durability). A transaction that fails because the browser
// lost its connection is tried once more on a new one; then `StoreFailed` is thrown, whose words are:
// "This could not be saved. Keep this page open." Keep what was typed on the screen.
//
// Events on `storeEvents`: "changed" with {stores: [names]} in `detail`, for changes of this tab and of others. A
// store that a transaction only reads is not named, or every tab would read it anew.

import { openDB, deleteDB } from "../vendor/idb/index.js";

export const storeEvents = new EventTarget();

const NAME = "aimss";
const OPEN_WITHIN_MS = 4_000;

/** One step for each version of the database, from the empty one on. A step is never changed; a further
 * version is a further step, which only adds, so that an old page can still write. */
export const STEPS = [
  (/** @type {any} */ db) => {
    const outbox = db.createObjectStore("outbox", { keyPath: "seq", autoIncrement: true });
    outbox.createIndex("id", "id", { unique: true });
    outbox.createIndex("subject", "subject");
    db.createObjectStore("entries", { keyPath: "id" }).createIndex("local_date", "local_date");
    db.createObjectStore("assessments", { keyPath: "id" });
    db.createObjectStore("wording");
    db.createObjectStore("meta");
    db.createObjectStore("drafts");
  },
];

/** Something could not be saved or read. `reason`: "full" (no space) or "lost" (no access to the storage). */
export class StoreFailed extends Error {
  constructor(/** @type {any} */ cause) {
    super(`the phone's storage failed: ${cause?.name ?? cause}`);
    this.name = "StoreFailed";
    this.cause = cause;
    this.reason = isFull(cause) ? "full" : "lost";
  }
}

const isFull = (/** @type {any} */ error) => /quota/i.test(`${error?.name} ${error?.message}`);

/** @type {Promise<any> | null} */
let opened = null;

const open = () => {
  opened ??= within(OPEN_WITHIN_MS, openNow()).catch((error) => {
    opened = null;
    throw error;
  });
  return opened;
};

class TooLate extends Error {}
const within = (/** @type {number} */ ms, /** @type {Promise<any>} */ work) => {
  let timer = 0;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new TooLate("the storage did not open")), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
};

const openNow = async () => {
  const forget = () => {
    opened = null;
  };
  const life = {
    blocking: (/** @type {number} */ _now, /** @type {number} */ _next, /** @type {any} */ event) => {
      forget();
      event.target.close();
    },
    terminated: forget,
  };
  const upgrade = (/** @type {any} */ db, /** @type {number} */ from) => STEPS.slice(from).forEach((step) => step(db));
  try {
    return await openDB(NAME, STEPS.length, { ...life, upgrade });
  } catch (error) {
    if (!(error instanceof DOMException) || error.name !== "VersionError") throw error;
    return openDB(NAME, undefined, life); // a newer page has been here; later versions only add
  }
};

/** Close the connection; the next transaction opens a new one. */
export const close = async () => {
  const db = await Promise.resolve(opened).catch(() => null);
  opened = null;
  db?.close();
};

/** Run a transaction; it may run twice, so it must change nothing but the store.
 * @template T
 * @param {string[]} stores
 * @param {"readonly" | "readwrite"} mode
 * @param {(tx: any) => Promise<T> | T} work
 * @param {string[]} [written] those of the stores that it changes
 * @returns {Promise<T>} */
export const run = async (stores, mode, work, written = stores) => {
  let result;
  try {
    result = await once(stores, mode, work);
  } catch (error) {
    if (!isOfStorage(error)) throw error;
    await (isFull(error) ? makeRoom() : close()).catch(() => {});
    try {
      result = await once(stores, mode, work);
    } catch (again) {
      throw isOfStorage(again) ? new StoreFailed(again) : again;
    }
  }
  if (mode === "readwrite") announce(written);
  return result;
};

/** Whether an error is of the browser's storage; any other is of the work itself and is not tried again. */
const isOfStorage = (/** @type {unknown} */ error) => error instanceof DOMException || error instanceof TooLate;

/** @type {typeof run} */
const once = async (stores, mode, work) => {
  const db = await open();
  const tx = db.transaction(stores, mode, { durability: "strict" });
  const done = tx.done.catch((/** @type {unknown} */ error) => Promise.reject(tx.error ?? error));
  done.catch(() => {});
  try {
    const result = await work(tx);
    await done;
    return result;
  } catch (error) {
    try {
      tx.abort();
    } catch {
      // it has ended already
    }
    throw error;
  }
};

/** Delete what the server can give again. */
const makeRoom = async () => {
  const stores = ["wording", "assessments", "entries", "meta"];
  await once(stores, "readwrite", async (tx) => {
    for (const name of stores.slice(0, 3)) tx.objectStore(name).clear();
    for (const key of ["cursor:entries", "cursor:assessments"]) tx.objectStore("meta").delete(key);
  });
};

const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel("aimss-store") : null;
channel?.addEventListener("message", ({ data }) => {
  if (data.wiped) close();
  storeEvents.dispatchEvent(new CustomEvent("changed", { detail: data }));
});
const announce = (/** @type {string[]} */ stores) => {
  channel?.postMessage({ stores });
  storeEvents.dispatchEvent(new CustomEvent("changed", { detail: { stores } }));
};

/** @param {string} key @returns {Promise<any>} undefined where there is none */
export const getMeta = (key) => run(["meta"], "readonly", (tx) => tx.objectStore("meta").get(key));

/** @param {string} key @param {any} value undefined deletes it */
export const setMeta = (key, value) =>
  run(["meta"], "readwrite", (tx) => {
    const meta = tx.objectStore("meta");
    return value === undefined ? meta.delete(key) : meta.put(value, key);
  });

/** What is being filled in. @param {string} key @returns {Promise<any>} */
export const getDraft = async (key) =>
  run(["drafts", "meta"], "readonly", async (tx) => tx.objectStore("drafts").get(await draftKey(tx, key)));

/** Keep what is being filled in. @param {string} key @param {any} value undefined deletes it */
export const setDraft = (key, value) =>
  run(["drafts", "meta"], "readwrite", async (tx) => {
    const [drafts, mine] = [tx.objectStore("drafts"), await draftKey(tx, key)];
    return value === undefined ? drafts.delete(mine) : drafts.put(value, mine);
  }, ["drafts"]);

/** @param {any} tx @param {string} key */
const draftKey = async (tx, key) => [(await tx.objectStore("meta").get("identity"))?.patient ?? "", key];

/** Delete everything that the phone keeps, in all tabs. */
export const wipe = async () => {
  await close();
  channel?.postMessage({ stores: STORES, wiped: true });
  await deleteDB(NAME, { blocked: () => {} });
  storeEvents.dispatchEvent(new CustomEvent("changed", { detail: { stores: STORES, wiped: true } }));
};
const STORES = ["outbox", "entries", "assessments", "wording", "meta", "drafts"];

/** Ask the browser to keep the storage when space is short. Call it after the first save. */
export const persist = async () => (await navigator.storage?.persist?.()) ?? false;
