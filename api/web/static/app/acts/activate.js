// Signing this phone in with the code of the team.
import { Problem } from "../../shared/api.js";
import { t } from "../../shared/words.js";
import { join } from "../identity.js";
import { needsHomeScreen } from "../install.js";
import { drain } from "../sync.js";
import { reload } from "./start.js";

/** @typedef {import("../app.js").App} App */

const LENGTH = 10;

/** @param {any} state */
export const model = (state) => ({
  ...fresh(),
  isAgain: state.signedIn,
  wiped: state.wiped && !state.signedIn,
  lost: state.lost,
  ...state.activation,
});

const fresh = () => ({
  code: "",
  fromLink: false,
  label: t("My phone"),
  sending: false,
  copied: false,
  install: needsHomeScreen(),
  problem: null,
});

/** @param {App} app @param {Record<string, any>} changes */
const set = (app, changes) => app.set({ activation: { ...app.state.activation, ...changes } });

/** @param {App} app @param {Record<string, string>} params */
export const enter = (app, { code = "" }) => set(app, { ...fresh(), code: shown(code), fromLink: Boolean(code) });

/** @param {App} app @param {string} typed */
export const type = (app, typed) => set(app, { code: shown(typed), copied: false, problem: null });

/** @param {App} app @param {string} label */
export const name = (app, label) => set(app, { label });

/** @param {App} app */
export const stayInBrowser = (app) => set(app, { install: false });

/** @param {App} app */
export const copy = async (app) => {
  await navigator.clipboard.writeText(model(app.state).code);
  set(app, { copied: true });
  app.announce(t("Copied"));
};

/**
 * A code as it is printed, from what was typed or from a whole link that was pasted.
 * @param {string} typed
 */
export const shown = (typed) => {
  const characters = typed.slice(typed.indexOf("#") + 1).toUpperCase().replace(/[^0-9A-Z]/g, "").slice(0, LENGTH);
  return characters.length > LENGTH / 2 ? `${characters.slice(0, 5)}-${characters.slice(5)}` : characters;
};

/** @param {App} app */
export const activate = async (app) => {
  const { code, label, sending } = model(app.state);
  if (sending) return;
  if (code.length <= LENGTH) return set(app, { problem: { title: t("A code has ten characters."), detail: t("Please look at it again.") } });
  set(app, { sending: true, problem: null });
  try {
    await join(code, label.trim() || t("My phone"));
  } catch (error) {
    return set(app, { sending: false, problem: inWords(error) });
  }
  if (location.pathname !== "/app/") return location.assign("/app/");
  if (!(await reload(app))) return;
  set(app, { ...fresh() });
  drain();
  app.go("today", {}, { replace: true });
};

/** @param {unknown} error */
const inWords = (error) => {
  if (!(error instanceof Problem)) return { title: t("There is no connection at the moment."), detail: t("Activating needs the internet once. Please try again later.") };
  if (error.status === 401) return { title: t("This code does not work any more."), detail: t("Your team can make a new one for you. Please call them.") };
  if (error.status === 429) return { title: t("Too many attempts."), detail: t("Please wait a few minutes, and try again.") };
  return error.problem;
};
