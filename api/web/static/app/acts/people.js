// People whom the patient lets in to the diary: invited by a code, listed, ended.
import { api, skew } from "../../shared/api.js";
import { plus, today } from "../../shared/days.js";
import { t } from "../../shared/words.js";
import { asked, changeAt, clear, readInto } from "./at_server.js";

/** @typedef {import("../app.js").App} App */

const PATH = "/v1/me/proxies";
const [KEY, INVITE] = ["people", "invite"];
const LONGEST_DAYS = 400;

/** Whether somebody has access, or could have by the code. @param {any} person */
const isLive = ({ until, ended_at }) => !ended_at && Date.parse(until) > Date.now() - (skew() ?? 0);

/** @param {any} state */
export const model = (state) => {
  const all = asked(state, KEY).value ?? [];
  return {
    asked: asked(state, KEY),
    live: all.filter(isLive),
    past: all.filter((/** @type {any} */ each) => !isLive(each)),
    online: state.online,
    offlineSince: state.offlineSince,
  };
};

/** @param {App} app */
export const enter = (app) => {
  clear(app, KEY);
  return again(app);
};

/** @param {App} app */
export const again = (app) => readInto(app, KEY, async (device) => (await api.get(PATH, { device })).body.items);

/** End the access of somebody at once. @param {App} app @param {string} id */
export const end = async (app, id) => {
  await changeAt(app, KEY, (device) => api.delete(`${PATH}/${id}`, { device }));
  app.announce(t("The access has ended"));
  await again(app);
};

/** `id` stays with an invitation, so that one sent again after a lost answer is not a second one. */
const blank = () => ({ id: crypto.randomUUID(), name: "", scope: "", until: "", wrong: null });

/** Letting somebody in: nothing is chosen beforehand. */
export const invite = {
  model: (/** @type {any} */ state) => ({
    ...blank(),
    ...state[INVITE]?.form,
    asked: asked(state, INVITE),
    first: plus(today(), 1),
    last: plus(today(), LONGEST_DAYS - 1),
    online: state.online,
    offlineSince: state.offlineSince,
  }),
  enter: (/** @type {App} */ app) => clear(app, INVITE),
  fill: (/** @type {App} */ app, /** @type {Record<string, string>} */ changes) => {
    const { form = blank() } = app.state[INVITE];
    app.set({ [INVITE]: { ...app.state[INVITE], form: { ...form, ...changes, id: crypto.randomUUID(), wrong: null } } });
  },
  send: async (/** @type {App} */ app) => {
    const { form = blank() } = app.state[INVITE];
    const { id, name, scope, until } = form;
    if (!name.trim() || !scope || !until) {
      const wrong = { title: t("Something is missing."), detail: t("Please fill in the name, what the person may do, and the last day.") };
      return app.set({ [INVITE]: { ...app.state[INVITE], form: { ...form, wrong } } });
    }
    const scopes = scope === "write" ? ["read", "write"] : ["read"];
    const body = { id, name: name.trim(), scopes, until: new Date(`${until}T23:59:59`).toISOString() };
    const { body: made } = await changeAt(app, INVITE, (device) => api.post(PATH, { body, device }));
    app.set({ [INVITE]: { ...app.state[INVITE], value: made } });
  },
};
