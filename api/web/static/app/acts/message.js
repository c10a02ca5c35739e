// A notification that was tapped: it leads to what is due, and says so where that is done already.
import { dayOfStamp, lastDays, stamp, today } from "../../shared/days.js";
import { staying } from "../app.js";
import { answeredDays } from "../diary.js";
import { items, saveRequest } from "../outbox.js";
import { getMeta } from "../store.js";
import { catchUp } from "../sync.js";

/** @typedef {import("../app.js").App} App */

const NEWS_MS = 3_000;

/** @param {any} state */
export const model = (state) => ({ signedIn: state.signedIn });

/** @param {App} app @param {Record<string, string>} params */
export const enter = async (app, { id = "" }) => {
  if (!app.state.signedIn) return;
  const [began, isHere] = [Date.now(), staying(app)];
  if (id) await saveRequest("POST", "/v1/receipts", { id, event: "opened", at: stamp() }, { isOpen: true });
  const late = new Promise((resolve) => setTimeout(resolve, NEWS_MS));
  if (navigator.onLine) await Promise.race([catchUp().catch(() => {}), late]);
  const { name, params } = destination(await known(id, began));
  if (!isHere()) return;
  const screen = app.state.screens.includes(name) ? name : "today";
  app.go(screen, screen === name ? params : {}, { replace: true });
};

/** What this phone knows of a message and of what is due. @param {string} id @param {number} began */
const known = async (id, began) => {
  const [me, messages, waiting] = await Promise.all([getMeta("me"), getMeta("shown"), items()]);
  const message = messages?.find((/** @type {any} */ each) => each.id === id);
  const since = message ? dayOfStamp(message.at) : today();
  const answered = await answeredDays(lastDays(7));
  const filledIn = new Set(waiting.filter(isFilledIn).map(({ body }) => body.instrument));
  const due = (me?.body.due ?? []).filter((/** @type {any} */ { instrument }) => !filledIn.has(instrument));
  return {
    kind: message?.kind ?? null,
    isNew: Boolean(me && me.at >= began),
    isAnswered: [...answered].some((day) => day >= since),
    due,
    today: today(),
  };
};

/** @param {import("../items.js").Item} item */
const isFilledIn = ({ kind, body }) => kind === "assessment" && body.status === "complete";

/**
 * The screen that a message is about. `isNew`: what is due was read just now; else it may be of yesterday.
 * @param {{kind: string | null, isNew: boolean, isAnswered: boolean, due: any[], today: string}} known
 * @returns {{name: string, params: Record<string, string>}}
 */
export const destination = ({ kind, isNew, isAnswered, due, today: day }) => {
  if (kind === "probe") return { name: "settings", params: {} };
  const checkIn = due.some((item) => item.kind === "check_in") || !isNew;
  const questionnaire = due.find((item) => item.kind === "assessment" && !item.notice);
  const isCheckInOpen = kind !== "reassessment" && checkIn && !isAnswered;
  if (kind === "summary") return { name: "today", params: isCheckInOpen || questionnaire ? {} : { done: "1" } };
  if (isCheckInOpen) return { name: "checkin", params: { day } };
  if (kind !== "check_in" && questionnaire) {
    return { name: "questionnaire", params: { instrument: questionnaire.instrument, slot: questionnaire.slot } };
  }
  return { name: "today", params: { done: "1" } };
};
