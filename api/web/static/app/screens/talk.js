// A request for a call about the tablets. It is no wish to stop, and changes no score.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { live } from "../../vendor/lit-html/directives/live.js";
import { icon } from "../../shared/icons.js";
import { dayAndClock, t } from "../../shared/words.js";
import { back } from "../frame.js";

/**
 * @typedef {object} Model
 * @property {string} reachMe @property {boolean} isWaiting saved on this phone, not sent yet
 * @property {any} open a request that the team has, and has not answered @property {string | null} readBy
 * @property {string | null} calledWhen the site's own sentence @property {boolean} saving
 */

export const title = () => t("Talk about my tablets");
export const head = () => back("today", t("Today"));

/** @param {Model} model @param {any} act */
export const view = (model, act) => html`
  <div class="stack">
    <h1 tabindex="-1">${t("Talk about my tablets")}</h1>
    <p>${t("Many people on these tablets have sore joints. Your team wants to know, and calls you.")}</p>
    ${model.calledWhen ? html`<p>${model.calledWhen}</p>` : nothing}
  </div>
  ${model.isWaiting ? waiting() : model.open ? known(model.open) : form(model, act)}
`;

const waiting = () => html`
  <section class="card">
    <div class="card-head">${icon("phone", "large")}<h2>${t("Saved on this phone")}</h2></div>
    <p>${t("Your request goes out as soon as there is internet. You can close the app.")}</p>
  </section>
`;

/** @param {any} request */
const known = (request) => html`
  <section class="card">
    <div class="card-head">${icon(request.status === "seen" ? "eye" : "sent", "large")}
      <h2>${request.status === "seen" ? t("Your team has read it") : t("Sent")}</h2></div>
    <p>${t("You asked for a call on {time}.", { time: dayAndClock(request.requested_at) })}</p>
    ${request.read_by ? html`<p>${t("Somebody from your team reads it by {time}.", { time: dayAndClock(request.read_by) })}</p>` : nothing}
  </section>
`;

/** @param {Model} model @param {any} act */
const form = (model, act) => html`
  <form class="stack" @submit=${submitted(act)} novalidate>
    <div class="field">
      <label for="reach"><strong>${t("When and where can we reach you?")}</strong></label>
      <input class="input" id="reach" maxlength="300" aria-describedby="reach-hint" .value=${live(model.reachMe)}
        @input=${(/** @type {any} */ event) => act.type(event.target.value)}>
      <p class="small soft" id="reach-hint">${t("You can leave this blank.")}</p>
    </div>
    <button class="button button-main" type="submit" ?disabled=${model.saving}>${t("Ask for a call")}</button>
    ${model.readBy ? html`<p class="small soft">${t("Somebody from your team reads it by {time}.", { time: dayAndClock(model.readBy) })}</p>` : nothing}
  </form>
`;

/** @param {any} act */
const submitted = (act) => (/** @type {Event} */ event) => {
  event.preventDefault();
  act.ask();
};
