// The words of questionnaires: those of the API in the language in use, kept on this phone.
//
//   await load("siqr")              the newest version; null: its words were never read on this phone
//   await loadOf("siqr", "1")       those of a version, also where they are kept as the newest ones
//   await read("siqr", "1")         asks the server for a version, and keeps it
//   refresh(["siqr", "bpi-sf"])     asks for the newest versions, at most once an hour; never throws
//   await titlesOf(["siqr"])        names by code, in the language in use, of those that were read on this phone
//   inUse(titles)                   the one in the language in use, of names by language as the API gives them

import { api } from "../shared/api.js";
import { current } from "../shared/words.js";
import { confirm } from "./identity.js";
import { run } from "./store.js";

const EVERY_MS = 3_600_000;
const SECONDS_AN_ITEM = 8;

/** @param {string} code @param {string} version */
const keyOf = (code, version) => `instrument:${code}:${version}:${current()}`;

/** When each was asked for, by its key. @type {Map<string, number>} */
const asked = new Map();

/** @param {string} code @param {string} [version] nothing: the newest @returns {Promise<any>} */
export const load = async (code, version = "") =>
  (await run(["wording"], "readonly", (tx) => tx.objectStore("wording").get(keyOf(code, version)))) ?? null;

/** @param {string} code @param {string} version @returns {Promise<any>} */
export const loadOf = async (code, version) => {
  const kept = await load(code, version);
  const newest = kept ?? (await load(code));
  return newest?.version === version || kept ? newest : null;
};

/** @param {string} code @param {string} [version] @returns {Promise<any>} */
export const read = async (code, version = "") => {
  const [{ device }, key] = [await confirm(), keyOf(code, version)];
  const query = new URLSearchParams({ language: current(), ...(version && { version }) });
  const { body } = await api.get(`/v1/instruments/${encodeURIComponent(code)}?${query}`, { device });
  const kept = await load(code, version);
  if (JSON.stringify(kept) !== JSON.stringify(body)) {
    await run(["wording"], "readwrite", async (tx) => {
      await tx.objectStore("wording").put(body, key);
      await tx.objectStore("wording").put(body.titles, titlesKey(code));
    });
  }
  return body;
};

/** Names are kept apart from the words: they are in all languages. @param {string} code */
const titlesKey = (code) => `titles:${code}`;

/** @param {Record<string, string> | null | undefined} titles @returns {string | null} */
export const inUse = (titles) => titles?.[current()] ?? titles?.en ?? null;

/** @param {string[]} codes @returns {Promise<Record<string, string | null>>} null: its name was never read */
export const titlesOf = (codes) =>
  run(["wording"], "readonly", async (tx) => {
    const kept = [...new Set(codes)].map(async (code) => [code, inUse(await tx.objectStore("wording").get(titlesKey(code)))]);
    return Object.fromEntries(await Promise.all(kept));
  });

/** @param {string[]} codes */
export const refresh = async (codes) => {
  for (const code of codes) {
    const [key, now] = [keyOf(code, ""), performance.now()];
    if (now - (asked.get(key) ?? -EVERY_MS) < EVERY_MS) continue;
    asked.set(key, now);
    await read(code).catch(() => asked.delete(key));
  }
};

/** The questions that are asked. @param {any} words @returns {any[]} */
export const itemsOf = (words) => words.items.filter((/** @type {any} */ each) => each.asked);

/** The minutes that answering takes, at least one. @param {any} words */
export const minutesOf = (words) => Math.max(1, Math.round((itemsOf(words).length * SECONDS_AN_ITEM) / 60));
