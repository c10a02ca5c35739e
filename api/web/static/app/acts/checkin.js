// Checking in: three questions about a day, kept as a draft until they are sent.
import { dayOf, isDay, isOpen, lastDays, plus, today } from "../../shared/days.js";
import { read } from "../../shared/look.js";
import { entriesBetween } from "../diary.js";
import { isBlank } from "../items.js";
import { correctEntry, saveEntry } from "../outbox.js";
import { getDraft, setDraft } from "../store.js";
import { question } from "./asking.js";
import { isDue as areFlagsDue } from "./flags.js";
import { track } from "./saved.js";

/** @typedef {import("../app.js").App} App */

export const STEPS = ["pain_worst", "stiffness", "dose"];
const DAY_S = 86_400;

/** @param {any} state */
export const model = (state) => {
  const { checkin } = state;
  if (!checkin) return { isLoading: true };
  return {
    ...checkin,
    isOnePage: isOnePage(),
    today: today(),
    days: lastDays(8),
    yesterday: plus(today(), -1),
    questions: STEPS.map((name) => question(state, name)),
    reasons: question(state, "dose_reasons")?.options ?? [],
    answered: new Set((state.today?.days ?? []).filter((/** @type {any} */ { isAnswered }) => isAnswered).map((/** @type {any} */ { day }) => day)),
    isLoading: false,
  };
};

/** Whether the patient wants all questions on one page. */
const isOnePage = () => read().pages === "one";

const keyOf = (/** @type {{ day: string, extra: string, entry: string }} */ { day, extra, entry }) =>
  `day:${day}${extra && ":extra"}${entry && `:${entry}`}`;

/** @param {App} app @param {Record<string, string>} params */
export const enter = async (app, { day = today(), step = "1", extra = "", entry = "" }) => {
  if (!isDay(day) || day > today()) return app.go("checkin", { day: today() }, { replace: true });
  const about = { day, extra, entry };
  if (!isBegun(app, about)) await begin(app, about);
  if (!app.state.checkin.base && !isOpen(day)) return app.go("checkin", { day: today() }, { replace: true });
  const place = Math.min(Math.max(Math.trunc(Number(step)) || 1, 1), STEPS.length);
  app.set({ checkin: { ...app.state.checkin, step: place, isEmpty: false, isChoosing: false } });
};

/**
 * Whether this is being filled in. Coming from elsewhere it must be read anew: what it was based on may be gone.
 * @param {App} app @param {{ day: string, extra: string, entry: string }} about
 */
export const isBegun = ({ state: { checkin, from } }, about) =>
  ["checkin", "more"].includes(from) && checkin && keyOf(checkin) === keyOf(about);

/**
 * Take up the draft of a day, or what was sent about it.
 * @param {App} app
 * @param {{ day: string, extra: string, entry: string }} about `extra`: an entry of its own, though the day has one;
 *   `entry`: which one of the day is corrected, by its id; none: the newest
 */
export const begin = async (app, { day, extra, entry }) => {
  const [draft, entries] = await Promise.all([getDraft(keyOf({ day, extra, entry })), entriesBetween(day, day)]);
  const isMeant = (/** @type {any} */ each) => !each.isWithdrawn && (!entry || each.id === entry);
  const base = extra ? null : entries.find(isMeant) ?? null;
  const isOfBase = draft && draft.base === (base?.id ?? null);
  const answers = isOfBase ? draft.answers : { ...base?.answers, ...draft?.answers };
  app.set({
    isTakenBack: false,
    checkin: { day, extra, entry, step: 1, base, answers, isQuiet: draft?.isQuiet ?? false, openedAt: draft?.openedAt ?? Date.now() },
  });
};

/** @param {App} app @param {Record<string, any>} changes */
const change = async (app, changes) => {
  const checkin = { ...app.state.checkin, isEmpty: false, ...changes };
  app.set({ checkin });
  const { base, answers, isQuiet, openedAt } = checkin;
  await setDraft(keyOf(checkin), { base: base?.id ?? null, answers, isQuiet, openedAt });
};

