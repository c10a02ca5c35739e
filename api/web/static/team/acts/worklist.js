// The worklist: read, kept live without moving under the pointer, and answered.
import { api, Problem, SignInNeeded } from "../../shared/api.js";
import { t } from "../../shared/words.js";
import { staying } from "../app.js";
import * as answer from "./answer.js";

/** @typedef {import("../app.js").App} App */

const PAGE = 200;
const EVERY_MS = 10_000;
/** What each filter of the address asks the server for. @type {Record<string, Record<string, string>>} */
const SHOWN = {
  "same-day": { tier: "same_day" },
  mine: { assigned_to: "me" },
  nobody: { assigned_to: "none" },
  day: { waiting_over: "24" },
  snoozed: { status: "snoozed" },
};

const fresh = () => ({ show: "", items: null, summary: null, etag: null, at: null, next: null, staleSince: null, isRefused: false, busy: null, back: null });

/** @param {any} state */
export const model = (state) => {
  const known = { ...fresh(), ...state.worklist };
  const items = known.items ?? [];
  return {
    ...known,
    at: known.at ?? known.staleSince,
    rows: items.filter((/** @type {any} */ { held_back }) => !held_back),
    heldBack: items.filter((/** @type {any} */ { held_back }) => held_back),
    fresh: known.next && difference(items, known.next.items),
    back: state.route.name === "worklist" ? known.back : null,
    isAble: state.online && known.staleSince === null,
    query: known.show ? { show: known.show } : {},
    open: state.route.name === "alert" ? (state.alert?.alert?.patient.id ?? null) : null,
    me: state.me,
    screens: state.screens,
  };
};

/** @param {any[]} items */
const alertsOf = (items) => items.flatMap(({ alerts }) => alerts.map((/** @type {any} */ { id }) => id));

/** How many patients have something new; null: nobody came or went. @param {any[]} shown @param {any[]} next */
const difference = (shown, next) => {
  const known = new Set(alertsOf(shown));
  const still = new Set(alertsOf(next));
  const count = next.filter(({ alerts }) => alerts.some((/** @type {any} */ { id }) => !known.has(id))).length;
  return count || [...known].some((id) => !still.has(id)) ? { count } : null;
};

/** @param {App} app @param {Record<string, any>} changes */
const set = (app, changes) => app.set({ worklist: { ...app.state.worklist, ...changes } });

/** @param {App} app @param {Record<string, string>} params */
export const enter = async (app, { show = "" }) => {
  const known = app.state.worklist;
  if (known?.show !== show) app.set({ worklist: { ...fresh(), show } });
  watch(app);
  await read(app);
};

/** @type {ReturnType<typeof setInterval> | undefined} */
let timer;
/** @param {App} app */
const watch = (app) => {
  clearInterval(timer);
  timer = setInterval(() => read(app), EVERY_MS);
};

/** Nothing is read for a list that is not on the page. */
export const leave = () => clearInterval(timer);

/** Read the list, and show it at once where nobody comes or goes by it. @param {App} app */
export const read = async (app) => {
  const { show, etag } = { ...fresh(), ...app.state.worklist };
  const isStill = () => app.state.worklist?.show === show;
  try {
    const first = await page(show, null, etag);
    if (!isStill()) return;
    if (first.status === 304) return set(app, { at: Date.now(), staleSince: null });
    const items = [...first.body.items];
    for (let { next } = first.body; next; ) {
      const { body } = await page(show, next, null);
      items.push(...body.items);
      next = body.next;
    }
    if (isStill()) take(app, { items, summary: first.body.summary }, first.etag);
  } catch (error) {
    if (error instanceof SignInNeeded || !isStill()) return;
    const since = app.state.worklist.staleSince ?? app.state.worklist.at ?? Date.now();
    set(app, { staleSince: since, isRefused: error instanceof Problem });
  }
};

/** @param {string} show @param {string | null} cursor @param {string | null} etag */
const page = (show, cursor, etag) => {
  const query = new URLSearchParams({ ...SHOWN[show], limit: String(PAGE), ...(cursor && { cursor }) });
  return api.get(`/v1/worklist?${query}`, { ifNoneMatch: etag ?? undefined });
};

/** @param {App} app @param {{ items: any[], summary: any }} answered @param {string | null} etag */
const take = (app, answered, etag) => {
  const { items } = app.state.worklist;
  const live = { etag, at: Date.now(), staleSince: null };
  if (items === null || !difference(items, answered.items)) {
    return set(app, { ...live, items: inPlace(items, answered.items), summary: answered.summary, next: null });
  }
  set(app, { ...live, items: inPlace(items, answered.items, items), summary: answered.summary, next: answered });
};

/** What is new of those who are shown, in the order shown. @param {any[] | null} shown @param {any[]} next @param {any[]} [others] */
const inPlace = (shown, next, others) => {
  if (shown === null) return next;
  const by = new Map((others ? [...others, ...next] : next).map((item) => [item.patient.id, item]));
  return shown.map(({ patient }) => by.get(patient.id)).filter(Boolean);
};

/** Show who came, and no longer who went. @param {App} app */
export const showNew = (app) => {
  const { next } = app.state.worklist;
  if (next) set(app, { items: next.items, summary: next.summary, next: null });
};

/** @param {App} app */
export const tryNow = (app) => read(app);

/** @param {App} app @param {Record<string, string>} params */
export const open = (app, params) => app.go("alert", params);

/** Acknowledge everything of a patient that is open. @param {App} app @param {string} patientId */
export const acknowledge = async (app, patientId) => {
  const { patient, alerts } = app.state.worklist.items.find((/** @type {any} */ each) => each.patient.id === patientId);
  const isHere = staying(app);
  set(app, { busy: patientId });
  try {
    for (const each of alerts) if (each.status === "open") answered(app, await answer.acknowledge(each));
    app.announce(t("{name}: acknowledged", { name: patient.name }));
  } catch (error) {
    if (!(error instanceof Problem) || ![409, 412].includes(error.status)) throw error;
    if (isHere()) app.go("alert", { id: alerts[0].id }); // it changed meanwhile: look at it first
  } finally {
    set(app, { busy: null });
  }
};

/** Show an alert as it is after an answer, in its place; a patient with none left goes. @param {App} app @param {any} alert */
export const answered = (app, alert) => {
  const items = app.state.worklist?.items;
  if (!items) return;
  const isClosed = Boolean(alert.closed_at);
  const changed = items.flatMap((/** @type {any} */ item) => {
    if (item.patient.id !== alert.patient.id) return [item];
    const alerts = item.alerts
      .filter((/** @type {any} */ each) => !(isClosed && each.id === alert.id))
      .map((/** @type {any} */ each) => (each.id === alert.id ? { ...each, ...short(alert) } : each));
    if (!alerts.length) return [];
    const [{ kind, tier }] = alerts;
    return [{ ...item, alerts, kind, tier, reason: alerts[0].id === item.alerts[0].id ? item.reason : "" }];
  });
  set(app, { items: changed, etag: null, next: null });
};

/** @param {any} alert */
const short = ({ status, version, reopens_at, assigned_to, acknowledged_by }) => ({ status, version, reopens_at, assigned_to, acknowledged_by });
