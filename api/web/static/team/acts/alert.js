// One alert: read, answered, and read again where somebody or something was faster.
import { api, Problem } from "../../shared/api.js";
import { plus, today } from "../../shared/days.js";
import { t } from "../../shared/words.js";
import { HOME, staying } from "../app.js";
import { FOUR_HOURS_MS, LONGEST_SAME_DAY_MS } from "../waits.js";
import * as answer from "./answer.js";
import * as worklist from "./worklist.js";

/** @typedef {import("../app.js").App} App */

const WORDS_BACK = 60;
const MORNING = "T08:00";

const fresh = () => ({ id: null, alert: null, others: [], words: null, staff: null, how: null, draft: null, stop: null, isBusy: false, back: {} });
const emptyDraft = () => ({ outcome: "", note: "", also: /** @type {string[]} */ ([]) });

/** @param {any} state */
export const model = (state) => {
  const known = { ...fresh(), ...state.alert };
  return {
    ...known,
    draft: known.draft ?? emptyDraft(),
    list: worklist.model(state),
    isWide: state.isWide,
    isAble: state.online && !state.worklist?.staleSince,
    snoozes: known.alert ? snoozes(known.alert.tier) : [],
    now: Date.now(),
    me: state.me,
    screens: state.screens,
  };
};

/** The ends of a snooze that are offered. @param {string} tier @returns {{ name: string, until: string }[]} */
const snoozes = (tier) => {
  const soon = { name: "4h", until: new Date(Date.now() + FOUR_HOURS_MS).toISOString() };
  const tomorrow = { name: "tomorrow", until: morning(plus(today(), 1)) };
  const isSoonEnough = Date.parse(tomorrow.until) - Date.now() <= LONGEST_SAME_DAY_MS;
  if (tier === "same_day") return isSoonEnough ? [soon, tomorrow] : [soon];
  return [soon, tomorrow, { name: "week", until: morning(plus(today(), 7)) }];
};

/** @param {string} day */
const morning = (day) => new Date(`${day}${MORNING}`).toISOString();

/** @param {App} app @param {Record<string, any>} changes */
const set = (app, changes) => app.set({ alert: { ...app.state.alert, ...changes } });

/** @param {App} app @param {Record<string, string>} params */
export const enter = async (app, { id = "", act: how = "", ...back }) => {
  const draft = app.state.drafts?.[id] ?? null;
  app.set({ alert: { ...fresh(), id, how: how || (draft ? "resolve" : null), draft, back } });
  const listed = app.state.isWide ? worklist.enter(app, back) : null;
  await readAlert(app, id);
  if (how === "assign" && app.state.alert?.id === id) await showHow(app, "assign");
  await listed;
};

/** @param {App} app */
export const leave = (app) => {
  worklist.leave();
  set(app, { how: null });
};

/** @param {App} app @param {string} id */
const readAlert = async (app, id) => {
  const isHere = staying(app);
  const { body: alert } = await api.get(`/v1/alerts/${id}`);
  if (!isHere()) return;
  set(app, { alert });
  const patient = `/v1/patients/${alert.patient.id}`;
  const [others, entries] = await Promise.all([
    api.get(`${patient}/alerts?status=open&status=acknowledged&status=snoozed`),
    app.state.screens.length && app.state.me.scopes.includes("patients:read")
      ? api.get(`${patient}/entries?from=${plus(today(), -WORDS_BACK)}&limit=100`)
      : null,
  ]);
  if (!isHere()) return;
  const words = entries?.body.items.find((/** @type {any} */ { note, withdrawn }) => note && !withdrawn) ?? null;
  set(app, { others: others.body.items.filter((/** @type {any} */ each) => each.id !== id), words });
};

/** Open or close a part of the act bar. @param {App} app @param {string} how */
export const showHow = async (app, how) => {
  set(app, { how });
  if (how === "assign" && !app.state.alert.staff) {
    const isHere = staying(app);
    const { body } = await api.get("/v1/staff?active=true&limit=200");
    if (isHere()) set(app, { staff: body.items });
  }
};

