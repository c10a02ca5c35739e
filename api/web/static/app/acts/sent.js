// What I sent: entries and questionnaires by day, what the server did not take, corrections and withdrawals.
import { Problem, SignInNeeded, Unreachable } from "../../shared/api.js";
import { dayOf, plus, today } from "../../shared/days.js";
import { problemOf } from "../../shared/problem.js";
import { t } from "../../shared/words.js";
import { choose as settle, discard, sendAgain } from "../decisions.js";
import { firstDay, newestEntries } from "../diary.js";
import { fetchEvents, keptEvents } from "../events.js";
import { formerVersions } from "../former.js";
import * as instruments from "../instruments.js";
import { contentOf, isStuck } from "../items.js";
import { items, undo as takeBack, withdrawEntry } from "../outbox.js";
import { all } from "../questionnaires.js";
import { byDay, listed, named, readAt, receivedAt } from "../sent_days.js";
import { agreeToClock as agree, status } from "../sync.js";
import { facts, question } from "./asking.js";

/** @typedef {import("../app.js").App} App */

/** Entries shown at first, and further ones for each tap: about two and four weeks of daily answers. */
const [FIRST, MORE] = [14, 28];

const fresh = () => ({
  isLoading: true, count: FIRST, entries: [], events: [], hasMore: false, stuck: [], questionnaires: [],
  /** names of questionnaires by code */ names: /** @type {Record<string, string | null>} */ ({}),
  /** withdrawn here just now, by id */ gone: /** @type {Record<string, any>} */ ({}),
  /** earlier versions that are open, by id */ former: /** @type {Record<string, any>} */ ({}),
  /** what the patient is asked to confirm */ ask: /** @type {{ what: string, id: string, wasSent: boolean } | null} */ (null),
});

/** @param {any} state */
export const model = (state) => {
  const { entries, events, gone, former, stuck, questionnaires, names, ...sent } = state.sent ?? fresh();
  const shown = {
    entries: listed(entries, gone).map((each) => withWords(state, each)),
    questionnaires: listed(questionnaires, {}).map((each) => named(each, names, events)),
    events,
  };
  const can = (/** @type {string} */ screen) => state.screens.includes(screen);
  const sync = state.sync ?? status();
  return {
    ...sent,
    today: today(),
    yesterday: plus(today(), -1),
    days: byDay(shown, sent.hasMore ? entries.at(-1).local_date : ""),
    stuck: stuck.map((/** @type {any} */ item) => stuckInWords(state, item)),
    sending: { ...sync, waiting: Math.max(sync.waiting - stuck.length, 0), online: state.online, offlineSince: state.offlineSince, can },
    can,
  };
};

/** @param {any} state @param {any} entry */
const withWords = (state, entry) => {
  const { events, gone, former } = state.sent;
  const at = receivedAt(entry);
  const open = former[entry.id];
  const inWords = (/** @type {any} */ { superseded_at: until, answers }) => ({ until, facts: facts(state, answers) });
  return {
    ...entry,
    at,
    readAt: readAt(entry, events),
    isOfDay: at && dayOf(new Date(at)) === entry.local_date,
    facts: facts(state, entry.answers),
    canUndo: entry.isWithdrawn && entry.id in gone,
    former: open && { ...open, versions: open.versions?.map(inWords) },
  };
};

/** @param {any} state @param {any} item */
const stuckInWords = (state, { id, kind, subject, path, body, theirs, problem, state: at }) => {
  const isOfDiary = ["entry", "correction", "withdrawal"].includes(kind);
  const wrong = Object.entries(problem?.errors ?? {});
  return {
    id,
    subject,
    kind: path?.endsWith("callback-requests") ? "call" : kind,
    name: state.sent.names[body?.instrument ?? ""],
    isConflict: at === "conflict",
    isOfDiary,
    day: isOfDiary ? body?.local_date ?? theirs?.local_date ?? dayKnown(state, subject) : null,
    mine: isOfDiary && body ? facts(state, contentOf(body)) : null,
    theirs: isOfDiary && theirs && !theirs.withdrawn ? facts(state, contentOf(theirs)) : null,
    problem,
    wrong: wrong.map(([name, words]) => ({ name: question(state, name)?.label ?? null, words: [words].flat().join(" ") })),
  };
};

/** @param {any} state @param {string} subject */
const dayKnown = (state, subject) => state.sent?.entries.find((/** @type {any} */ each) => each.id === subject)?.local_date ?? null;

