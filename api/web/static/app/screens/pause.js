// P8: no reminders for some hours, or until a day.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { live } from "../../vendor/lit-html/directives/live.js";
import { icon } from "../../shared/icons.js";
import { t } from "../../shared/words.js";
import { back } from "../frame.js";
import { pauseWords } from "./settings.js";

export const title = () => t("Pause");
export const head = () => back("settings", t("Settings"));

/** @param {any} model @param {any} act */
export const view = (model, act) => html`
  <div class="stack">
    <h1 tabindex="-1">${title()}</h1>
    <p>${t("We do not remind you in a pause. You can check in all the same.")}</p>
  </div>
  ${model.online ? nothing : offline()}
  ${model.pause ? paused(model.pause, model.isSending, act) : nothing}
  <section class="stack" aria-labelledby="short">
    <h2 id="short">${t("For a short time")}</h2>
    <div class="row">
      ${button(t("For two hours"), model.isSending, () => act.pause("two_hours"))}
      ${button(t("Until this evening"), model.isSending, () => act.pause("tonight"))}
    </div>
  </section>
  <section class="stack" aria-labelledby="long">
    <h2 id="long">${t("For a holiday or a hospital stay")}</h2>
    <div class="field">
      <label for="until"><strong>${t("Remind me again from")}</strong></label>
      <input class="input" id="until" type="date" min=${model.first} max=${model.last} .value=${live(model.until)}
        @input=${(/** @type {any} */ event) => act.fill({ until: event.target.value })}>
      <p class="small soft">${t("Six weeks at most. For longer, please talk to your team.")}</p>
    </div>
    ${button(t("Pause until then"), model.isSending || !model.until, () => act.pause("holiday"))}
  </section>
`;

const offline = () => html`<div class="banner" role="status">
  ${icon("offline")}
  <p class="banner-words"><strong>${t("No internet.")}</strong> ${t("A pause needs the internet.")}</p>
</div>`;

/** @param {{until: string, isDay: boolean}} pause @param {boolean} isSending @param {any} act */
const paused = (pause, isSending, act) => html`<section class="card">
  <p><strong>${pauseWords(pause)}</strong></p>
  ${button(t("Remind me again now"), isSending, () => act.resume())}
</section>`;

/** @param {string} words @param {boolean} isOff @param {() => void} act */
const button = (words, isOff, act) =>
  html`<button class="button" type="button" ?disabled=${isOff} @click=${act}>${words}</button>`;
