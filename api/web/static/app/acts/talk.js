// Asking the team for a call: saved on this phone first, sent like everything else.
import { api, Unreachable } from "../../shared/api.js";
import { t } from "../../shared/words.js";
import { confirm, keepAs } from "../identity.js";
import { isStuck } from "../items.js";
import { items, saveRequest } from "../outbox.js";
import { getMeta } from "../store.js";

/** @typedef {import("../app.js").App} App */

const PATH = "/v1/me/callback-requests";
const KEPT = "callbacks";

/** @param {any} state */
export const model = (state) => {
  const { reachMe = "", isWaiting = false, list = null, saving = false } = state.talk ?? {};
  return {
    reachMe,
    isWaiting,
    saving,
    open: list?.items.find((/** @type {any} */ each) => ["waiting", "seen"].includes(each.status)) ?? null,
    readBy: list?.read_by ?? null,
    calledWhen: state.me?.care_team?.called_when ?? null,
  };
};

/** @param {App} app @param {Record<string, any>} changes */
const set = (app, changes) => app.set({ talk: { ...app.state.talk, ...changes } });

/** @param {App} app */
export const enter = async (app) => {
  set(app, { list: await getMeta(KEPT), isWaiting: await isInOutbox() });
  await renew(app);
};

const isInOutbox = async () =>
  (await items()).some((/** @type {any} */ item) => item.path === PATH && item.state !== "stored" && !isStuck(item));

/** Ask the server how far it has come; without a network the last known is shown. @param {App} app */
const renew = async (app) => {
  try {
    const { device } = await confirm();
    const { body } = await api.get(PATH, { device });
    await keepAs(device, KEPT, body);
    set(app, { list: body });
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
  }
};

/** @param {App} app @param {string} text */
export const type = (app, text) => set(app, { reachMe: text });

/** @param {App} app */
export const ask = async (app) => {
  const { reachMe, saving } = model(app.state);
  if (saving) return;
  set(app, { saving: true });
  try {
    const more = reachMe.trim() ? { reach_me: reachMe.trim() } : {};
    await saveRequest("POST", PATH, { id: crypto.randomUUID(), about: "tablets", ...more });
    set(app, { isWaiting: true, reachMe: "" });
    app.announce(t("Saved on this phone"));
  } finally {
    set(app, { saving: false });
  }
};

/** Something on the phone has changed: it may have been sent. @param {App} app */
export const changed = async (app) => {
  const before = model(app.state).isWaiting;
  const isWaiting = await isInOutbox();
  if (before && !isWaiting) {
    await renew(app);
    if (model(app.state).open) app.announce(t("Sent"));
  }
  set(app, { isWaiting });
};
