// The forms of reminders: day and time, quiet hours, and the pause.
import { api } from "../../shared/api.js";
import { plus, today } from "../../shared/days.js";
import { t } from "../../shared/words.js";
import { confirm, refreshMe } from "../identity.js";
import { saveChanges } from "../outbox.js";
import * as settings from "./settings.js";

/** @typedef {import("../app.js").App} App */

const SNOOZE = "/v1/me/reminders/snooze";
const LONGEST_DAYS = 42;

/** @param {App} app @param {any} form */
const start = async (app, form) => {
  await settings.enter(app);
  app.set({ form: { ...form(settings.model(app.state).me ?? {}), wrong: null } });
};

/** @param {App} app @param {Record<string, any>} changes */
const fill = (app, changes) => app.set({ form: { ...app.state.form, ...changes, wrong: null } });

/** @param {App} app @param {string} title @param {string} detail */
const refuse = (app, title, detail) => app.set({ form: { ...app.state.form, wrong: { title, detail } } });

/** @param {App} app @param {Record<string, any>} changes */
const saved = async (app, changes) => {
  await saveChanges(changes);
  app.go("settings");
};

/** @param {any} me */
const timesOf = (me) => ({
  weekday: me.check_in_weekday ?? 0,
  at: me.check_in_at ?? "",
  isTwice: Boolean(me.check_in_again_at),
  again: me.check_in_again_at ?? "",
});

/** @param {any} me */
const quietOf = (me) => ({ from: me.quiet_from ?? "", until: me.quiet_until ?? "" });

const missing = (/** @type {App} */ app) => refuse(app, t("A time is missing."), t("Please fill in every time."));

export const times = {
  model: (/** @type {any} */ state) => ({ form: { ...timesOf({}), ...state.form }, wrong: state.form?.wrong }),
  enter: (/** @type {App} */ app) => start(app, timesOf),
  fill,
  send: (/** @type {App} */ app) => {
    const { weekday, at, isTwice, again } = app.state.form;
    if (!at || (isTwice && !again)) return missing(app);
    if (isTwice && again <= at) {
      return refuse(app, t("The second reminder comes before the first."), t("Please choose a later time for it."));
    }
    return saved(app, { check_in_weekday: weekday, check_in_at: at, check_in_again_at: isTwice ? again : null });
  },
};

export const quiet = {
  model: (/** @type {any} */ state) => ({ form: { ...quietOf({}), ...state.form }, wrong: state.form?.wrong }),
  enter: (/** @type {App} */ app) => start(app, quietOf),
  fill,
  send: (/** @type {App} */ app) => {
    const { from, until } = app.state.form;
    return from && until ? saved(app, { quiet_from: from, quiet_until: until }) : missing(app);
  },
};

/** Change the pause at the server, whose clock counts; then read what holds. @param {App} app @param {() => Promise<unknown>} work */
const atServer = async (app, work) => {
  app.set({ problem: null });
  fill(app, { isSending: true });
  try {
    await work();
    await refreshMe();
    app.announce(t("Sent"));
  } finally {
    fill(app, { isSending: false });
  }
};

export const pause = {
  model: (/** @type {any} */ state) => ({
    pause: settings.pauseOf(state.me),
    online: state.online,
    first: plus(today(), 1),
    last: plus(today(), LONGEST_DAYS),
    until: state.form?.until ?? "",
    isSending: Boolean(state.form?.isSending),
  }),
  enter: (/** @type {App} */ app) => start(app, () => ({ until: "" })),
  fill,
  pause: (/** @type {App} */ app, /** @type {string} */ kind) =>
    atServer(app, async () => {
      const { device } = await confirm();
      const body = { for: kind, ...(kind === "holiday" && { until: app.state.form.until }) };
      await api.post(SNOOZE, { body, device });
    }),
  resume: (/** @type {App} */ app) =>
    atServer(app, async () => api.delete(SNOOZE, { device: (await confirm()).device })),
};
