// P0: the code from the team is entered once; looking at it uses nothing up.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { live } from "../../vendor/lit-html/directives/live.js";
import { icon } from "../../shared/icons.js";
import { problemView } from "../../shared/problem.js";
import { t } from "../../shared/words.js";
import { hashOf } from "../app.js";
import { homeScreenSteps } from "./home_screen.js";

/**
 * @typedef {object} Model
 * @property {boolean} isAgain this phone was signed in before @property {boolean} wiped
 * @property {boolean} fromLink the code stood in the address
 * @property {string} code @property {string} label @property {boolean} sending @property {boolean} copied
 * @property {boolean} install true: an iPhone's browser, where the app should be put on the home screen first
 * @property {import("../../shared/problem.js").Problem | null} problem
 */

/** @param {Model} model */
export const title = (model) => (model.isAgain ? t("Please sign in again") : t("Welcome"));

/** @param {Model} model @param {any} act */
export const view = (model, act) => html`
  <div class="stack">
    <p class="eyebrow">AIMSS Monitor</p>
    <h1 tabindex="-1">${title(model)}</h1>
    ${model.isAgain
      ? html`<p>${t("This phone was signed out. What you saved is safe, and goes out as soon as you are in.")}</p>`
      : html`<p>${t("Your breast-care team invited you to tell them how your joints are. A few taps, on the days you choose.")}</p>`}
    ${model.wiped ? html`<p><strong>${t("The phone removed what this app had kept. What your team has received is safe.")}</strong></p>` : nothing}
  </div>
  ${model.install ? homeScreen(model, act) : form(model, act)}
  ${model.isAgain ? html`<a class="button button-low" href=${hashOf("today")}>${t("Go on, sign in later")}</a>` : nothing}
`;

/** @param {Model} model @param {any} act */
const form = (model, act) => html`
  <form class="stack activate" @submit=${submitted(act)} novalidate>
    <section class="card">
      ${codeField(model, act)}
      <p class="small soft" id="code-hint">
        ${model.fromLink
          ? t("From the link you were given. It works once, for one phone.")
          : t("It stands in the letter, the message or the link that your team gave you. Upper or lower case, with or without the dash.")}
      </p>
    </section>
    <div class="field">
      <label for="label"><strong>${t("A name for this phone")}</strong></label>
      <input class="input" id="label" name="label" maxlength="80" .value=${live(model.label)}
        @input=${(/** @type {any} */ event) => act.name(event.target.value)} aria-describedby="label-hint">
      <p class="small soft" id="label-hint">${t("So you can tell it from another one later.")}</p>
    </div>
    ${problemView(model.problem)}
    <button class="button button-main" type="submit" ?disabled=${model.sending}>${model.isAgain ? t("Sign in") : t("Activate")}</button>
    <p class="small soft">${t("This needs the internet once. Afterwards the app works without it.")}</p>
  </form>
`;

/** @param {Model} model @param {any} act */
const codeField = (model, act) => html`
  <label for="code"><strong>${t("Activation code")}</strong></label>
  <input class="input input-code" id="code" name="code" .value=${live(model.code)} inputmode="text"
    autocapitalize="characters" autocomplete="one-time-code" autocorrect="off" spellcheck="false"
    aria-describedby="code-hint" aria-invalid=${model.problem ? "true" : "false"}
    @input=${(/** @type {any} */ event) => act.type(event.target.value)}>
  ${model.code
    ? html`<button class="button button-low" type="button" @click=${() => act.copy()}>
        ${icon(model.copied ? "tick" : "copy")}<span>${model.copied ? t("Copied") : t("Copy the code")}</span>
      </button>`
    : nothing}
`;

/** The three steps on an iPhone, where the browser and the app on the home screen do not share what they keep.
 * @param {Model} model @param {any} act */
const homeScreen = (model, act) => html`
  <section class="stack">
    <h2>${t("First put the app on your home screen")}</h2>
    <p>${t("On an iPhone only the app on the home screen can remind you, and only there your answers are safe.")}</p>
    ${homeScreenSteps()}
    <section class="card">${codeField(model, act)}<p class="small soft" id="code-hint">${t("Looking at the code does not use it up.")}</p></section>
    <button class="button button-plain" type="button" @click=${() => act.stayInBrowser()}>${t("Use it in the browser instead")}</button>
    <p class="small soft">${t("There are no notifications then, and the phone may remove what is kept after 7 days without use.")}</p>
  </section>
`;

/** @param {any} act */
const submitted = (act) => (/** @type {Event} */ event) => {
  event.preventDefault();
  act.activate();
};