/** @param {App} app @param {string} how */
export const toggle = (app, how) => (app.state.alert.how === how ? set(app, { how: null }) : showHow(app, how));

/** Keep what is being written, as long as the page lives. @param {App} app @param {Record<string, any>} changes */
export const write = (app, changes) => {
  const { id } = app.state.alert;
  const draft = { ...model(app.state).draft, ...changes };
  app.set({ drafts: { ...app.state.drafts, [id]: draft } });
  set(app, { draft });
};

/** @param {App} app */
export const acknowledge = (app) => done(app, t("Acknowledged"), async (alert) => [await answer.acknowledge(alert)]);

/** @param {App} app @param {string} until */
export const snooze = (app, until) =>
  done(app, t("Snoozed"), async (alert) => [await answer.snooze(alert, until, model(app.state).draft.note.trim())]);

/** @param {App} app @param {string} day */
export const snoozeUntilDay = (app, day) => day && snooze(app, morning(day));

/** @param {App} app @param {string | null} to */
export const assign = (app, to) => done(app, t("Assigned"), async (alert) => [await answer.assign(alert, to)]);

/** @param {App} app */
export const note = (app) =>
  done(app, t("Note kept"), async (alert) => [await answer.addNote(alert, model(app.state).draft.note.trim())]);

/** Resolve it, and others of the patient with the same outcome where that was ticked. @param {App} app */
export const resolve = (app) =>
  done(app, t("Resolved"), async (alert) => {
    const { draft, others } = model(app.state);
    const also = others.filter((/** @type {any} */ { id }) => draft.also.includes(id));
    const answers = [];
    for (const each of [...also, alert]) answers.push(await answer.resolve(each, draft.outcome, draft.note.trim()));
    return answers;
  });

/** @param {App} app @param {string} words @param {(alert: any) => Promise<any[]>} does */
const done = async (app, words, does) => {
  const { alert, isBusy, back } = model(app.state);
  if (isBusy) return;
  const isSame = () => app.state.alert?.id === alert.id; // the page may show another alert, or nobody be signed in
  set(app, { isBusy: true, stop: null });
  try {
    const answers = await does(alert);
    for (const each of answers) worklist.answered(app, each);
    forgetDraft(app, alert.id);
    const last = answers.at(-1);
    app.announce(words);
    if (!isSame()) return;
    if (last.closed_at) return leaveFor(app, alert, back);
    set(app, { alert: last, how: null, draft: null });
  } catch (error) {
    if (!(error instanceof Problem) || ![409, 412].includes(error.status)) throw error;
    if (isSame()) await readAlert(app, alert.id); // somebody or something was faster: what was written stays
    if (isSame()) set(app, { stop: app.state.alert.alert.closed_at ? "closed" : "changed" });
  } finally {
    if (isSame()) set(app, { isBusy: false });
  }
};

/** @param {App} app @param {string} id */
const forgetDraft = (app, id) => {
  const { [id]: _, ...drafts } = app.state.drafts ?? {};
  app.set({ drafts });
};

/** Back to the list, to the row that has the place now. @param {App} app @param {any} alert @param {Record<string, string>} back */
const leaveFor = (app, alert, back) => {
  const items = app.state.worklist?.items ?? [];
  const still = items.find((/** @type {any} */ { patient }) => patient.id === alert.patient.id) ?? items[0];
  app.set({ worklist: { ...app.state.worklist, back: still?.patient.id ?? null } });
  app.go(HOME, back);
};

/** @param {App} app */
export const close = (app) => {
  const { alert, back } = model(app.state);
  app.set({ worklist: { ...app.state.worklist, back: alert?.patient.id ?? null } });
  app.go(HOME, back);
};

// the list beside it
/** @param {App} app @param {string} patientId */
export const acknowledgeRow = (app, patientId) => worklist.acknowledge(app, patientId);
export const { open, showNew, tryNow } = worklist;
