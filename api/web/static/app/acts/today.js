// What the screen Today shows, from what the phone keeps.
import { lastDays, today } from "../../shared/days.js";
import { t } from "../../shared/words.js";
import { answeredDays, entriesBetween } from "../diary.js";
import { isStuck } from "../items.js";
import { items } from "../outbox.js";
import { getDraft } from "../store.js";
import { agreeToClock as agree, status } from "../sync.js";
import { facts } from "./asking.js";

/** @typedef {import("../app.js").App} App */

const LONG_MS = 3_600_000;

/** @param {any} state */
export const model = (state) => {
  const { days = [], done = null, stuck = [], isBegun = false, isLoading = true } = state.today ?? {};
  const can = (/** @type {string} */ screen) => state.screens.includes(screen);
  const due = state.due ?? [];
  return {
    today: today(),
    isLoading,
    wiped: state.wiped && state.signedIn,
    lost: state.lost,
    sending: { ...(state.sync ?? status()), stuck, online: state.online, offlineSince: state.offlineSince, can },
    isTakenBack: Boolean(state.isTakenBack),
    isBegun,
    days,
    done: done && { ...done, facts: facts(state, done.answers) },
    due: state.due && due.filter((/** @type {any} */ item) => item.kind === "assessment" && !item.notice),
    extra: due.find((/** @type {any} */ item) => item.kind === "check_in" && item.reason),
    asOf: state.meAt && Date.now() - state.meAt > LONG_MS ? state.meAt : null,
    can,
  };
};

/** @param {App} app */
export const enter = async (app) => {
  await changed(app);
  if (app.state.isTakenBack) app.announce(t("Taken back"));
};

/** Read the last days anew: something on the phone has changed. @param {App} app */
export const changed = async (app) => {
  const now = today();
  const span = lastDays(7);
  const read = [answeredDays(span), entriesBetween(now, now), items(), getDraft(`day:${now}`)];
  const [answered, entries, waiting, draft] = /** @type {any[]} */ (await Promise.all(read));
  const days = [...span].sort().map((day) => ({ day, isAnswered: answered.has(day), isToday: day === now }));
  const done = entries.find((/** @type {any} */ each) => !each.isWithdrawn);
  app.set({
    today: {
      isLoading: false,
      days,
      isBegun: Boolean(draft && (Object.keys(draft.answers).length || draft.isQuiet)),
      done: done ?? null,
      stuck: waiting.filter(isStuck),
    },
  });
};

/** Send what waits because the phone's clock is fast. */
export const agreeToClock = () => agree();
