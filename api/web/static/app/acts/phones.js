// The patient's own sign-ins: phones and browsers, and the code for another one.
import { api, Problem, skew } from "../../shared/api.js";
import { t } from "../../shared/words.js";
import { asked, changeAt, clear, readInto } from "./at_server.js";

/** @typedef {import("../app.js").App} App */

const DEVICES = "/v1/me/devices";
const CODES = "/v1/me/activations";

/** The phones, this one first. @param {string} device */
const read = async (device) => {
  const { items } = (await api.get(DEVICES, { device })).body;
  return items.sort((/** @type {any} */ one, /** @type {any} */ other) => Number(other.current) - Number(one.current));
};

/** @param {any} state */
export const model = (state) => ({
  asked: asked(state, "phones"),
  online: state.online,
  offlineSince: state.offlineSince,
});

/** @param {App} app */
export const enter = (app) => {
  clear(app, "phones");
  return again(app);
};

/** @param {App} app */
export const again = (app) => readInto(app, "phones", read);

/** Sign a phone out. One that was signed out meanwhile is fine. @param {App} app @param {string} id */
export const signOut = async (app, id) => {
  await changeAt(app, "phones", async (device) => {
    try {
      await api.delete(`${DEVICES}/${id}`, { device });
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 404) throw error;
    }
  });
  app.announce(t("Signed out"));
  await again(app);
};

/** The code for another phone. It is made when it is asked for, never by opening the screen. */
export const another = {
  model: (/** @type {any} */ state) => ({
    asked: asked(state, "another"),
    isOver: Boolean(state.another?.isOver),
    online: state.online,
    offlineSince: state.offlineSince,
  }),
  enter: (/** @type {App} */ app) => clear(app, "another"),
  make: async (/** @type {App} */ app) => {
    const made = await changeAt(app, "another", async (device) => (await api.post(CODES, { device })).body);
    app.set({ another: { ...asked(app.state, "another"), value: made, isOver: false } });
    const end = () => app.state.another?.value === made && app.set({ another: { ...app.state.another, isOver: true } });
    setTimeout(end, Math.max(0, Date.parse(made.expires_at) - Date.now() + (skew() ?? 0)));
  },
};
