// P8: when the reminder of a check-in comes.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { live } from "../../vendor/lit-html/directives/live.js";
import { problemView } from "../../shared/problem.js";
import { t } from "../../shared/words.js";
import { back } from "../frame.js";
import { switchRow } from "./rows.js";
import { weekday } from "./settings.js";

export const title = () => t("Day and time");
export const head = () => back("settings", t("Settings"));

/** @param {any} model @param {any} act */
export const view = ({ form, wrong }, act) => html`
  <h1 tabindex="-1">${title()}</h1>
  <form class="stack" novalidate @submit=${submitted(act)}>
    <fieldset>
      <legend><strong>${t("Day of your check-in")}</strong></legend>
      <div class="chips chips-even">
        ${[0, 1, 2, 3, 4, 5, 6].map(
          (number) => html`<label class="pick">
            <input type="radio" name="weekday" .checked=${live(form.weekday === number)} @change=${() => act.fill({ weekday: number })}>
            <span class="face">${weekday(number)}</span>
          </label>`,
        )}
      </div>
    </fieldset>
    ${time("at", t("Time of the reminder"), form.at, act)}
    <ul class="rows">
      ${switchRow(t("Remind me a second time"), form.isTwice, (isTwice) => act.fill({ isTwice }), t("On the same day, unless you have checked in."))}
    </ul>
    ${form.isTwice ? time("again", t("Time of the second reminder"), form.again, act) : nothing}
    ${problemView(wrong)}
    <button class="button button-main" type="submit">${t("Save")}</button>
  </form>
  <p class="small soft">${t("In between you can check in at any time. In your quiet hours nothing comes.")}</p>
`;

/** A field for a time of the day. @param {string} name @param {string} words @param {string} value @param {any} act */
export const time = (name, words, value, act) => html`<div class="field">
  <label for=${name}><strong>${words}</strong></label>
  <input class="input" id=${name} type="time" .value=${live(value)} @input=${(/** @type {any} */ event) => act.fill({ [name]: event.target.value })}>
</div>`;

/** @param {any} act */
export const submitted = (act) => (/** @type {Event} */ event) => {
  event.preventDefault();
  act.send();
};
