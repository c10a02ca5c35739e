// Setting up one-time codes.
import { api, Problem } from "../../shared/api.js";
import { t } from "../../shared/words.js";
import { HOME } from "../app.js";
import { problemOf } from "../problem.js";
import * as session from "../session.js";

/** @typedef {import("../app.js").App} App */

const fresh = () => ({ made: null, isBusy: false, refused: null, problem: null });

/** @param {any} state */
export const model = (state) => {
  const known = { ...fresh(), ...state.secondFactor };
  return {
    ...known,
    isNeeded: session.mustSetUpCodes(state.me),
    isEnrolled: state.me.one_time_codes,
    secret: known.made?.secret.match(/.{1,4}/g).join(" "),
  };
};

/** @param {App} app @param {Record<string, any>} changes */
const set = (app, changes) => app.set({ secondFactor: { ...app.state.secondFactor, ...changes } });

/** @param {App} app */
export const enter = async (app) => {
  const password = app.state.justGiven;
  app.set({ secondFactor: fresh(), justGiven: null });
  if (password) await begin(app, { password });
};

/** The secret is not kept. @param {App} app */
export const leave = (app) => app.set({ secondFactor: null });

/** @param {App} app @param {Record<string, string>} fields */
export const begin = (app, { password, code }) =>
  attempt(app, async () => {
    const body = code ? { password, code: code.replace(/\s/g, "") } : { password };
    set(app, { made: (await api.post("/v1/me/totp", { body })).body });
  });

/** @param {App} app @param {Record<string, string>} fields */
export const confirm = (app, { code }) =>
  attempt(app, async () => {
    await api.put("/v1/me/totp", { body: { code: code.replace(/\s/g, "") } });
    await session.takeOver(app);
    app.go(HOME, {}, { replace: true });
    app.announce(t("One-time codes are on."));
  });

/** @param {App} app */
export const signOut = async (app) => {
  await session.signOut(app);
  app.go("sign-in", {}, { replace: true });
};

/** @param {App} app @param {() => Promise<void>} does */
const attempt = async (app, does) => {
  if (model(app.state).isBusy) return;
  set(app, { isBusy: true, refused: null, problem: null });
  try {
    await does();
    set(app, { isBusy: false });
  } catch (error) {
    set(app, { isBusy: false, ...refusalOf(error) });
  }
};

/** @param {unknown} error */
const refusalOf = (error) => {
  const slug = error instanceof Problem ? error.slug : "";
  if (slug === "sign-in-failed") return { refused: "failed" };
  if (slug === "one-time-code-wrong" || slug === "unprocessable-entity") return { refused: "code" };
  return { problem: problemOf(error) };
};
