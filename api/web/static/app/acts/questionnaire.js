// Filling in a questionnaire: one question after the other, kept as a draft, saved to go on later, or sent.
import { Unreachable } from "../../shared/api.js";
import { between, stamp, today } from "../../shared/days.js";
import { hasMisfit } from "../../shared/number_field.js";
import { current } from "../../shared/words.js";
import { staying } from "../app.js";
import * as instruments from "../instruments.js";
import { isStuck } from "../items.js";
import { all, idFor, one, save } from "../questionnaires.js";
import { getDraft, setDraft } from "../store.js";

/** @typedef {import("../app.js").App} App */

/** For so long something that was begun elsewhere is gone on with. */
const LATELY_DAYS = 14;

/** @param {any} state */
export const model = (state) => {
  const { filling } = state;
  if (!filling) return { isLoading: true };
  const items = filling.words ? instruments.itemsOf(filling.words) : [];
  return {
    ...filling,
    isLoading: false,
    items,
    item: items[filling.place - 1],
    blank: items.flatMap(({ id }, at) => (id in filling.answers ? [] : [at + 1])),
    params: paramsOf(filling),
    team: state.me?.care_team ?? null,
  };
};

/** The name in the language in use; one that is due comes with it. @param {any} state @param {string} instrument */
const nameOf = async ({ due }, instrument) => {
  const item = (due ?? []).find((/** @type {any} */ each) => each.instrument === instrument);
  return instruments.inUse(item?.titles) ?? (await instruments.titlesOf([instrument]))[instrument];
};

/** What stands in the address beside the number of the question. @param {any} filling */
const paramsOf = ({ instrument, slot, wanted }) => ({ instrument, ...(slot && { slot }), ...(wanted && { id: wanted }) });

/** @param {App} app @param {Record<string, string>} params `id`: one that was sent, to change it */
export const enter = async (app, { instrument, slot = "", id: wanted = "", item = "" }) => {
  if (!instrument) return app.go("today", {}, { replace: true });
  const asked = [instrument, slot, wanted, current()].join("|");
  if (app.state.filling?.asked !== asked) {
    const isHere = staying(app);
    app.set({ filling: null });
    const begun = await begin({ instrument, slot, wanted });
    if (!isHere()) return;
    if (begun.stuck) return app.go("answered", { id: begun.stuck }, { replace: true });
    const words = await wordsFor(begun, instrument);
    if (!isHere()) return;
    const name = await nameOf(app.state, instrument);
    if (!isHere()) return;
    app.set({ filling: { ...begun, asked, instrument, slot, wanted, name, place: 1, ...words } });
  }
  const { filling } = app.state;
  if (!filling.words) return;
  const items = instruments.itemsOf(filling.words);
  const place = Math.trunc(Number(item));
  if (place >= 1 && place <= items.length) return app.set({ filling: { ...filling, place, isEmpty: false } });
  const first = items.findIndex(({ id }) => !(id in filling.answers));
  app.go("questionnaire", { ...paramsOf(filling), item: String(Math.max(first, 0) + 1) }, { replace: true });
};

/** What there is of it already: a draft on this phone, or what was begun here or on another phone.
 * @param {{ instrument: string, slot: string, wanted: string }} what @returns {Promise<any>} */
const begin = async ({ instrument, slot, wanted }) => {
  const own = wanted || (slot && (await idFor(slot)));
  const found = (own && (await one(own))) || (wanted ? null : await begunLately(instrument));
  if (found?.item && isStuck(found.item)) return { stuck: found.id };
  const key = `questionnaire:${found?.id ?? (own || instrument)}`;
  const isComplete = found?.status === "complete";
  const draft = await getDraft(key);
  if (draft) return { ...draft, key, isComplete };
  const [id, answers] = [found?.id ?? (own || crypto.randomUUID()), found?.answers ?? {}];
  const base = { version: found?.version, answers };
  return { key, id, answers, base, isComplete, instrumentVersion: found?.instrument_version ?? "", startedAt: stamp() };
};

