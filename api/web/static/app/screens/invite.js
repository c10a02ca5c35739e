// P10: letting somebody in to the diary: who, what they may do, until when; then the code for their phone.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { live } from "../../vendor/lit-html/directives/live.js";
import { problemView } from "../../shared/problem.js";
import { dayAndClock, t } from "../../shared/words.js";
import { hashOf } from "../app.js";
import { back } from "../frame.js";
import { offline } from "./asked.js";
import { codeCard } from "./code.js";

export const title = () => t("Let somebody in");
export const head = () => back("people", t("People I let in"));

/** @param {any} model @param {any} act */
export const view = (model, act) => (model.asked.value ? invited(model.asked.value) : form(model, act));

/** @param {any} made */
const invited = ({ name, activation }) => html`
  <div class="stack">
    <h1 tabindex="-1">${t("The code for {name}", { name })}</h1>
    <p>${t("Please give it to this person only. It is not shown again.")}</p>
  </div>
  ${codeCard(activation, t("Works until {time}", { time: dayAndClock(activation.expires_at) }))}
  <a class="button" href=${hashOf("people")}>${t("Done")}</a>
`;

/** @param {any} model @param {any} act */
const form = (model, act) => html`
  <h1 tabindex="-1">${title()}</h1>
  ${model.online ? nothing : offline(false, model.offlineSince, t("Letting somebody in needs the internet."))}
  <form class="stack" novalidate @submit=${submitted(act)}>
    <div class="field">
      <label for="name"><strong>${t("Who is it?")}</strong></label>
      <input class="input" id="name" maxlength="80" autocomplete="off" aria-describedby="name-hint" .value=${live(model.name)}
        @input=${(/** @type {any} */ event) => act.fill({ name: event.target.value })}>
      <p class="small soft" id="name-hint">${t("A name that you know the person by. Your team sees it, too.")}</p>
    </div>
    ${scopes(model, act)}
    <div class="field">
      <label for="until"><strong>${t("Last day")}</strong></label>
      <input class="input" id="until" type="date" min=${model.first} max=${model.last} .value=${live(model.until)}
        @input=${(/** @type {any} */ event) => act.fill({ until: event.target.value })}>
    </div>
    <p>${t("The person sees your answers, questionnaires and curve, but not your phones and not this part of the app. Everything the person does is written down for you.")}</p>
    ${problemView(model.wrong)}
    <button class="button button-main" type="submit" ?disabled=${model.asked.isSending}>${t("Show the code")}</button>
  </form>
`;

/** @param {any} model @param {any} act */
const scopes = (model, act) => html`<fieldset class="stack-tight">
  <legend><strong>${t("What may this person do?")}</strong></legend>
  <div class="answers">
    ${[["read", t("Only read my diary")], ["write", t("Read, and also check in for me")]].map(
      ([value, words]) => html`<label class="pick">
        <input type="radio" name="scope" .checked=${live(model.scope === value)} @change=${() => act.fill({ scope: value })}>
        <span class="face">${words}</span>
      </label>`,
    )}
  </div>
</fieldset>`;

/** @param {any} act */
const submitted = (act) => (/** @type {Event} */ event) => {
  event.preventDefault();
  act.send();
};
