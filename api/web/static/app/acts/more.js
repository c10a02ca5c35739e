// Adding more to a check-in: further questions about the same day, in the same draft, each left blank as one likes.
import { isOpen, today } from "../../shared/days.js";
import { toggled } from "../../shared/body_sites.js";
import { newestEntries } from "../diary.js";
import { wordsOf } from "./asking.js";
import { answer, begin, isBegun, send } from "./checkin.js";

export { answer, send };

/** @typedef {import("../app.js").App} App */

/** Asked on pages of their own: with the tablet, and after the check-in. */
const ELSEWHERE = ["dose_reasons", "red_flags"];
const LATELY = 50;

/** @param {any} state */
export const model = (state) => {
  const { checkin, more, route } = state;
  if (!checkin || !more) return { isLoading: true };
  const questions = wordsOf(state).questions.filter(
    (/** @type {any} */ { name, asked }) => asked === "more" && !ELSEWHERE.includes(name),
  );
  return {
    ...checkin,
    isLoading: false,
    today: today(),
    questions,
    question: questions.find((/** @type {any} */ { name }) => name === route.params.ask) ?? null,
    look: ["front", "back"].includes(route.params.look) ? route.params.look : "list",
    before: more.before,
    params: { day: checkin.day, ...(checkin.extra && { extra: checkin.extra }), ...(checkin.entry && { entry: checkin.entry }) },
  };
};

/** @param {App} app @param {Record<string, string>} params */
export const enter = async (app, { day = today(), extra = "", entry = "" }) => {
  const about = { day, extra, entry };
  if (!isBegun(app, about)) await begin(app, about);
  if (!app.state.checkin.base && !isOpen(day)) return app.go("checkin", { day: today() }, { replace: true });
  const more = app.state.more?.day === day ? app.state.more : { day, before: await lastPlaces(day) };
  app.set({ more, checkin: { ...app.state.checkin, isEmpty: false } });
};

/** Where it hurt the last time, and on which day. @param {string} day */
const lastPlaces = async (day) => {
  const entries = await newestEntries(LATELY, { before: day });
  const found = entries.find(({ isWithdrawn, answers }) => !isWithdrawn && answers.body_sites?.length);
  return found ? { day: found.local_date, places: found.answers.body_sites } : null;
};

/** Press a button at a site of the body. @param {App} app @param {string} site @param {string} side */
export const togglePlace = (app, site, side) => {
  const places = toggled(app.state.checkin.answers.body_sites ?? [], site, side);
  return answer(app, "body_sites", places.length ? places : undefined);
};

/** Take over where it hurt the last time. @param {App} app */
export const sameAsBefore = (app) => answer(app, "body_sites", app.state.more.before.places);

/** Write in the note. @param {App} app @param {string} name @param {string} text */
export const write = (app, name, text) => answer(app, name, text.trim() ? text : undefined);
