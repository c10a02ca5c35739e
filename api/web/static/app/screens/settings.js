// P8: how the app reminds, looks and speaks.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { icon } from "../../shared/icons.js";
import { problemView } from "../../shared/problem.js";
import { loading } from "../../shared/states.js";
import { day, dayAndClock, t } from "../../shared/words.js";
import { notifications } from "./notifications.js";
import { linkRow, switchRow } from "./rows.js";

/**
 * @typedef {object} Model
 * @property {any} me the patient's profile, with what waits to be sent @property {any} look
 * @property {string} language @property {boolean} isWaiting changes wait on this phone @property {any} refused
 * @property {{until: string, isDay: boolean} | null} pause @property {boolean} isLetIn somebody whom the patient has let in
 * @property {any} notifications of this phone
 */

export const LANGUAGES = [
  { value: "en", words: "English", lang: "en" },
  { value: "de", words: "Deutsch", lang: "de" },
  { value: "es", words: "Español", lang: "es" },
  { value: "fr", words: "Français", lang: "fr" },
];

export const title = () => t("Settings");

/** @param {Model} model @param {any} act */
export const view = (model, act) => html`
  <h1 tabindex="-1">${t("Settings")}</h1>
  ${problemView(model.refused, giveUp(act))}
  ${model.me ? html`${model.isLetIn ? nothing : html`${notifications(model.notifications, act)} ${reminders(model, act)}`} ${reading(model, act)} ${safety(model)}` : loading()}
  ${model.isWaiting && !model.refused ? waiting() : nothing}
`;

/** Below everything, so that no switch moves under a finger. */
const waiting = () => html`<p class="state">
  ${icon("phone")}<span>${t("Saved on this phone")}. ${t("It goes out by itself.")}</span>
</p>`;

/** @param {any} act */
const giveUp = (act) =>
  html`<button class="button button-low" type="button" @click=${() => act.giveUp()}>${t("Leave it as it was")}</button>`;

/** @param {Model} model @param {any} act */
const reminders = ({ me, pause }, act) => html`
  <section class="stack" aria-labelledby="reminders">
    <h2 id="reminders">${t("Reminders")}</h2>
    <ul class="rows">
      ${linkRow("times", t("Day and time"), whenWords(me))}
      ${linkRow("quiet", t("Quiet hours"), quietWords(me))}
      ${linkRow("pause", t("Pause"), pause ? pauseWords(pause) : t("for a holiday or a hospital stay"))}
      ${switchRow(t("Discreet"), me.discreet, (discreet) => act.save({ discreet }), t("Messages only say: “You have a message.”"))}
      ${switchRow(t("Extra check-ins"), me.extra_check_ins, (isOn) => act.save({ extra_check_ins: isOn }), t("A few more, when your answers may show a change."))}
      ${switchRow(t("Time zone of this phone"), me.timezone_follows_phone, (isOn) => act.followPhone(isOn), t("Now: {zone}", { zone: me.timezone.replaceAll("_", " ") }))}
    </ul>
  </section>
`;

/** @param {any} me */
export const whenWords = ({ check_in_weekday, check_in_at, check_in_again_at }) => {
  const values = { day: weekday(check_in_weekday), time: check_in_at, again: check_in_again_at ?? "" };
  return check_in_again_at ? t("{day} at {time}, again at {again}", values) : t("{day} at {time}", values);
};

/** A day of the week by its number, Monday is 0. @param {number} number */
export const weekday = (number) => day(`2024-01-0${number + 1}`, "weekday");

/** @param {any} me */
const quietWords = ({ quiet_from, quiet_until }) =>
  quiet_from === quiet_until ? t("none") : t("{from} to {until}", { from: quiet_from, until: quiet_until });

/** @param {{until: string, isDay: boolean}} pause */
export const pauseWords = ({ until, isDay }) =>
  isDay ? t("No reminders before {day}", { day: day(until) }) : t("No reminders before {time}", { time: dayAndClock(until) });

/** @param {Model} model @param {any} act */
const reading = ({ look, language }, act) => html`
  <section class="stack" aria-labelledby="reading">
    <h2 id="reading">${t("Reading and answering")}</h2>
    <ul class="rows">
      ${switchRow(t("Larger text"), look.text === "larger", (isOn) => act.look({ text: isOn ? "larger" : undefined }))}
      ${switchRow(t("Large buttons"), look.buttons === "large", (isOn) => act.look({ buttons: isOn ? "large" : undefined }))}
      ${switchRow(t("All on one page"), look.pages === "one", (isOn) => act.look({ pages: isOn ? "one" : undefined }), t("The three questions of the check-in."))}
      ${linkRow("theme", t("Light or dark"), themeWords(look.theme))}
      ${linkRow("language", t("Language"), LANGUAGES.find(({ value }) => value === language)?.words)}
    </ul>
  </section>
`;

/** @param {string | undefined} theme */
export const themeWords = (theme) =>
  ({ light: t("always light"), dark: t("always dark") })[theme ?? ""] ?? t("as the phone");

/** @param {Model} model */
const safety = ({ isLetIn }) => html`
  <section class="stack" aria-labelledby="safety">
    <h2 id="safety">${t("Phones and privacy")}</h2>
    <ul class="rows">
      ${isLetIn ? nothing : [linkRow("phones", t("My phones"), t("sign one out, add another")), linkRow("privacy", t("Privacy"), t("who has looked, a copy, people I let in"))]}
      ${linkRow("help", t("Help"), t("what to do when…, whom to call"))}
      ${linkRow("leave", t("Sign out of this phone"))}
    </ul>
  </section>
`;
