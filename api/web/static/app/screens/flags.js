// P3r: signs that the team should hear about now. Nothing is ticked beforehand, and none of these sends nothing.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { icon } from "../../shared/icons.js";
import { t } from "../../shared/words.js";
import { hashOf } from "../app.js";
import { back } from "../frame.js";
import { callButton, stateIcon, stateInWords } from "./parts.js";
import { undoButton } from "./saved.js";

/** @param {any} model */
export const title = ({ question }) => question.label;

/** @param {any} model */
export const head = ({ day }) => back("checkin", t("Check in"), nothing, { day });

/** @param {any} model @param {any} act */
export const view = (model, act) => html`
  ${model.last.isThisDay && model.last.entry ? savedLine(model.last, act) : nothing}
  ${model.wasSlipSent ? slipSent() : nothing}
  <fieldset class="stack" aria-labelledby="flags-text" aria-describedby="flags-hint">
    <legend class="question"><h1 tabindex="-1" id="flags-text">${model.question.text}</h1></legend>
    <p class="soft" id="flags-hint">${model.question.hint}</p>
    <div class="answers">
      ${model.question.options
        .filter((/** @type {any} */ { offered }) => offered)
        .map((/** @type {any} */ { value, text }) => toggle(text, model.ticked.includes(value), () => act.toggle(value)))}
      ${toggle(model.question.unanswered_text, model.isNone, () => act.none(), "apart")}
    </div>
  </fieldset>
  ${selfHarm(model)}
`;

/** @param {string} text @param {boolean} isOn @param {() => void} press @param {string} [look] */
export const toggle = (text, isOn, press, look = "") => html`
  <button class="pick tick-box toggle ${look}" type="button" aria-pressed=${isOn ? "true" : "false"} @click=${press}>
    <span class="face">${text}</span>
  </button>
`;

/** What became of the answers that were just sent. @param {any} last @param {any} act */
const savedLine = (last, act) => html`<div class="saved-line">
  <p class="state state-done">${stateIcon(last.entry)}<span>${stateInWords(last.entry)}</span></p>
  ${last.canUndo ? undoButton(act) : nothing}
</div>`;

const slipSent = () => html`<div class="banner">
  ${icon("call")}
  <p class="banner-words">${t("It is taken back. Your team had been told already, and may call you all the same.")}</p>
</div>`;

/** Asked on a page of its own where the site says who answers; else the crisis line stands here unasked. @param {any} model */
const selfHarm = ({ selfHarm: words, day }) => {
  if (words.offered) {
    return html`<ul class="rows"><li>
      <a class="row-link" href=${hashOf("harm", { day })}>
        <span class="row-words"><strong>${words.text}</strong><span class="soft">${t("There is a page about this.")}</span></span>
        ${icon("forward")}
      </a>
    </li></ul>`;
  }
  return words.crisis_line
    ? html`<section class="card">
        <p>${words.crisis_text}</p>
        ${callButton(words.crisis_line, t("Crisis line: {number}", { number: words.crisis_line }), null, "button-low")}
      </section>`
    : nothing;
};

/** @param {any} model @param {any} act */
export const bar = (model, act) => html`<section class="bar" aria-label=${t("Go on")}>
  <div class="bar-in"><button class="button button-main" type="button" @click=${() => act.next()}>${t("Next")}</button></div>
</section>`;
