// The worklist: who waits, worst first.
import { api } from "../../shared/api.js";

/** @typedef {import("../app.js").App} App */

const PAGE = 200;

/** @param {any} state */
export const model = (state) => ({ alerts: state.worklist?.alerts ?? null });

/** @param {App} app */
export const enter = async (app) => {
  const { body } = await api.get(`/v1/alerts?limit=${PAGE}`);
  app.set({ worklist: { alerts: body.items } });
};
