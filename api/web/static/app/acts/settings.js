// Settings: what is saved waits in the outbox like an answer; how the app looks stays on this phone.
import { phoneZone } from "../../shared/days.js";
import { change, languageOf, read } from "../../shared/look.js";
import { t } from "../../shared/words.js";
import { discard } from "../decisions.js";
import { isStuck } from "../items.js";
import { items, saveChanges } from "../outbox.js";
import { keepWords } from "../updates.js";
import { model as notifications } from "./notifications.js";
import { words } from "./start.js";

export { test, turn } from "./notifications.js";

/** @typedef {import("../app.js").App} App */

/** @param {any} state */
export const model = (state) => {
  const waiting = state.settings?.waiting ?? null;
  const refused = waiting && isStuck(waiting) ? waiting.problem : null;
  return {
    me: state.me && { ...state.me, ...(refused ? {} : { ...waiting?.body, ...state.settings?.chosen }) },
    look: read(),
    language: languageOf(read()),
    isWaiting: Boolean(waiting),
    refused,
    pause: pauseOf(state.me),
    isLetIn: state.me?.kind === "proxy",
    notifications: notifications(state),
  };
};

/** Until when reminders rest: a day, or a moment. @param {any} me @returns {{until: string, isDay: boolean} | null} */
export const pauseOf = (me) => {
  if (me?.paused_until) return { until: me.paused_until, isDay: true };
  const isOn = me?.snoozed_until && Date.parse(me.snoozed_until) > Date.now();
  return isOn ? { until: me.snoozed_until, isDay: false } : null;
};

/** @param {App} app */
export const enter = async (app) => {
  app.set({ settings: { ...app.state.settings, chosen: {} } });
  await changed(app);
};

/** Look what waits to be sent. @param {App} app */
export const changed = async (app) => {
  const isOpen = (/** @type {any} */ item) => item.kind === "settings" && item.state !== "stored";
  const waiting = (await items()).find(isOpen) ?? null;
  const before = app.state.settings?.waiting;
  if (before && !isStuck(before) && !waiting) app.announce(t("Sent"));
  app.set({ settings: { ...app.state.settings, waiting } });
};

/** @param {App} app @param {Record<string, any>} changes shown at once, so that a switch stays where it was put */
export const save = async (app, changes) => {
  app.set({ settings: { ...app.state.settings, chosen: { ...app.state.settings?.chosen, ...changes } } });
  await saveChanges(changes);
  app.announce(t("Saved on this phone"));
  await changed(app);
};

/** Give up a change that the server refused. @param {App} app */
export const giveUp = async (app) => {
  await discard(app.state.settings.waiting.id);
  await enter(app);
};

/** Let reminders follow the time zone of the phone, or stay as they are. @param {App} app @param {boolean} isOn */
export const followPhone = (app, isOn) =>
  save(app, { timezone_follows_phone: isOn, ...(isOn && { phone_timezone: phoneZone() }) });

/** @param {App} app @param {import("../../shared/look.js").Look} changes */
export const look = (app, changes) => {
  change(changes);
  app.set({});
};

/** Speak another language, here and in messages. @param {App} app @param {string} tag */
export const language = async (app, tag) => {
  change({ language: tag });
  await words(app);
  keepWords();
  if (app.state.me?.kind !== "proxy") await save(app, { language: tag });
};