/** Give an answer; undefined takes it back. @param {App} app @param {string} name @param {any} value */
export const answer = (app, name, value) => {
  const { [name]: _, ...answers } = app.state.checkin.answers;
  if (name === "dose") delete answers.dose_reasons;
  return change(app, {
    answers: value === undefined ? answers : { ...answers, [name]: value },
    isQuiet: name === "dose" ? false : app.state.checkin.isQuiet,
  });
};

/** Rather not say: nothing is sent about the tablet. @param {App} app */
export const stayQuiet = async (app) => {
  await answer(app, "dose", undefined);
  await change(app, { isQuiet: true });
};

/** Say more about a tablet that was not taken. @param {App} app @param {string} reason */
export const toggleReason = (app, reason) => {
  const { answers } = app.state.checkin;
  const { dose_reasons: given = [], ...others } = answers;
  const chosen = given.includes(reason) ? given.filter((/** @type {string} */ each) => each !== reason) : [...given, reason];
  return change(app, { answers: chosen.length ? { ...others, dose_reasons: chosen } : others });
};

/** @param {App} app */
export const toggleOnPurpose = (app) => {
  const { answers } = app.state.checkin;
  return change(app, { answers: { ...answers, dose: answers.dose === "skipped" ? "missed" : "skipped" } });
};

/** @param {App} app */
export const next = (app) => {
  const { day, extra, entry, step } = app.state.checkin;
  if (isOnePage() || step === STEPS.length) return send(app);
  app.go("checkin", { day, ...(extra && { extra }), ...(entry && { entry }), step: String(step + 1) });
};

/** Leave this question blank. @param {App} app */
export const skip = async (app) => {
  await answer(app, STEPS[app.state.checkin.step - 1], undefined);
  await next(app);
};

/** Show the days, or hide them. @param {App} app */
export const chooseDay = (app) => app.set({ checkin: { ...app.state.checkin, isChoosing: !app.state.checkin.isChoosing } });

/** Save what was answered; sending begins at once. @param {App} app */
export const send = async (app) => {
  const { checkin } = app.state;
  if (checkin.isSending) return;
  if (isBlank(checkin.answers)) {
    app.set({ checkin: { ...checkin, isEmpty: true } });
    return queueMicrotask(() => document.getElementById("nothing")?.focus());
  }
  app.set({ checkin: { ...checkin, isSending: true } });
  try {
    await save(app, checkin);
  } finally {
    if (app.state.checkin) app.set({ checkin: { ...app.state.checkin, isSending: false } });
  }
};

/** @param {App} app @param {any} checkin */
const save = async (app, checkin) => {
  const { day, base, answers, extra } = checkin;
  const draft = keyOf(checkin);
  const meta = { client: client(), scale: scale() };
  const saved = base
    ? await correctEntry(base, { ...answers, ...meta }, { draft })
    : await saveEntry({ day, answers: { ...answers, ...meta, ...made(app, checkin) }, draft });
  const areDue = await areFlagsDue(answers);
  app.set({ checkin: null });
  await track(app, { day, saved });
  app.go(areDue ? "flags" : "saved", { day }, { replace: true });
};

/** How a new entry came about. @param {App} app @param {any} checkin */
const made = (app, { day, openedAt }) => {
  const seconds = Math.round((Date.now() - openedAt) / 1000);
  return { asked: askedFor(app.state.due, day), seconds: Math.min(Math.max(seconds, 0), DAY_S) };
};

/** What led to an entry about a day. @param {any[] | null} due @param {string} day */
const askedFor = (due, day) => {
  const prompt = due?.find(({ kind }) => kind === "check_in");
  return prompt?.asked && (day === today() || day === dayOf(new Date(prompt.due_at))) ? prompt.asked : "own";
};

/** The app with its version, as it is noted with an entry. */
const client = () => `aimss-app/${/\/static\/(\w+)\//.exec(import.meta.url)?.[1] ?? "0"}`;

/** The presentation of the scale: at very large text it has three columns (fields.css); one page shows all three. */
const scale = () =>
  `nrs11-buttons-1${isOnePage() ? "-page" : ""}${matchMedia("(max-width: 15.5em)").matches ? "-narrow" : ""}`;