/** @param {App} app @param {Record<string, any>} changes */
const set = (app, changes) => app.set({ sent: { ...(app.state.sent ?? fresh()), ...changes } });

/** @param {App} app */
export const enter = async (app) => {
  const { entries = [], events = [], questionnaires = [], names = {} } = app.state.sent ?? {};
  set(app, { ...fresh(), isLoading: !app.state.sent, entries, events, questionnaires, names });
  await changed(app);
  await instruments.refresh(Object.keys(app.state.sent.names).filter((code) => !app.state.sent.names[code]));
  await fetchEvents().catch(whereNoAnswer); // what is known stays
  await changed(app);
};

/** No answer is no fault of the screen. @param {unknown} error */
const whereNoAnswer = (error) => {
  if (![Problem, SignInNeeded, Unreachable].some((kind) => error instanceof kind)) throw error;
};

let reading = 0;
/** @type {Promise<void>} */
let latest;

/** Read anew: something on the phone has changed. @param {App} app */
export const changed = (app) => (latest = readAll(app, ++reading));

/** @param {App} app @param {number} mine @returns {Promise<void>} done once the newest state is shown */
const readAll = async (app, mine) => {
  const read = [newestEntries(app.state.sent?.count ?? FIRST), items(), firstDay(), keptEvents(), all()];
  const [entries, waiting, first, events, questionnaires] = /** @type {any[]} */ (await Promise.all(read));
  const names = await instruments.titlesOf(questionnaires.map((/** @type {any} */ { instrument }) => instrument));
  if (mine !== reading) return latest;
  const last = entries.at(-1)?.local_date;
  set(app, { isLoading: false, entries, events, hasMore: Boolean(first && last && first < last), stuck: waiting.filter(isStuck), questionnaires, names });
};

/** Move the focus to a part of the page once it is drawn. @param {string} id */
const focus = (id) => queueMicrotask(() => document.getElementById(id)?.focus());

/** Show older days. @param {App} app */
export const earlier = async (app) => {
  const before = app.state.sent.entries.at(-1)?.local_date;
  set(app, { count: app.state.sent.count + MORE });
  await changed(app);
  const next = app.state.sent.entries.find((/** @type {any} */ each) => each.local_date < before);
  if (next) focus(`day-${next.local_date}`);
};

/** Ask before something is given up. @param {App} app @param {"withdraw" | "discard"} what @param {string} id */
export const ask = (app, what, id) => {
  const entry = app.state.sent.entries.find((/** @type {any} */ each) => each.id === id);
  set(app, { ask: { what, id, wasSent: entry?.state === "sent" } });
  queueMicrotask(() => /** @type {HTMLDialogElement | null} */ (document.getElementById("sure"))?.showModal());
};

/** What was answered to that. @param {App} app @param {string} answer */
export const decide = async (app, answer) => {
  const { what, id } = app.state.sent.ask;
  set(app, { ask: null });
  if (answer !== "yes") return;
  if (what === "discard") await discard(id);
  else await withdraw(app, id);
};

/** @param {App} app @param {string} id */
const withdraw = async (app, id) => {
  const saved = await withdrawEntry(app.state.sent.entries.find((/** @type {any} */ each) => each.id === id));
  set(app, { gone: { ...app.state.sent.gone, [id]: saved } });
  await changed(app);
  app.announce(t("Withdrawn"));
  focus(`undo-${id}`);
};

/** Let it count again. @param {App} app @param {string} id */
export const undo = async (app, id) => {
  const { [id]: saved, ...gone } = app.state.sent.gone;
  await takeBack(saved);
  set(app, { gone });
  await changed(app);
  app.announce(t("It counts again"));
  focus(`withdraw-${id}`);
};

/** Show what an entry was before, or hide it; the server keeps it. @param {App} app @param {string} id */
export const toggleFormer = async (app, id) => {
  const { [id]: open, ...former } = app.state.sent.former;
  if (open) return set(app, { former });
  const put = (/** @type {any} */ now) => set(app, { former: { ...app.state.sent.former, [id]: now } });
  put({ isLoading: true });
  try {
    put({ versions: await formerVersions(id) });
  } catch (error) {
    whereNoAnswer(error);
    put({ problem: problemOf(error) });
  }
};

/** @param {App} _ @param {string} id */
export const again = (_, id) => sendAgain(id);

/** Decide between what was entered here and what stands at the server. @param {App} _ @param {string} id @param {"mine" | "theirs"} which */
export const choose = (_, id, which) => settle(id, which);

/** Send what waits because the phone's clock is fast. */
export const agreeToClock = () => agree();
