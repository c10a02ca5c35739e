// A notification that was tapped: it leads to what is due, and says so where that is done already or no longer due.
import { dayOfStamp, stamp, today } from "../../shared/days.js";
import { staying } from "../app.js";
import { entriesBetween } from "../diary.js";
import { isStuck } from "../items.js";
import { items, saveRequest } from "../outbox.js";
import { all } from "../questionnaires.js";
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
  const [me, messages, waiting, questionnaires] = await Promise.all([getMeta("me"), getMeta("shown"), items(), all()]);
  const message = messages?.find((/** @type {any} */ each) => each.id === id);
  const since = message ? dayOfStamp(message.at) : today();
  const entries = await entriesBetween(since, today());
  const filledIn = new Set(waiting.filter(isFilledIn).map(({ body }) => body.instrument));
  return {
    kind: message?.kind ?? null,
    isNew: Boolean(me && me.at >= began),
    isAnswered: entries.some((each) => !each.isWithdrawn && !isOfStuck(each)),
    isFilledIn: questionnaires.some((each) => each.status === "complete" && each.local_date >= since && !isOfStuck(each)),
    due: (me?.body.due ?? []).filter((/** @type {any} */ { instrument }) => !filledIn.has(instrument)),
    today: today(),
  };
};

/** Whether the server did not take it: then it is not done. @param {any} shown */
const isOfStuck = ({ item }) => Boolean(item && isStuck(item));

/** @param {import("../items.js").Item} item */
const isFilledIn = (item) => item.kind === "assessment" && item.body.status === "complete" && !isStuck(item);

/**
 * @typedef {object} Known
 * @property {string | null} kind of the message; null: it was never shown on this phone
 * @property {boolean} isNew what is due was read just now; else it may be of yesterday
 * @property {boolean} isAnswered an entry is about the day of the message or a later one
 * @property {boolean} isFilledIn a questionnaire was completed since
 * @property {any[]} due without what waits to be sent @property {string} today
 */

/**
 * The screen that a message is about. A questionnaire whose words the clinic lacks is not done: its page says so.
 * @param {Known} known @returns {{name: string, params: Record<string, string>}}
 */
export const destination = (known) => {
  const { kind, isNew, isAnswered, due, today: day } = known;
  if (kind === "probe") return { name: "settings", params: {} };
  const isDue = due.some((item) => item.kind === "check_in") || !isNew;
  const isCheckInOpen = kind !== "reassessment" && isDue && !isAnswered;
  const asked = kind === "check_in" ? [] : due.filter((item) => item.kind === "assessment");
  const questionnaire = asked.find(({ notice }) => !notice) ?? asked[0];
  if (kind === "summary" && (isCheckInOpen || (questionnaire && !questionnaire.notice))) return { name: "today", params: {} };
  if (isCheckInOpen) return { name: "checkin", params: { day } };
  if (questionnaire) return { name: "questionnaire", params: { instrument: questionnaire.instrument, slot: questionnaire.slot } };
  return { name: "today", params: saidOf(known) };
};

/** What *Today* says of a message that leads to nothing: done, no longer due, or nothing where that is not known.
 * @param {Known} known @returns {Record<string, string>} */
const saidOf = ({ kind, isNew, isAnswered, isFilledIn: isComplete }) => {
  const isDone = { check_in: isAnswered, reassessment: isComplete }[/** @type {string} */ (kind)] ?? (isAnswered || isComplete);
  if (isDone) return { done: "1" };
  return isNew ? { done: "over" } : {};
};