/** One that was begun some days ago by another app, or not for a slot. @param {string} instrument */
const begunLately = async (instrument) =>
  (await all()).find(
    (each) => each.instrument === instrument && each.status === "partial" && between(each.local_date, today()) <= LATELY_DAYS,
  );

/** The words; without a network only those that this phone keeps. @param {any} begun @param {string} instrument */
const wordsFor = async ({ instrumentVersion: version }, instrument) => {
  const kept = await instruments.loadOf(instrument, version);
  if (kept?.wording.available) return { words: kept, isMissing: false, isUnread: false };
  try {
    const words = await instruments.read(instrument, version);
    const isMissing = !words.wording.available;
    return { words: isMissing ? null : words, isMissing, isUnread: false };
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    return { words: null, isMissing: Boolean(kept), isUnread: !kept };
  }
};

/** Try again to read the words. @param {App} app */
export const again = (app) => {
  app.set({ filling: null });
  return enter(app, app.state.route.params);
};

/** Give an answer; undefined takes it back. @param {App} app @param {string} name @param {any} value */
export const answer = async (app, name, value) => {
  const { filling } = app.state;
  const { [name]: _, ...others } = filling.answers;
  const changed = { ...filling, isEmpty: false, answers: value === undefined ? others : { ...others, [name]: value } };
  const instrumentVersion = filling.instrumentVersion || filling.words.version;
  app.set({ filling: { ...changed, instrumentVersion } });
  const { key, id, instrument, answers, base, startedAt } = changed;
  await setDraft(key, { id, instrument, instrumentVersion, answers, base, startedAt });
};

/** Choose, or take back, one of several choices. @param {App} app @param {string} name @param {string} choice */
export const toggle = (app, name, choice) => {
  const given = app.state.filling.answers[name] ?? [];
  const chosen = given.includes(choice) ? given.filter((/** @type {string} */ each) => each !== choice) : [...given, choice];
  return answer(app, name, chosen.length ? chosen : undefined);
};

/** @param {App} app */
export const next = (app) => {
  if (hasMisfit()) return;
  const { filling } = app.state;
  if (filling.place >= instruments.itemsOf(filling.words).length) return send(app);
  app.go("questionnaire", { ...paramsOf(filling), item: String(filling.place + 1) });
};

/** Save what there is; it can be gone on with here or on another phone. @param {App} app */
export const later = async (app) => {
  const [{ filling }, isHere] = [app.state, staying(app)];
  const isChanged = Object.keys(filling.answers).length > 0 || Object.keys(filling.base.answers).length > 0;
  if (isChanged && !filling.isComplete) await keep(app, "partial");
  app.set({ filling: null, isKept: isChanged });
  if (isHere()) app.go("today");
};

/** Save it as complete; sending begins at once. @param {App} app */
export const send = async (app) => {
  const { filling } = app.state;
  if (Object.keys(filling.answers).length === 0) {
    app.set({ filling: { ...filling, isEmpty: true } });
    return queueMicrotask(() => document.getElementById("nothing")?.focus());
  }
  const isHere = staying(app);
  const id = await keep(app, "complete");
  if (!id) return;
  app.set({ filling: null });
  if (isHere()) app.go("answered", { id }, { replace: true });
};

/** @param {App} app @param {"partial" | "complete"} status @returns {Promise<string | null>} the id; null: it is being saved already */
const keep = async (app, status) => {
  const { filling } = app.state;
  if (filling.isSaving) return null;
  app.set({ filling: { ...filling, isSaving: true } });
  try {
    const instrumentVersion = filling.instrumentVersion || filling.words.version;
    await save({ ...filling, instrumentVersion }, status);
    return filling.id;
  } finally {
    if (app.state.filling) app.set({ filling: { ...app.state.filling, isSaving: false } });
  }
};
