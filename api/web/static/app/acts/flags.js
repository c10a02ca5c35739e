// Red flags: asked weekly, with severe pain, or when the patient wants to add more.
import { between, today } from "../../shared/days.js";
import { entriesBetween } from "../diary.js";
import { correctEntry, saveEntry, undo as takeBack } from "../outbox.js";
import { getDraft, getMeta, setDraft, setMeta } from "../store.js";
import { question, wordsOf } from "./asking.js";
import { changed, follow, model as savedModel, sayAgain, track, undo } from "./saved.js";

export { changed, undo };

/** @typedef {import("../app.js").App} App */

const EVERY_DAYS = 7;
const SEVERE = 7;
const ASKED = "flagsAsked";
const HERE = ["flags", "harm", "call"];

/** Whether the red flags are asked for after these answers. @param {Record<string, any>} answers */
export const isDue = async ({ pain_worst: pain = 0, red_flags: flags = [] }) => {
  const asked = await getMeta(ASKED);
  return pain >= SEVERE || flags.length > 0 || !asked || between(asked, today()) >= EVERY_DAYS;
};

/** @param {any} state */
export const model = (state) => {
  const { day = today(), ticked = [], isNone = false } = state.flags ?? {};
  const asked = question(state, "red_flags");
  const self = wordsOf(state).self_harm;
  const team = state.me?.care_team ?? null;
  const words = [...asked.options, { value: self.flag, text: self.option_text, group: "crisis" }];
  return {
    last: { ...savedModel(state), isThisDay: state.last?.day === day },
    day,
    ticked,
    isNone,
    wasSlipSent: Boolean(state.wasSlipSent),
    question: asked,
    selfHarm: { ...self, crisis_line: self.crisis_line ?? team?.crisis_line ?? null },
    chosen: words.filter(({ value }) => ticked.includes(value)),
    team,
  };
};

const draftOf = (/** @type {string} */ day) => `flags:${day}`;

/** The entry that flags are added to: the one just saved, else the newest of the day. @param {App} app @param {string} day */
const entryOf = async (app, day) => {
  const entries = (await entriesBetween(day, day)).filter(({ isWithdrawn }) => !isWithdrawn);
  return entries.find(({ id }) => id === app.state.last?.id) ?? entries[0] ?? null;
};

/** @param {App} app @param {Record<string, string>} params */
export const enter = async (app, { day = today() }) => {
  await follow(app, day);
  const { flags, from, route } = app.state;
  const isHere = route.name === "call" || HERE.includes(from); // from elsewhere: the entry may be gone
  if (flags?.day !== day || !isHere) {
    const [entry, draft] = await Promise.all([entryOf(app, day), getDraft(draftOf(day))]);
    app.set({ flags: { day, ticked: draft ?? entry?.answers.red_flags ?? [], isNone: false } });
  }
  if (app.state.route.name === "call" && !app.state.flags.ticked.length) return app.go("flags", { day }, { replace: true });
  sayAgain(app);
};

/** @param {App} app @param {string} flag */
export const toggle = (app, flag) => {
  const { flags } = app.state;
  const isOn = flags.ticked.includes(flag);
  const ticked = isOn ? flags.ticked.filter((/** @type {string} */ each) => each !== flag) : [...flags.ticked, flag];
  app.set({ flags: { ...flags, ticked, isNone: false } });
  return setDraft(draftOf(flags.day), ticked);
};

/** Nothing of the list: nothing is sent. @param {App} app */
export const none = (app) => {
  const { flags } = app.state;
  app.set({ flags: { ...flags, ticked: [], isNone: !flags.isNone } });
  return setDraft(draftOf(flags.day), []);
};

/** What is ticked is on the disk and being sent before the page to call shows. @param {App} app */
export const next = async (app) => {
  const { day, ticked, isSaving } = app.state.flags;
  if (isSaving) return;
  app.set({ flags: { ...app.state.flags, isSaving: true } });
  try {
    const saved = await save(app, day, ticked);
    await setMeta(ASKED, today());
    if (saved) await track(app, { day, saved, canUndo: false });
    app.set({ flags: { ...app.state.flags, slip: saved }, wasSlipSent: false });
  } finally {
    if (app.state.flags) app.set({ flags: { ...app.state.flags, isSaving: false } });
  }
  if (!ticked.length) return leave(app);
  app.go("call", { day }, { replace: true });
};

/** Save the flags with the entry of the day; null: nothing has changed. @param {App} app @param {string} day @param {string[]} ticked */
const save = async (app, day, ticked) => {
  const entry = await entryOf(app, day);
  const { red_flags: before = [], ...others } = entry?.answers ?? {};
  if ([...before].sort().join() === [...ticked].sort().join()) return null;
  const draft = draftOf(day);
  const answers = ticked.length ? { ...others, red_flags: ticked } : others;
  return entry ? correctEntry(entry, answers, { draft }) : saveEntry({ day, answers, draft });
};

/** @param {App} app */
const leave = async (app) => {
  const { day } = app.state.flags;
  const where = app.state.last ? "saved" : "today";
  app.set({ flags: null });
  await setDraft(draftOf(day), undefined);
  app.go(where, where === "saved" ? { day } : {}, { replace: true });
};

/** Go on after the page to call. @param {App} app */
export const goOn = (app) => leave(app);

/** It was ticked by mistake: taken back here; what was sent stays with the team. @param {App} app */
export const slip = async (app) => {
  const { slip: saved, day } = app.state.flags;
  const wasSlipSent = app.state.last?.entry?.state === "sent";
  if (saved) await takeBack(saved);
  else await setDraft(draftOf(day), []);
  app.set({ flags: null, wasSlipSent });
  app.go("flags", { day }, { replace: true });
};
