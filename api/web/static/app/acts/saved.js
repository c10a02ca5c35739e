// What became of what was just saved: on this phone, sent, or not accepted; and taking it back.
import { today } from "../../shared/days.js";
import { t } from "../../shared/words.js";
import { choose as settle } from "../decisions.js";
import { entriesBetween } from "../diary.js";
import { undo as takeBack } from "../outbox.js";
import { facts } from "./asking.js";

/** @typedef {import("../app.js").App} App */

/** How long what was saved can be taken back in one tap; sending never waits for it. */
const UNDO_MS = 10_000;

/** @param {any} state */
export const model = (state) => ({
  ...state.last,
  sync: state.sync,
  online: state.online,
  team: state.me?.care_team ?? null,
  facts: facts(state, state.last?.entry?.answers ?? {}),
  canAsk: Boolean(state.push?.canAsk) && state.me?.kind !== "proxy",
});

/**
 * Follow an entry that was just saved.
 * @param {App} app @param {{ day: string, saved: import("../outbox.js").Saved, canUndo?: boolean }} what
 */
export const track = async (app, { day, saved, canUndo = true }) => {
  app.set({ last: { day, id: saved.subject, saved, canUndo, said: "" } });
  setTimeout(() => app.state.last?.saved === saved && app.set({ last: { ...app.state.last, canUndo: false } }), UNDO_MS);
  await look(app);
};

/** Look what became of it, and say what has changed. @param {App} app */
export const look = async (app) => {
  const { last } = app.state;
  if (!last) return;
  const entry = (await entriesBetween(last.day, last.day)).find(({ id }) => id === last.id) ?? null;
  if (app.state.last?.saved !== last.saved) return;
  app.set({ last: { ...app.state.last, entry } });
  say(app);
};

/** Something on this phone has changed. @param {App} app */
export const changed = (app) => look(app);

const SCREENS = ["saved", "flags", "harm", "call"];

/** Say the state in the live region, once for each. @param {App} app */
const say = (app) => {
  const { last, route } = app.state;
  const words = stateInWords(last.entry);
  if (!SCREENS.includes(route.name) || !words || words === last.said) return;
  app.set({ last: { ...last, said: words } });
  app.announce(words);
};

/** @param {any} entry */
const stateInWords = (entry) => {
  if (!entry) return "";
  if (entry.state === "sent") return t("Sent");
  return ["refused", "conflict"].includes(entry.state) ? t("Not accepted") : t("Saved on this phone");
};

/** Say it again on a screen that was just opened. @param {App} app */
export const sayAgain = (app) => {
  if (!app.state.last) return;
  app.set({ last: { ...app.state.last, said: "" } });
  say(app);
};

/** Follow the entry of a day, unless it is followed already. @param {App} app @param {string} day */
export const follow = async (app, day) => {
  if (app.state.last?.day === day) return;
  const entry = (await entriesBetween(day, day)).find(({ isWithdrawn }) => !isWithdrawn);
  app.set({ last: entry ? { day, id: entry.id, entry, saved: null, canUndo: false, said: "" } : null });
};

/** @param {App} app @param {Record<string, string>} params */
export const enter = async (app, { day = today() }) => {
  await follow(app, day);
  if (!app.state.last) return app.go("today", {}, { replace: true });
  sayAgain(app);
};

/** Take back what was saved, sent or not. @param {App} app */
export const undo = async (app) => {
  const { saved } = app.state.last;
  await takeBack(saved);
  app.set({ last: null, isTakenBack: true });
  app.go("today", {}, { replace: true });
};

/** Decide between what was entered here and what stands at the server. @param {App} app @param {"mine" | "theirs"} which */
export const choose = (app, which) => settle(app.state.last.entry.item.id, which);
