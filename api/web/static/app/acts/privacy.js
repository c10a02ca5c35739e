// Who used the patient's data. Opening it is no use by others, and stands nowhere.
import { api } from "../../shared/api.js";
import { asked, changeAt, clear, readInto } from "./at_server.js";

/** @typedef {import("../app.js").App} App */

const PATH = "/v1/me/audit";
const KEY = "looked";

/** The list of what leads on needs nothing. */
export const menu = { model: () => ({}), enter: () => {} };

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
export const again = (app) => readInto(app, KEY, async (device) => (await api.get(PATH, { device })).body);

/** Read what came before. @param {App} app */
export const more = (app) =>
  changeAt(app, KEY, async (device) => {
    const { items, next } = asked(app.state, KEY).value;
    const { body } = await api.get(`${PATH}?cursor=${encodeURIComponent(next)}`, { device });
    app.set({ [KEY]: { ...app.state[KEY], value: { items: [...items, ...body.items], next: body.next } } });
  });
