// Welcome: three short pages for a new patient, each of which can be skipped.
import { setMeta } from "../store.js";
import * as settings from "./settings.js";

/** @typedef {import("../app.js").App} App */

export const PAGES = 3;

/** @param {any} state */
export const model = (state) => ({
  ...settings.model(state),
  step: state.welcome?.step ?? 1,
  pages: PAGES,
  hours: state.me?.care_team?.hours ?? null,
  notice: state.me?.care_team?.notice ?? null,
});

/** @param {App} app @param {Record<string, string>} params */
export const enter = async (app, { step = "1" }) => {
  app.set({ welcome: { step: Math.min(Math.max(Math.trunc(Number(step)) || 1, 1), PAGES) } });
  await settings.enter(app);
};

export const { changed, save, look } = settings;

/** It is not offered again. @param {App} app */
export const leave = async (app) => {
  await setMeta("isWelcomed", true);
  app.go("today", {}, { replace: true });
};
