// Thoughts of self-harm, on a page of their own: first whom to call, then the question.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { t } from "../../shared/words.js";
import { back } from "../frame.js";
import { bar as flagsBar, toggle } from "./flags.js";
import { callButton } from "./parts.js";

/** @param {any} model */
export const title = ({ question }) => question.label;

/** @param {any} model */
export const head = ({ day, question }) => back("flags", question.label, nothing, { day });

/** @param {any} model @param {any} act */
export const view = ({ selfHarm: words, ticked, team }, act) => html`
  <div class="stack">
    <h1 tabindex="-1" id="harm-text">${words.text}</h1>
    <p>${words.crisis_text}</p>
    ${callButton(words.crisis_line, t("Crisis line: {number}", { number: words.crisis_line ?? "" }), null, "button-main")}
    ${callButton(team?.emergency_number, t("Emergency: {number}", { number: team?.emergency_number ?? "" }), null, "")}
  </div>
  <div class="stack" role="group" aria-labelledby="harm-text">
    ${words.answered_by ? html`<p>${words.answered_by}</p>` : nothing}
    <div class="answers">${toggle(words.option_text, ticked.includes(words.flag), () => act.toggle(words.flag))}</div>
  </div>
`;

export const bar = flagsBar;
