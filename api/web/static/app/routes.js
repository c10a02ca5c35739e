// The screens, by the name that stands in the address. A screen is one line here.
import * as activateActs from "./acts/activate.js";
import * as checkinActs from "./acts/checkin.js";
import * as flagsActs from "./acts/flags.js";
import * as savedActs from "./acts/saved.js";
import * as talkActs from "./acts/talk.js";
import * as todayActs from "./acts/today.js";
import * as activate from "./screens/activate.js";
import * as checkin from "./screens/checkin.js";
import * as call from "./screens/call.js";
import * as flags from "./screens/flags.js";
import * as harm from "./screens/harm.js";
import * as saved from "./screens/saved.js";
import * as talk from "./screens/talk.js";
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
  today: { screen: today, acts: todayActs, tab: "today" },
  talk: { screen: talk, acts: talkActs, tab: null, busy: true },
};
