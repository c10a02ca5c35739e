// Number buttons: one tap, one key press, nothing chosen beforehand. A question as a group of radio buttons.
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { live } from "../vendor/lit-html/directives/live.js";
import { t } from "./words.js";

/**
 * @typedef {object} Asked a question as GET /v1/check-in words it
 * @property {string} name @property {string} label @property {string | null} hint
 * @property {number} lowest @property {number} highest @property {{ value: string, text: string }[]} options
 */

/**
 * The group around the answers of a question: named by its label and its text.
 * @param {Asked} asked @param {unknown} heading the text of the question, as a heading with the id `{name}-text`
 * @param {unknown} answers @param {{ isAnswered: boolean, clear: () => void }} more
 */
export const group = ({ name, label, hint }, heading, answers, { isAnswered, clear }) => html`
  <fieldset class="stack" role="radiogroup" aria-labelledby="${name}-label ${name}-text"
    aria-describedby=${hint ? `${name}-hint` : nothing}>
    <legend class="question"><span class="unseen" id="${name}-label">${label}</span>${heading}</legend>
    ${hint ? html`<p class="soft" id="${name}-hint">${hint}</p>` : nothing} ${answers}
  </fieldset>
  ${isAnswered
    ? html`<button class="button button-low button-plain clear" type="button" @click=${clear}>${t("Clear answer")}</button>`
    : nothing}
`;

/**
 * The numbers of a scale: the lowest over the full width, the highest with its words below.
 * @param {Asked} asked @param {number | undefined} value @param {(chosen: number) => void} choose
 */
export const numbers = ({ name, lowest, highest, options }, value, choose) => {
  const end = (/** @type {number} */ number) => options.find((each) => each.value === String(number))?.text ?? "";
  const count = highest - lowest + 1;
  return html`<div class="scale">
    ${Array.from({ length: count }, (_, place) => lowest + place).map(
      (number) => html`<label class="pick ${number === lowest ? "zero" : number === highest ? "ten" : ""}">
        <input type="radio" name=${name} value=${number} .checked=${live(value === number)} @change=${() => choose(number)}>
        <span class="face">${number}${words(number === lowest, number === highest && end(number), end(lowest))}</span>
      </label>`,
    )}
    ${end(highest) ? html`<p class="end-words" aria-hidden="true">${highest} = ${end(highest)}</p>` : nothing}
  </div>`;
};

/** @param {boolean} isLowest @param {string | false} highest @param {string} lowest */
const words = (isLowest, highest, lowest) =>
  isLowest ? html` <small>${lowest}</small>` : highest ? html`<span class="unseen"> ${highest}</span>` : nothing;

/**
 * Answers in words, one below the other.
 * @param {string} name @param {{ value: string, text: string }[]} options
 * @param {string | undefined} value @param {(chosen: string) => void} choose
 */
export const rows = (name, options, value, choose) => html`<div class="answers">
  ${options.map(
    (each) => html`<label class="pick">
      <input type="radio" name=${name} value=${each.value} .checked=${live(value === each.value)} @change=${() => choose(each.value)}>
      <span class="face">${each.text}</span>
    </label>`,
  )}
</div>`;

/**
 * Answers of which several may be chosen, side by side.
 * @param {{ value: string, text: string, isOn: boolean, toggle: () => void }[]} options
 */
export const chips = (options) => html`<div class="chips chips-even">
  ${options.map(
    ({ value, text, isOn, toggle }) => html`<label class="pick">
      <input type="checkbox" value=${value} .checked=${live(isOn)} @change=${toggle}>
      <span class="face">${text}</span>
    </label>`,
  )}
</div>`;

/**
 * A key as an answer of a scale: digits are themselves, `t` is ten.
 * @param {KeyboardEvent} event @returns {number | null}
 */
export const keyAsNumber = ({ key, ctrlKey, metaKey, altKey, target }) => {
  const isTyping = /** @type {Element} */ (target).matches("textarea, input:not([type=radio]):not([type=checkbox])");
  if (isTyping || ctrlKey || metaKey || altKey) return null;
  if (key === "t") return 10;
  return /^\d$/.test(key) ? Number(key) : null;
};
