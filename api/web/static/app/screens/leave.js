// P10: signing out of this phone: what goes, what stays, and what is not sent yet.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { icon } from "../../shared/icons.js";
import { loading } from "../../shared/states.js";
import { day, n, t } from "../../shared/words.js";
import { back } from "../frame.js";
import { offline } from "./asked.js";

export const title = () => t("Sign out of this phone");
export const head = () => back("settings", t("Settings"));

/** @param {any} model @param {any} act */
export const view = (model, act) => html`
  <div class="stack">
    <h1 tabindex="-1">${title()}</h1>
    <p>${t("Your diary is removed from this phone. What your team has received stays with your team.")}</p>
    <p>${t("There are no more reminders on this phone. To use the app here again you need a new code.")}</p>
  </div>
  ${model.online ? nothing : offline(false, model.offlineSince, t("Signing out needs the internet, so that the sign-in really ends."))}
  ${model.waiting === null ? loading() : model.waiting.length ? unsent(model, act) : button(t("Sign out"), "button-main", model, () => act.go(false))}
`;

/** @param {any} model @param {any} act */
const unsent = (model, act) => html`
  <section class="banner banner-routine">
    ${icon("phone")}
    <div class="banner-words stack">
      <h2>${n("{n} thing on this phone is not sent", "{n} things on this phone are not sent", model.waiting.length)}</h2>
      <ul class="stack-tight">${model.waiting.map((/** @type {any} */ item) => html`<li>${words(item)}${isStuck(item) ? `: ${t("Not accepted")}` : ""}</li>`)}</ul>
      <p>${t("Your team has not seen this. If you sign out now, it is deleted.")}</p>
    </div>
  </section>
  ${button(t("Send now"), "button-main", model, () => act.send())}
  ${button(t("Delete it and sign out"), "", model, () => act.go(true))}
`;

/** @param {any} item */
const isStuck = ({ state }) => state === "refused" || state === "conflict";

/** @param {any} item */
const words = ({ kind, body, path }) => {
  const about = body?.local_date ? day(body.local_date) : "";
  if (kind === "entry") return t("Check-in for {day}", { day: about });
  if (kind === "correction") return t("Change of the check-in for {day}", { day: about });
  if (kind === "withdrawal") return t("A check-in that you took back");
  if (kind === "assessment") return t("Questionnaire");
  if (kind === "settings") return t("Settings");
  return path === "/v1/me/callback-requests" ? t("Request for a call") : t("A request");
};

/** @param {string} label @param {string} look @param {any} model @param {() => void} act */
const button = (label, look, { isBusy, online }, act) =>
  html`<button class="button ${look}" type="button" ?disabled=${isBusy || !online} @click=${act}>${label}</button>`;
