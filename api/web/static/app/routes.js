// The screens, by the name that stands in the address. A screen is one line here.
import * as activateActs from "./acts/activate.js";
import * as checkinActs from "./acts/checkin.js";
import * as curveActs from "./acts/curve.js";
import * as flagsActs from "./acts/flags.js";
import * as reminders from "./acts/reminders.js";
import * as savedActs from "./acts/saved.js";
import * as settingsActs from "./acts/settings.js";
import * as talkActs from "./acts/talk.js";
import * as todayActs from "./acts/today.js";
import * as activate from "./screens/activate.js";
import * as call from "./screens/call.js";
import * as checkin from "./screens/checkin.js";
import * as curve from "./screens/curve.js";
import * as flags from "./screens/flags.js";
import * as harm from "./screens/harm.js";
import * as language from "./screens/language.js";
import * as pause from "./screens/pause.js";
import * as quiet from "./screens/quiet.js";
import * as saved from "./screens/saved.js";
import * as settings from "./screens/settings.js";
import * as talk from "./screens/talk.js";
import * as theme from "./screens/theme.js";
import * as times from "./screens/times.js";
import * as today from "./screens/today.js";

/**
 * @typedef {object} Screen
 * @property {any} screen pure views: title, view, and head and bar where there are any
 * @property {any} acts enter, model, and what the screen calls
 * @property {string | null} tab the part of the navigation that is open; null: none is shown
 * @property {boolean} [open] can be seen without a sign-in
 * @property {boolean} [busy] a new version waits while it is open: something is being filled in
 */

/** @type {Record<string, Screen>} */
export const ROUTES = {
  activate: { screen: activate, acts: activateActs, tab: null, open: true, busy: true },
  checkin: { screen: checkin, acts: checkinActs, tab: null, busy: true },
  flags: { screen: flags, acts: flagsActs, tab: null, busy: true },
  harm: { screen: harm, acts: flagsActs, tab: null, busy: true },
  call: { screen: call, acts: flagsActs, tab: null, busy: true },
  saved: { screen: saved, acts: savedActs, tab: "today" },
  language: { screen: language, acts: settingsActs, tab: "settings" },
  pause: { screen: pause, acts: reminders.pause, tab: "settings" },
  quiet: { screen: quiet, acts: reminders.quiet, tab: "settings", busy: true },
  settings: { screen: settings, acts: settingsActs, tab: "settings" },
  theme: { screen: theme, acts: settingsActs, tab: "settings" },
  times: { screen: times, acts: reminders.times, tab: "settings", busy: true },
  curve: { screen: curve, acts: curveActs, tab: "curve" },
  today: { screen: today, acts: todayActs, tab: "today" },
  talk: { screen: talk, acts: talkActs, tab: null, busy: true },
};
