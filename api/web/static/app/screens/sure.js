// A question before something is given up: the browser's own dialog, closed by Escape as well.
import { html } from "../../vendor/lit-html/lit-html.js";
import { t } from "../../shared/words.js";

/**
 * @param {string} question @param {string} more what follows from a yes @param {string} yes words of the button
 * @param {(answer: string) => void} decide "yes", or anything else
 */
export const sure = (question, more, yes, decide) => html`
  <dialog id="sure" class="sure" aria-labelledby="sure-question" @close=${(/** @type {any} */ event) => decide(event.target.returnValue)}>
    <form method="dialog" class="stack">
      <h2 id="sure-question">${question}</h2>
      <p>${more}</p>
      <div class="row">
        <button class="button button-main" value="yes">${yes}</button>
        <button class="button" value="no" autofocus>${t("Leave it")}</button>
      </div>
    </form>
  </dialog>
`;
