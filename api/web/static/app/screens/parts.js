// Parts that several screens of the app show: days, answers in words, what became of them, numbers to call.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { icon } from "../../shared/icons.js";
import { dayOf as onDay, today } from "../../shared/days.js";
import { clock, day as dayOf, dayAndClock, t } from "../../shared/words.js";

/** @param {string} day @param {{ today: string, yesterday: string }} now */
export const dayInWords = (day, { today, yesterday }) => {
  if (day === today) return t("Today, {day}", { day: dayOf(day) });
  return day === yesterday ? t("Yesterday, {day}", { day: dayOf(day) }) : dayOf(day);
};

/** @param {{ name: string, value: string }[]} facts */
export const factList = (facts) =>
  html`<dl class="facts">${facts.map(({ name, value }) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;

/** The same in a line or two, for lists of many days. @param {{ name: string, value: string }[]} facts */
export const factRun = (facts) =>
  html`<dl class="facts-run">${facts.map(({ name, value }) => html`<div><dt>${name}</dt> <dd>${value}</dd></div>`)}</dl>`;

/** Whether an entry is on this phone, sent, or not accepted. @param {any} entry */
export const stateOf = (entry) => {
  if (entry?.state === "sent") return "sent";
  return ["refused", "conflict"].includes(entry?.state) ? "refused" : "saved";
};

/** @param {any} entry */
export const stateInWords = (entry) =>
  ({ sent: sentAt(entry), refused: t("Not accepted"), saved: t("Saved on this phone") })[stateOf(entry)];

/** @param {any} entry */
const sentAt = (entry) => {
  const at = entry?.item?.received_at ?? entry?.copy?.received_at;
  if (!at) return t("Sent");
  return onDay(new Date(at)) === today() ? t("Sent at {time}", { time: clock(at) }) : t("Sent on {when}", { when: dayAndClock(at) });
};

/** @param {any} entry @param {string} [size] */
export const stateIcon = (entry, size) => icon({ sent: "sent", refused: "offline", saved: "phone" }[stateOf(entry)], size);

/** A telephone number as an address to dial. @param {string} number */
export const dial = (number) => `tel:${number.replace(/[^\d+]/g, "")}`;

/**
 * A number to call as a large button.
 * @param {string | null | undefined} number @param {string} words @param {string | null} more @param {string} look class
 * @param {boolean} [isFirst] it gets the focus on arrival
 */
export const callButton = (number, words, more, look, isFirst = false) =>
  number
    ? html`<a class="button button-two ${look}" href=${dial(number)} ?data-focus=${isFirst}>
        <span class="number">${words}</span>${more ? html`<span>${more}</span>` : nothing}
      </a>`
    : nothing;
