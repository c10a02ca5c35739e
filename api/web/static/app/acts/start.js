// Starting: the words of the language, whose phone this is, what it keeps; and hearing of changes from then on.
import { loadWords } from "../../shared/language.js";
import { change, languageOf, read } from "../../shared/look.js";
import { isLeaving, lookAround } from "../identity.js";
import { getMeta, storeEvents } from "../store.js";
import { start as startSync, status, syncEvents } from "../sync.js";
import * as wording from "../wording.js";

/** @typedef {import("../app.js").App} App */

/** Load the words of the language in use, and ask the server for the same. @param {App} app */
export const words = async (app) => app.set({ language: await loadWords() });

/**
 * Find out whose phone this is, and begin to send and to read.
 * @param {App} app @param {() => void} changed told when something the phone keeps has changed
 */
export const start = async (app, changed) => {
  const { kind, lost } = await lookAround();
  app.set({ wiped: kind === "wiped", lost });
  await reload(app);
  storeEvents.addEventListener("changed", async (event) => {
    const { stores } = /** @type {CustomEvent} */ (event).detail;
    const isAbout = stores.includes("meta") || stores.includes("wording");
    if (!isAbout || (await reload(app))) changed();
  });
  syncEvents.addEventListener("state", () => {
    app.set({ sync: status() });
    changed();
  });
  await startSync();
  app.set({ sync: status() });
};

/** The patient whose answers this page may hold. @type {string | null} */
let shownTo = null;

/**
 * Take over what the phone keeps about the patient, and the words of the questions.
 *
 * Where that is another patient by now, or none, the page is loaded anew: what the one before began is in memory.
 * @param {App} app @returns {Promise<boolean>} whether this page goes on
 */
export const reload = async (app) => {
  if (isLeaving()) return false; // another page is loaded when that is done
  const [identity, me] = await Promise.all([getMeta("identity"), getMeta("me")]);
  if (shownTo && identity?.patient !== shownTo) {
    location.replace("/app/");
    return false;
  }
  shownTo = identity?.patient ?? null;
  if (me) await follow(app, me.body.language);
  const asked = await wording.load();
  app.set({ signedIn: Boolean(identity), me: me?.body ?? null, meAt: me?.at ?? null, due: me?.body.due ?? null, asked });
  if (identity) wording.refresh();
  return true;
};

/**
 * Speak the language that the patient has at the server, which words its own sentences in it; a language that was
 * just chosen on this phone stays until the server knows it.
 * @param {App} app @param {string} language
 */
const follow = async (app, language) => {
  if (read().followed === language) return;
  const before = languageOf(read());
  change({ language, followed: language });
  if (language !== before) await words(app);
};
