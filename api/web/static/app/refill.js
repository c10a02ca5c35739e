// Reads what has changed at the server into the phone's copies: entries and questionnaires, from any device.
//
// What comes back settles the outbox: an item that is "stored" is removed once its version is in the copy.

import { api, Problem } from "../shared/api.js";
import { run } from "./store.js";

const PAGE = 500;
const FEEDS = [
  { store: "entries", path: "/v1/me/entries", page: PAGE },
  { store: "assessments", path: "/v1/me/assessments", page: 100 },
];

/** Read all changes since the last time.
 * @param {string} device the sign-in, checked by identity.js
 * @returns {Promise<void>} */
export const refill = async (device) => {
  for (const feed of FEEDS) await readAll(feed, device);
};

/** @typedef {(typeof FEEDS)[number]} Feed */

/** @param {Feed} feed @param {string} device */
const readAll = async (feed, device) => {
  const key = `cursor:${feed.store}`;
  for (let hasMore = true; hasMore; ) {
    const since = await run(["meta"], "readonly", (tx) => tx.objectStore("meta").get(key));
    const query = new URLSearchParams({ limit: String(feed.page), ...(since && { since }) });
    try {
      const { body } = await api.get(`${feed.path}?${query}`, { device });
      await keep(feed, key, device, body);
      hasMore = body.more;
    } catch (error) {
      if (!since || !(error instanceof Problem) || error.slug !== "invalid-cursor") throw error;
      await run(["meta"], "readwrite", (tx) => tx.objectStore("meta").delete(key)); // from the beginning
    }
  }
};

/** @param {Feed} feed @param {string} key @param {string} device @param {{items: any[], next: string}} page */
const keep = (feed, key, device, { items, next }) =>
  run([feed.store, "outbox", "meta"], "readwrite", async (tx) => {
    const [copies, outbox, meta] = [feed.store, "outbox", "meta"].map((name) => tx.objectStore(name));
    if ((await meta.get("identity"))?.device !== device) return; // somebody else signed in meanwhile
    for (const item of items) copies.put(item);
    for (const row of await outbox.getAll()) {
      if (row.state !== "stored") continue;
      const isBack = row.version === undefined || (await copies.get(row.subject))?.version >= row.version;
      if (isBack) outbox.delete(row.seq);
    }
    await meta.put(next, key);
  });
