// The words of the check-in: those of the API, kept on this phone for each language.
//
//   await load()       the words in the language in use; null: none is kept yet (then fallback.js has its own)
//   refresh()          asks the server, at most once an hour; never throws, the store tells of a change

import { api } from "../shared/api.js";
import { current } from "../shared/words.js";
import { confirm } from "./identity.js";
import { run } from "./store.js";

const EVERY_MS = 3_600_000;
const keyOf = (/** @type {string} */ language) => `check-in:${language}`;

let asked = { language: "", at: 0 };

/** The words of the check-in in the language in use. @returns {Promise<any>} */
export const load = async () =>
  (await run(["wording"], "readonly", (tx) => tx.objectStore("wording").get(keyOf(current())))) ?? null;

/** Ask for the words; without a network nothing changes, and the next call asks again. */
export const refresh = async () => {
  const now = performance.now();
  if (asked.language === current() && now - asked.at < EVERY_MS) return;
  asked = { language: current(), at: now };
  await ask().catch(() => {
    asked = { language: "", at: 0 };
  });
};

const ask = async () => {
  const { device } = await confirm();
  const kept = await load();
  const { status, body } = await api.get("/v1/check-in", { device, ifNoneMatch: kept ? `"${kept.revision}"` : undefined });
  if (status === 304) return;
  await run(["wording"], "readwrite", (tx) => tx.objectStore("wording").put(body, keyOf(body.language)));
};
