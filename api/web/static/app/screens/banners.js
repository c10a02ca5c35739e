// The one slot under the heading: what the patient should know first. At most one thing, the gravest.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { icon } from "../../shared/icons.js";
import { clock, n, t } from "../../shared/words.js";
import { hashOf } from "../app.js";

/**
 * @typedef {object} Sending
 * @property {string} phase as sync.js gives it @property {number} waiting @property {any[]} [stuck] items that wait for a decision
 * @property {boolean} online @property {number | null} offlineSince
 * @property {boolean} [isMute] notifications are wanted, and none comes
 * @property {(screen: string) => boolean} can whether there is such a screen
 */

/** @param {Sending} sending @param {any} act */
export const banner = (sending, act) => {
  const { phase, waiting, stuck = [], online, isMute = false } = sending;
  if (phase === "storage") return unsaved();
  if (stuck.length) return refused(stuck, sending);
  if (phase === "sign-in") return signIn(waiting);
  if (phase === "clock") return fastClock(act);
  if (!online || (phase === "offline" && waiting)) return offline(sending);
  if (waiting) return saved(waiting, phase);
  if (isMute) return mute();
  return nothing;
};

/** @param {string} picture @param {unknown} words @param {string} [kind] */
export const shown = (picture, words, kind = "") =>
  html`<div class="banner ${kind}">${icon(picture)}<div class="banner-words">${words}</div></div>`;

const unsaved = () =>
  shown("offline", html`<h2>${t("This phone could not save.")}</h2><p>${t("Please keep this page open.")}</p>`, "banner-refused");

/** @param {any[]} stuck @param {Sending} sending */
const refused = (stuck, { can }) => {
  const about = stuck.map(({ body, theirs }) => body?.local_date ?? theirs?.local_date).find(Boolean);
  const questionnaire = stuck.every(({ kind }) => kind === "assessment") ? stuck[0].subject : null;
  const day = about ? hashOf("saved", { day: about }) : null;
  const where = questionnaire ? hashOf("answered", { id: questionnaire }) : can("sent") ? hashOf("sent") : day;
  return shown(
    "urgent",
    html`<h2>${t("Not accepted")}</h2>
      <p>${n("{n} answer needs a look.", "{n} answers need a look.", stuck.length)}</p>
      ${where ? html`<a href=${where}>${t("Look at it")}</a>` : nothing}`,
    "banner-refused",
  );
};

/** @param {number} waiting */
const signIn = (waiting) =>
  shown(
    "key",
    html`<h2>${t("Please sign in again")}</h2>
      <p>${t("This phone was signed out. You can check in all the same; it is kept here and goes out afterwards.")}</p>
      ${waiting ? html`<p>${keptHere(waiting)}</p>` : nothing}
      <a href=${hashOf("activate")}>${t("Sign in")}</a>`,
    "banner-routine",
  );

/** @param {any} act */
const fastClock = (act) =>
  shown(
    "calendar",
    html`<h2>${t("The clock of this phone is fast")}</h2>
      <p>${t("What you saved waits. We can correct its time and send it.")}</p>
      <button class="button button-low" type="button" @click=${() => act.agreeToClock()}>${t("Correct and send")}</button>`,
    "banner-routine",
  );

/** @param {number | null} since */
export const away = (since) => (since ? t("No internet since {time}.", { time: clock(since) }) : t("No internet."));

/** @param {Sending} sending */
const offline = ({ waiting, offlineSince }) =>
  shown(
    "offline",
    html`<p>
      <strong>${away(offlineSince)}</strong>
      ${t("You can check in as usual.")} ${waiting ? keptHere(waiting) : nothing}
    </p>`,
  );

const mute = () =>
  shown("bell-off", html`<p>${t("Notifications are off on this phone.")}</p><a href=${hashOf("settings")}>${t("Look at it")}</a>`, "banner-routine");

/** @param {number} waiting @param {string} phase */
const saved = (waiting, phase) =>
  shown(
    "phone",
    html`<p>
      <strong>${t("Saved on this phone")}.</strong>
      ${phase === "sending" ? t("Sending now…") : keptHere(waiting)}
    </p>`,
  );

/** @param {number} waiting */
const keptHere = (waiting) =>
  n("{n} answer is kept here and goes out by itself.", "{n} answers are kept here and go out by themselves.", waiting);
