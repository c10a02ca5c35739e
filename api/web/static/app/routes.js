// The screens, by the name that stands in the address. A screen is one line here.
//
// What a check-in leads to is there from the start: it must open where the network has gone meanwhile.
import * as activateActs from "./acts/activate.js";
import * as checkinActs from "./acts/checkin.js";
import * as flagsActs from "./acts/flags.js";
import * as savedActs from "./acts/saved.js";
import * as todayActs from "./acts/today.js";
import * as activate from "./screens/activate.js";
import * as call from "./screens/call.js";
import * as checkin from "./screens/checkin.js";
import * as flags from "./screens/flags.js";
import * as harm from "./screens/harm.js";
import * as saved from "./screens/saved.js";
import * as today from "./screens/today.js";

/**
 * @typedef {object} Screen
 * @property {any} screen pure views: title, view, and head and bar where there are any
 * @property {any} acts enter, model, and what the screen calls
 * @property {string | null} tab the part of the navigation that is open; null: none is shown
 * @property {boolean} [open] can be seen without a sign-in
 * @property {boolean} [busy] a new version waits while it is open: something is being filled in
 * @property {() => Promise<[any, any]>} [load] fetches screen and acts when it is first opened
 */

/**
 * A screen that is fetched when it is first opened.
 * @param {() => Promise<any>} screen @param {() => Promise<any>} acts @param {{ tab: string | null, open?: boolean, busy?: boolean }} more @returns {Screen}
 */
const later = (screen, acts, more) => ({ screen: null, acts: null, ...more, load: () => Promise.all([screen(), acts()]) });

/** @type {Record<string, Screen>} */
export const ROUTES = {
  activate: { screen: activate, acts: activateActs, tab: null, open: true, busy: true },
  checkin: { screen: checkin, acts: checkinActs, tab: null, busy: true },
  flags: { screen: flags, acts: flagsActs, tab: null, busy: true },
  harm: { screen: harm, acts: flagsActs, tab: null, busy: true },
  call: { screen: call, acts: flagsActs, tab: null, busy: true },
  more: later(() => import("./screens/more.js"), () => import("./acts/more.js"), { tab: null, busy: true }),
  questionnaire: later(() => import("./screens/questionnaire.js"), () => import("./acts/questionnaire.js"), { tab: null, busy: true }),
  answered: later(() => import("./screens/answered.js"), () => import("./acts/answered.js"), { tab: "today" }),
  saved: { screen: saved, acts: savedActs, tab: "today" },
  another: later(() => import("./screens/another.js"), () => import("./acts/phones.js").then((each) => each.another), { tab: "settings", busy: true }),
  copy: later(() => import("./screens/copy.js"), () => import("./acts/copy.js"), { tab: "settings" }),
  erasure: later(() => import("./screens/erasure.js"), () => import("./acts/erasure.js"), { tab: "settings" }),
  invite: later(() => import("./screens/invite.js"), () => import("./acts/people.js").then((each) => each.invite), { tab: "settings", busy: true }),
  people: later(() => import("./screens/people.js"), () => import("./acts/people.js"), { tab: "settings" }),
  looked: later(() => import("./screens/looked.js"), () => import("./acts/privacy.js"), { tab: "settings" }),
  privacy: later(() => import("./screens/privacy.js"), () => import("./acts/privacy.js").then((each) => each.menu), { tab: "settings" }),
  help: later(() => import("./screens/help.js"), () => import("./acts/help.js"), { tab: "settings" }),
  leave: later(() => import("./screens/leave.js"), () => import("./acts/leave.js"), { tab: "settings" }),
  phones: later(() => import("./screens/phones.js"), () => import("./acts/phones.js"), { tab: "settings" }),
  language: later(() => import("./screens/language.js"), () => import("./acts/settings.js"), { tab: "settings" }),
  message: later(() => import("./screens/message.js"), () => import("./acts/message.js"), { tab: null, open: true }),
  pause: later(() => import("./screens/pause.js"), () => import("./acts/reminders.js").then((each) => each.pause), { tab: "settings" }),
  quiet: later(() => import("./screens/quiet.js"), () => import("./acts/reminders.js").then((each) => each.quiet), { tab: "settings", busy: true }),
  sent: later(() => import("./screens/sent.js"), () => import("./acts/sent.js"), { tab: "sent" }),
  remind: later(() => import("./screens/remind.js"), () => import("./acts/notifications.js"), { tab: "today" }),
  settings: later(() => import("./screens/settings.js"), () => import("./acts/settings.js"), { tab: "settings" }),
  theme: later(() => import("./screens/theme.js"), () => import("./acts/settings.js"), { tab: "settings" }),
  times: later(() => import("./screens/times.js"), () => import("./acts/reminders.js").then((each) => each.times), { tab: "settings", busy: true }),
  curve: later(() => import("./screens/curve.js"), () => import("./acts/curve.js"), { tab: "curve" }),
  today: { screen: today, acts: todayActs, tab: "today" },
  welcome: later(() => import("./screens/welcome.js"), () => import("./acts/welcome.js"), { tab: null }),
  talk: later(() => import("./screens/talk.js"), () => import("./acts/talk.js"), { tab: null, busy: true }),
};

/** Screens that need a scope which somebody let in may not have. @type {Record<string, string[]>} */
const NEEDS = {
  report: ["checkin", "flags", "harm", "call", "questionnaire", "saved", "talk", "pause"],
  privacy: ["quiet", "times", "phones", "another", "privacy", "looked", "copy", "people", "invite", "erasure"],
};

/**
 * The screens that the sign-in may use: all, but for somebody whom the patient has let in.
 * @param {any} me the profile
 */
export const screensFor = (me) => {
  const isMissing = (/** @type {string} */ scope) => me?.kind === "proxy" && !me.scopes.includes(scope);
  const closed = Object.keys(NEEDS).filter(isMissing).flatMap((scope) => NEEDS[scope]);
  return Object.keys(ROUTES).filter((name) => !closed.includes(name));
};
