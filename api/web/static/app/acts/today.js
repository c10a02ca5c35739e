// What the screen Today shows, from what the phone keeps.
import { lastDays, today } from "../../shared/days.js";
import { answeredDays, entriesBetween } from "../diary.js";
import { isStuck } from "../items.js";
import { items } from "../outbox.js";
import { agreeToClock as agree, status } from "../sync.js";

/** @typedef {import("../app.js").App} App */

const LONG_MS = 3_600_000;

/** @param {any} state */
export const model = (state) => {
  const { days = [], done = null, stuck = 0, isLoading = true } = state.today ?? {};
  const can = (/** @type {string} */ screen) => state.screens.includes(screen);
  const due = state.due ?? [];
  return {
    today: today(),
    isLoading,
    wiped: state.wiped && state.signedIn,
    lost: state.lost,
    sending: { ...(state.sync ?? status()), stuck, online: state.online, offlineSince: state.offlineSince, can },
    days,
    done,
    due: state.due && due.filter((/** @type {any} */ item) => item.kind === "assessment" && !item.notice),
    extra: due.find((/** @type {any} */ item) => item.kind === "check_in" && item.reason),
    asOf: state.meAt && Date.now() - state.meAt > LONG_MS ? state.meAt : null,
    can,
  };
};

/** Read the last days anew. @param {App} app */
export const enter = async (app) => {
  const now = today();
  const span = lastDays(7);
  const [answered, entries, waiting] = await Promise.all([answeredDays(span), entriesBetween(now, now), items()]);
  const days = [...span].sort().map((day) => ({ day, isAnswered: answered.has(day), isToday: day === now }));
  const done = entries.find((/** @type {any} */ each) => !each.isWithdrawn);
  app.set({
    today: {
      isLoading: false,
      days,
      done: done ? { ...done, receivedAt: done.copy?.received_at ?? done.item?.received_at ?? null } : null,
      stuck: waiting.filter(isStuck).length,
    },
  });
};

/** Something on the phone has changed. @param {App} app */
export const changed = (app) => enter(app);

/** Send what waits because the phone's clock is fast. */
export const agreeToClock = () => agree();
