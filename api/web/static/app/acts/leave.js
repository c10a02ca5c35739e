// Signing out of this phone, which removes everything that it keeps; first what is not sent is shown.
import { isUnsent, leave, Unsent } from "../identity.js";
import { items } from "../outbox.js";
import { drain } from "../sync.js";

/** @typedef {import("../app.js").App} App */

/** @param {any} state */
export const model = (state) => ({
  waiting: state.leaving?.waiting ?? null,
  isBusy: Boolean(state.leaving?.isBusy),
  online: state.online,
  offlineSince: state.offlineSince,
});

/** @param {App} app @param {Record<string, any>} changes */
const set = (app, changes) => app.set({ leaving: { ...app.state.leaving, ...changes } });

/** @param {App} app */
export const enter = (app) => look(app);

/** Something on the phone has changed: it may have been sent. @param {App} app */
export const changed = (app) => app.state.leaving?.isBusy || look(app);

/** @param {App} app */
const look = async (app) => set(app, { waiting: (await items()).filter(isUnsent) });

/** @param {App} app */
export const send = async (app) => {
  set(app, { isBusy: true });
  try {
    await drain();
  } finally {
    set(app, { isBusy: false });
    await look(app);
  }
};

/** @param {App} app @param {boolean} discard the patient has seen what is not sent */
export const go = async (app, discard) => {
  set(app, { isBusy: true });
  try {
    await leave({ discard });
  } catch (error) {
    set(app, { isBusy: false });
    await look(app);
    if (error instanceof Unsent) return; // saved meanwhile, in another tab: show it first
    throw error;
  }
  location.replace("/activate");
};
