// What the screen Today shows, from what the phone keeps.
import { lastDays, today } from "../../shared/days.js";
import { t } from "../../shared/words.js";
import { answeredDays, entriesBetween, firstDay } from "../diary.js";
import { isStuck } from "../items.js";
import { items } from "../outbox.js";
import * as instruments from "../instruments.js";
import { all, idFor } from "../questionnaires.js";
import { getDraft, getMeta, setMeta } from "../store.js";
import { agreeToClock as agree, status } from "../sync.js";
import { facts } from "./asking.js";

/** @typedef {import("../app.js").App} App */

const LONG_MS = 3_600_000;

/** @param {any} state */
export const model = (state) => {
  const { days = [], done = null, stuck = [], isBegun = false, isNew = false, isLoading = true } = state.today ?? {};
  const can = (/** @type {string} */ screen) => state.screens.includes(screen);
  const due = state.due ?? [];
  return {
    today: today(),
    isLoading,
    wiped: state.wiped && state.signedIn,
    lost: state.lost,
    sending: { ...(state.sync ?? status()), stuck, online: state.online, offlineSince: state.offlineSince, isMute: Boolean(state.push?.isMute), can },
    isTakenBack: Boolean(state.isTakenBack),
    isBegun,
    isNew: isNew && state.me?.kind !== "proxy",
    isDone: state.route.params.done === "1",
    isOver: state.route.params.done === "over",
    days,
    done: done && { ...done, facts: facts(state, done.answers) },
    due: state.due && (state.today?.due ?? []),
    extra: due.find((/** @type {any} */ item) => item.kind === "check_in" && item.reason),
    asOf: state.meAt && Date.now() - state.meAt > LONG_MS ? state.meAt : null,
    can,
  };
};

/** @param {App} app */
export const enter = async (app) => {
  await changed(app);
  if (app.state.isTakenBack) app.announce(t("Taken back"));
  if (app.state.isKept) app.announce(t("Saved on this phone"));
  app.set({ isKept: false });
  await instruments.refresh(asked(app.state).map(({ instrument }) => instrument));
};

/** Read the last days anew: something on the phone has changed. @param {App} app */
export const changed = async (app) => {
  const now = today();
  const span = lastDays(7);
  const read = [answeredDays(span), entriesBetween(now, now), items(), getDraft(`day:${now}`), questionnaires(app.state), getMeta("isWelcomed"), firstDay(), getMeta("cursor:entries")];
  const [answered, entries, waiting, draft, due, isWelcomed, first, cursor] = /** @type {any[]} */ (await Promise.all(read));
  const days = [...span].sort().map((day) => ({ day, isAnswered: answered.has(day), isToday: day === now }));
  const done = entries.find((/** @type {any} */ each) => !each.isWithdrawn);
  app.set({
    today: {
      isLoading: false,
      days,
      isBegun: Boolean(draft && (Object.keys(draft.answers).length || draft.isQuiet)),
      done: done ?? null,
      stuck: waiting.filter(isStuck),
      due,
      isNew: !isWelcomed && answered.size === 0 && !first && Boolean(cursor),
    },
  });
};

/** The three pages of welcome are not offered again. @param {App} app */
export const skipWelcome = async (app) => {
  await setMeta("isWelcomed", true);
  await changed(app);
};

/** The questionnaires that are due and whose words the clinic has. @param {any} state @returns {any[]} */
const asked = ({ due }) => (due ?? []).filter((/** @type {any} */ item) => item.kind === "assessment" && !item.notice);

/** Those that were not answered since, with what is known of them on this phone. @param {any} state */
const questionnaires = async (state) => {
  const known = await all();
  /** @type {any[]} */
  const due = [];
  for (const { instrument, slot, titles } of asked(state)) {
    const id = await idFor(slot);
    const isOfThis = (/** @type {any} */ each) => each.id === id || (each.instrument === instrument && isNewer(each, state.meAt));
    if (known.some((each) => each.status === "complete" && isOfThis(each))) continue;
    const [words, draft] = [await instruments.load(instrument), await getDraft(`questionnaire:${id}`)];
    const answers = draft?.answers ?? known.find((each) => each.id === id)?.answers ?? {};
    const about = words && { minutes: instruments.minutesOf(words), all: instruments.itemsOf(words).length };
    due.push({ instrument, slot, name: instruments.inUse(titles), ...about, answered: Object.keys(answers).length });
  }
  return due;
};

/** Whether it waits to be sent, or came after what is due was read. @param {any} each @param {number | null} readAt */
const isNewer = ({ item, copy }, readAt) => (copy ? Date.parse(copy.received_at) > (readAt ?? 0) : Boolean(item));

/** Send what waits because the phone's clock is fast. */
export const agreeToClock = () => agree();
