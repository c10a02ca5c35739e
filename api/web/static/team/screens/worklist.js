// T3: who waits, worst first, and why.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { empty, loading } from "../../shared/states.js";
import { t } from "../../shared/words.js";
import { tier } from "./tiers.js";

/** @typedef {any} Model */

export const title = () => t("Worklist");

/** @param {Model} model */
export const view = (model) => html`
  <h1 tabindex="-1">${title()}</h1>
  ${model.alerts ? (model.alerts.length ? rows(model.alerts) : empty(t("Nobody waits."))) : loading()}
`;

/** @param {any[]} alerts */
const rows = (alerts) => html`<ol class="rows">${alerts.map(row)}</ol>`;

/** @param {any} alert */
const row = ({ id, tier: urgency, reason, patient }) => html`
  <li class="row" aria-labelledby="who-${id}">
    <div class="when">${tier(urgency)}</div>
    <div>
      <div class="who">
        <h2 id="who-${id}">${patient.name}</h2>
        <span class="meta num">${patient.reference}${patient.ai ? html` · ${patient.ai}` : nothing}</span>
      </div>
      <p class="why">${reason}</p>
    </div>
  </li>
`;
