// Signing in by e-mail, password and, where the account has them, a one-time code.
import { Problem } from "../../shared/api.js";
import * as auth from "../../shared/auth.js";
import { problemOf } from "../problem.js";
import * as session from "../session.js";

/** @typedef {import("../app.js").App} App */

const SECOND_MS = 1_000;
/** The password is only kept for the next step of the same sign-in, in memory. */
const fresh = () => ({ given: null, needsCode: false, isBusy: false, refused: null, problem: null, waitS: 0, next: "" });

/** @param {any} state */
export const model = (state) => ({
  ...fresh(),
  ...state.signIn,
  language: state.language,
  hasEnded: Boolean(state.hasEnded) && !state.signIn?.refused,
});

/** @param {App} app @param {Record<string, any>} changes */
const set = (app, changes) => app.set({ signIn: { ...app.state.signIn, ...changes } });

/** @param {App} app @param {Record<string, string>} params */
export const enter = (app, { next = "" }) => set(app, { ...fresh(), next });

export const { speak } = session;

/** @param {App} app @param {Record<string, string>} fields */
export const signIn = (app, { email, password }) => attempt(app, { email: email.trim(), password });

/** @param {App} app @param {Record<string, string>} fields */
export const sendCode = (app, { code }) => attempt(app, { ...app.state.signIn.given, code: code.replace(/\s/g, "") });

/** @param {App} app */
export const startAgain = (app) => set(app, { ...fresh(), next: app.state.signIn.next });

/** @param {App} app @param {any} given */
const attempt = async (app, given) => {
  if (model(app.state).isBusy) return;
  set(app, { isBusy: true, refused: null, problem: null });
  try {
    await auth.signIn(given);
    await session.takeOver(app);
  } catch (error) {
    return set(app, { isBusy: false, ...refusalOf(app, error, given) });
  }
  const { next } = model(app.state);
  const secret = session.mustSetUpCodes(app.state.me) ? given.password : null;
  app.set({ signIn: null, hasEnded: false, justGiven: secret });
  location.replace(`#/${next}`);
};

/** @param {App} app @param {unknown} error @param {any} given */
const refusalOf = (app, error, given) => {
  const { slug, retryAfterMs } = error instanceof Problem ? error : { slug: "", retryAfterMs: 0 };
  if (slug === "one-time-code-required") return { needsCode: true, given };
  if (slug === "too-many-tries") return { refused: "waiting", waitS: countdown(app, retryAfterMs) };
  if (slug === "sign-in-failed" || slug === "unprocessable-entity") return { refused: "failed" };
  return { problem: problemOf(error) };
};

/** Count the seconds until the server looks at another attempt. @param {App} app @param {number} ms */
const countdown = (app, ms) => {
  const seconds = Math.ceil(ms / SECOND_MS);
  const timer = setInterval(() => {
    const left = (app.state.signIn?.waitS ?? 0) - 1;
    if (left < 0) return clearInterval(timer);
    set(app, { waitS: left });
  }, SECOND_MS);
  return seconds;
};
