// P9: a code for another phone of the patient, to type or to scan.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { clock, t } from "../../shared/words.js";
import { back } from "../frame.js";
import { offline } from "./asked.js";
import { codeCard } from "./code.js";

export const title = () => t("Add another phone");
export const head = () => back("phones", t("My phones"));

/** @param {any} model @param {any} act */
export const view = (model, act) => html`
  <div class="stack">
    <h1 tabindex="-1">${title()}</h1>
    <p>${t("For a second phone or a tablet of your own. The code works once, for 10 minutes.")}</p>
    <p>${t("Whoever has the code can open your diary. Please show it to nobody.")}</p>
  </div>
  ${model.online ? nothing : offline(false, model.offlineSince, t("A code needs the internet."))}
  ${model.asked.value && !model.isOver ? code(model.asked.value) : nothing}
  ${model.isOver ? html`<p role="status"><strong>${t("This code does not work any more.")}</strong></p>` : nothing}
  ${!model.asked.value || model.isOver ? make(model, act) : nothing}
`;

/** @param {any} model @param {any} act */
const make = ({ asked, isOver }, act) =>
  html`<button class="button button-main" type="button" ?disabled=${asked.isSending} @click=${() => act.make()}>
    ${isOver ? t("Show a new code") : t("Show a code")}
  </button>`;

/** @param {any} made */
const code = (made) => codeCard(made, t("Works until {time}", { time: clock(made.expires_at) }));
