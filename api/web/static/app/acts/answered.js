// What became of a questionnaire that was saved: on this phone, sent, or not accepted; and what to do then.
import { t } from "../../shared/words.js";
import { choose as settle, discard } from "../decisions.js";
import * as instruments from "../instruments.js";
import { isSame, one } from "../questionnaires.js";

/** @typedef {import("../app.js").App} App */

/** @param {any} state */
export const model = (state) => {
  const { entry = null, words = null, name = "" } = state.answered ?? {};
  return {
    entry,
    name,
    count: entry && Object.keys(entry.answers).length,
    answers: entry && words ? answersOf(entry, words) : [],
    isUnread: Boolean(entry && !words),
    isFromSent: state.route.params.from === "sent",
    tab: state.route.params.from === "sent" ? "sent" : null,
    canChange: state.screens.includes("questionnaire"),
    differences: entry?.state === "conflict" ? differences(entry, words) : [],
    sync: state.sync,
    online: state.online,
    team: state.me?.care_team ?? null,
    isLoading: !entry,
  };
};

/** The questions that were answered, and the answers in words. @param {any} entry @param {any} words */
const answersOf = ({ answers }, words) =>
  instruments.itemsOf(words).flatMap((each) => (each.id in answers ? [{ name: each.text ?? each.id, value: inWords(each, answers[each.id]) }] : []));

/** The questions that were answered differently here and elsewhere. @param {any} entry @param {any} words */
const differences = ({ answers, item }, words) => {
  const theirs = item.theirs?.answers ?? {};
  const asked = words ? instruments.itemsOf(words) : Object.keys({ ...answers, ...theirs }).map((id) => ({ id, text: id, answer_texts: {} }));
  return asked
    .filter(({ id }) => !isSame({ [id]: answers[id] }, { [id]: theirs[id] }))
    .map((each) => ({ text: each.text, mine: inWords(each, answers[each.id]), theirs: inWords(each, theirs[each.id]) }));
};

/** @param {any} item @param {any} value */
const inWords = ({ answer_texts: texts }, value) => {
  if (value === undefined || value === null) return t("not answered");
  return [value].flat().map((each) => (texts[each] && texts[each] !== String(each) ? `${each} ${texts[each]}` : each)).join(", ");
};

/** @param {App} app @param {Record<string, string>} params */
export const enter = async (app, { id = "" }) => {
  app.set({ answered: null });
  await changed(app);
  const { entry, words } = app.state.answered ?? {};
  if (!entry) return app.go("today", {}, { replace: true });
  if (!words) await instruments.read(entry.instrument, entry.instrument_version).catch(() => {}); // then it says so
};

/** Look what became of it, and say what has changed. @param {App} app */
export const changed = async (app) => {
  const { name: screen, params } = app.state.route;
  const entry = await one(params.id ?? "");
  const words = entry && (await instruments.loadOf(entry.instrument, entry.instrument_version ?? ""));
  const { [entry?.instrument]: title } = entry ? await instruments.titlesOf([entry.instrument]) : {};
  if (screen !== "answered" || app.state.route.params !== params) return;
  const before = app.state.answered?.said ?? "";
  const said = entry ? stateInWords(entry) : "";
  app.set({ answered: entry && { entry, words, name: title ?? "", said } });
  const isLook = params.from === "sent" && !before; // it is old, and only looked at
  if (said && said !== before && !isLook) app.announce(said);
};

/** @param {any} entry */
const stateInWords = ({ state }) => {
  if (state === "sent") return t("Sent");
  return ["refused", "conflict"].includes(state) ? t("Not accepted") : t("Saved on this phone");
};

/** Decide between what was entered here and what stands at the server. @param {App} app @param {"mine" | "theirs"} which */
export const choose = async (app, which) => {
  await settle(app.state.answered.entry.item.id, which);
  await changed(app);
};

/** Give up what the server refused. @param {App} app */
export const giveUp = async (app) => {
  await discard(app.state.answered.entry.item.id);
  app.go("today", {}, { replace: true });
};
