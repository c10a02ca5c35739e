// Rows of a list of settings: one that opens a screen, one with a switch, one that only tells.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { live } from "../../vendor/lit-html/directives/live.js";
import { icon } from "../../shared/icons.js";
import { t } from "../../shared/words.js";
import { hashOf } from "../app.js";

/** @param {string} words @param {unknown} [more] */
const both = (words, more = nothing) => html`<span class="row-words">
  <span>${words}</span>${more === nothing || more === "" ? nothing : html`<span class="soft">${more}</span>`}
</span>`;

/** A row that opens a screen. @param {string} screen @param {string} words @param {unknown} [more] */
export const linkRow = (screen, words, more) => html`<li>
  <a class="row-link" href=${hashOf(screen)}>${both(words, more)}${icon("forward")}</a>
</li>`;

/** A row that does something at once. @param {string} words @param {unknown} more @param {() => void} act @param {boolean} [isBusy] */
export const buttonRow = (words, more, act, isBusy = false) => html`<li>
  <button class="row-link" type="button" ?disabled=${isBusy} @click=${act}>${both(words, more)}${icon("forward")}</button>
</li>`;

/** A row that tells something. @param {string} words @param {unknown} more @param {string} [picture] */
export const factRow = (words, more, picture) => html`<li>${both(words, more)}${picture ? icon(picture) : nothing}</li>`;

/** A row with a switch. @param {string} words @param {boolean} isOn @param {(isOn: boolean) => void} act @param {unknown} [more] */
export const switchRow = (words, isOn, act, more) => html`<li>
  ${both(words, more)}
  <label class="switch">
    <span class="unseen">${words}</span>
    <input type="checkbox" role="switch" .checked=${live(isOn)}
      @change=${(/** @type {any} */ event) => act(event.target.checked)}>
    <span class="face"></span><span class="word" aria-hidden="true">${isOn ? t("On") : t("Off")}</span>
  </label>
</li>`;

/** Answers of which one is chosen at once. @param {string} name @param {string} question
 * @param {{value: string, words: string, lang?: string}[]} answers @param {string} chosen @param {(value: string) => void} act */
export const choices = (name, question, answers, chosen, act) => html`<fieldset>
  <legend class="unseen">${question}</legend>
  <div class="answers">
    ${answers.map(
      ({ value, words, lang }) => html`<label class="pick">
        <input type="radio" name=${name} .value=${value} .checked=${live(value === chosen)} @change=${() => act(value)}>
        <span class="face" lang=${lang ?? nothing}>${words}</span>
      </label>`,
    )}
  </div>
</fieldset>`;
