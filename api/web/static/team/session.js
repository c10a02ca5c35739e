// Who is signed in here: at the start, after a sign-in, and when it ends, here or in another tab.
import { api, SignInNeeded } from "../shared/api.js";
import { authEvents, endSession, session, signInAs } from "../shared/auth.js";
import { loadWords } from "../shared/language.js";
import { apply, change, read } from "../shared/look.js";
import { t } from "../shared/words.js";
import { forget } from "./app.js";

/** @typedef {import("./app.js").App} App */

/** What somebody may do who must set up one-time codes first. */
const TO_ENROL = ["devices", "self", "staff:self"];

/** @param {any} me */
export const mustSetUpCodes = (me) => Boolean(me) && me.scopes.every((/** @type {string} */ scope) => TO_ENROL.includes(scope));

/** The sign-in whose data this page may hold. @type {string | null} */
let shownTo = null;

/**
 * Take over the sign-in that the browser has, if any.
 * @param {App} app @param {() => void} ended called when it has ended
 */
export const begin = async (app, ended) => {
  signInAs("staff");
  authEvents.addEventListener("signed-out", () => {
    if (shownTo === null) return;
    shownTo = null;
    forget(app);
    ended();
  });
  authEvents.addEventListener("signed-in", (event) => {
    const { device } = /** @type {CustomEvent} */ (event).detail;
    if (shownTo !== null && device !== shownTo) location.reload(); // somebody else: nothing of the former stays
  });
  try {
    await takeOver(app);
  } catch (error) {
    if (!(error instanceof SignInNeeded)) throw error;
  }
};

/** Read who is signed in, and speak their language unless another was chosen in this browser. @param {App} app */
export const takeOver = async (app) => {
  const { device } = await session();
  const { body: me } = await api.get("/v1/me");
  shownTo = device;
  app.set({ me });
  if (!read().language && me.language !== app.state.language) await use(app, me.language);
};

/** Use a language in this browser from now on. @param {App} app @param {string} language */
export const speak = async (app, language) => {
  change({ language });
  await use(app, language);
};

/** @param {App} app @param {string} language */
const use = async (app, language) => {
  apply({ ...read(), language });
  app.set({ language: await loadWords("team-", language) });
};

/** End the sign-in, and forget everything. @param {App} app */
export const signOut = async (app) => {
  await endSession();
  forget(app);
  app.announce(t("You are signed out."));
};
