// The patient's request to the clinic to erase the own data, its state, and taking it back.
import { api } from "../../shared/api.js";
import { t } from "../../shared/words.js";
import { asked, changeAt, clear, readInto } from "./at_server.js";

/** @typedef {import("../app.js").App} App */

const PATH = "/v1/me/erasure-requests";
const KEY = "erasure";

/** @param {any} state */
export const model = (state) => ({
  asked: asked(state, KEY),
  online: state.online,
  offlineSince: state.offlineSince,
});

/** @param {App} app */
export const enter = (app) => {
  clear(app, KEY);
  return again(app);
};

/** @param {App} app */
export const again = (app) => readInto(app, KEY, async (device) => (await api.get(PATH, { device })).body.items);

/** Ask the clinic. One request is open at a time; asking again changes nothing. @param {App} app */
export const request = async (app) => {
  await changeAt(app, KEY, (device) => api.post(PATH, { device }));
  app.announce(t("Sent"));
  await again(app);
};

/** @param {App} app @param {string} id */
export const takeBack = async (app, id) => {
  await changeAt(app, KEY, (device) => api.post(`${PATH}/${id}/withdrawal`, { device }));
  app.announce(t("Taken back"));
  await again(app);
};
