// P8: notifications of this phone in Settings, and the words about them that other screens use, too.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { icon } from "../../shared/icons.js";
import { day, dayAndClock, t } from "../../shared/words.js";
import { buttonRow, factRow, linkRow, switchRow } from "./rows.js";

/** @param {{push: any, test: string | null, isSending: boolean, chosen: boolean | null, me: any}} model @param {any} act */
export const notifications = (model, act) => {
  const { push, me } = model;
  if (!push) return nothing;
  const isOn = model.chosen ?? ["on", "silent"].includes(push.kind);
  return html`
    <section class="stack" aria-labelledby="notifications">
      <h2 id="notifications">${t("Notifications")}</h2>
      ${warning(model, act)}
      <ul class="rows">
        ${control(push, isOn, act)}
        ${push.isWanted || push.lastAt ? factRow(t("Last one received"), push.lastAt ? dayAndClock(push.lastAt) : t("none yet"), push.kind === "on" && push.lastAt ? "sent" : undefined) : nothing}
        ${push.kind === "on" || push.kind === "silent" ? buttonRow(t("Send a test"), t("It arrives within a minute."), () => act.test(), model.test === "sending") : nothing}
        ${push.kind === "on" ? nothing : factRow(t("While they are off"), instead(me))}
      </ul>
      ${testWords(model.test)}
    </section>
  `;
};

/** @param {any} push @param {boolean} isOn @param {any} act */
const control = (push, isOn, act) => {
  if (push.kind === "install") return linkRow("remind", t("On this phone"), t("First put the app on your home screen"));
  if (push.kind === "none") return factRow(t("On this phone"), t("This browser cannot show them."));
  if (push.kind === "denied") return factRow(t("On this phone"), t("This phone does not allow them."), "bell-off");
  return switchRow(t("On this phone"), isOn, (wanted) => act.turn(wanted));
};

/** @param {any} model @param {any} act */
const warning = ({ push, isSending }, act) => {
  if (push.kind === "denied") return shown(html`<p>${undoing(push.platform)}</p>`);
  if (push.kind !== "lost" && push.kind !== "silent") return nothing;
  return shown(html`
    <p><strong>${silence(push)}</strong> ${push.kind === "lost" ? t("The phone has switched notifications off.") : nothing}</p>
    <button class="button button-low" type="button" ?disabled=${isSending} @click=${() => act.turn(true)}>${t("Switch them on again")}</button>
  `);
};

/** @param {unknown} words */
const shown = (words) =>
  html`<div class="banner banner-routine">${icon("bell-off")}<div class="banner-words stack-tight">${words}</div></div>`;

/** @param {{lastAt: string | null}} push */
const silence = ({ lastAt }) =>
  lastAt ? t("Nothing has reached this phone since {day}.", { day: day(lastAt.slice(0, 10)) }) : t("Nothing has reached this phone.");

/** What became of a test, said to those who cannot see it as well. @param {string | null} test */
export const testWords = (test) => {
  const words = {
    sending: t("A test is on its way. It arrives within a minute."),
    works: t("It works. The test has reached this phone."),
    nothing: t("There is no sign of the test yet. If you see it, tap it. Otherwise please look whether this phone allows notifications of this app."),
    failed: t("This phone could not switch notifications on. Please try again later."),
    unanswered: t("Nothing was changed. You can switch notifications on at any time in Settings."),
  }[test ?? ""];
  return html`<div role="status">${words ? html`<p class="state state-done">${icon(test === "works" ? "sent" : "bell")}<span>${words}</span></p>` : nothing}</div>`;
};

/** How to allow what was not allowed. @param {string} platform */
export const undoing = (platform) =>
  ({
    iphone: t("If you want them later: open the settings of the iPhone, tap Notifications, then AIMSS, and allow them."),
    installed: t("If you want them later: keep your finger on the sign of AIMSS, tap “App info”, then Notifications, and allow them."),
  })[platform] ?? t("If you want them later: tap the sign beside the address at the top of the browser, then Notifications, and allow them.");

/** What comes in their place. @param {any} me */
export const instead = (me) =>
  me?.email
    ? t("Reminders come by e-mail. If no answer comes, your clinic may call.")
    : t("We have no e-mail address of yours. If no answer comes, your clinic may call.");
