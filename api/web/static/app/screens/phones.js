// P9: the phones and browsers that are signed in, and signing one out.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { icon } from "../../shared/icons.js";
import { dayAndClock, t } from "../../shared/words.js";
import { hashOf } from "../app.js";
import { back } from "../frame.js";
import { states } from "./asked.js";

export const title = () => t("My phones");
export const head = () => back("settings", t("Settings"));

/** @param {any} model @param {any} act */
export const view = (model, act) => html`
  <div class="stack">
    <h1 tabindex="-1">${title()}</h1>
    <p>${t("These phones and browsers can open your diary.")}</p>
  </div>
  ${states(model, t("This list needs the internet."), act, (phones) => list(phones, model.asked.isSending, act))}
  <a class="button" href=${hashOf("another")}>${t("Add another phone")}</a>
`;

/** @param {any[]} phones @param {boolean} isOff @param {any} act */
const list = (phones, isOff, act) => html`
  ${phones.map((phone) => card(phone, isOff, act))}
  ${phones.length > 1 ? nothing : html`<p class="soft">${t("No other phone is signed in.")}</p>`}
`;

/** @param {any} phone @param {boolean} isOff @param {any} act */
const card = (phone, isOff, act) => html`
  <section class="card">
    <div class="card-head">${icon("phone", "large")}
      <div class="row-words"><h2>${phone.label}</h2>${phone.current ? html`<span class="soft">${t("This phone")}</span>` : nothing}</div>
    </div>
    <p class="small soft">${t("Signed in: {time}", { time: dayAndClock(phone.created_at) })}<br>
      ${t("Last used: {time}", { time: dayAndClock(phone.refreshed_at) })}</p>
    ${phone.current ? html`<a class="button button-low" href=${hashOf("leave")}>${t("Sign out of this phone")}</a>` : away(phone, isOff, act)}
  </section>
`;

/** @param {any} phone @param {boolean} isOff @param {any} act */
const away = ({ id, label }, isOff, act) => html`
  <details>
    <summary>${icon("forward")}<span>${t("Sign out “{name}”", { name: label })}</span></summary>
    <div class="stack">
      <p>${t("It can then open your diary only with a new code, and sends nothing more. Do this at once if it is lost.")}</p>
      <button class="button" type="button" ?disabled=${isOff} @click=${() => act.signOut(id)}>${t("Yes, sign it out")}</button>
    </div>
  </details>
`;
