// P2: what is due today.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { empty, loading, offline } from "../../shared/states.js";
import { day, n, t } from "../../shared/words.js";

/**
 * @typedef {object} Model
 * @property {string} today @property {boolean} loading @property {boolean} online @property {number | null} offlineSince
 * @property {any[] | null} due questionnaires
 */

export const title = () => t("Today");

/** @param {Model} model @param {any} act */
export const view = (model, act) => html`
  <div class="stack-tight">
    <p class="eyebrow">${day(model.today)}</p>
    <h1 tabindex="-1">${t("Today")}</h1>
  </div>
  ${offline(model)} ${model.loading ? loading() : dueList(model)}
`;

/** @param {Model} model */
const dueList = ({ due }) =>
  due === null
    ? nothing
    : due.length === 0
      ? empty(t("Nothing is due. You can check in at any time."))
      : html`<p>${n("{n} questionnaire is due.", "{n} questionnaires are due.", due.length)}</p>`;
