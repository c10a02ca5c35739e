// One question of a questionnaire, with the answers it takes: numbers, words, several choices, or a number to type.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { live } from "../../vendor/lit-html/directives/live.js";
import { numberField } from "../../shared/number_field.js";
import { group, numbers, rows } from "../../shared/scale.js";
import { number, t } from "../../shared/words.js";

const MOST_BUTTONS = 11;

/** @param {any} item as GET /v1/instruments/{code} gives it @param {any} value @param {any} act answer, toggle */
export const itemView = (item, value, act) => {
  const { id, text } = item;
  const asked = { name: id, label: "", hint: null, lowest: item.lowest, highest: item.highest, options: optionsOf(item) };
  const heading = html`<h1 tabindex="-1" id="${id}-text">${text}</h1>`;
  if (item.choices.length) return several(item, value ?? [], heading, act);
  if (!item.integers_only || item.highest - item.lowest >= MOST_BUTTONS) return typed(item, value, act);
  const choose = (/** @type {number | string} */ chosen) => act.answer(id, Number(chosen));
  const isWorded = asked.options.length === item.highest - item.lowest + 1;
  const answers = isWorded
    ? rows(id, asked.options, value === undefined ? undefined : String(value), choose)
    : numbers(asked, value, choose);
  return group(asked, heading, answers, { isAnswered: value !== undefined, clear: () => act.answer(id, undefined) });
};

/** The answers that have words, in their order. @param {any} item @returns {{ value: string, text: string }[]} */
const optionsOf = ({ answer_texts: texts, lowest, highest }) =>
  Object.keys(texts)
    .filter((value) => Number(value) >= lowest && Number(value) <= highest)
    .sort((one, other) => Number(one) - Number(other))
    .map((value) => ({ value, text: texts[value] }));

/** @param {any} item @param {string[]} chosen @param {unknown} heading @param {any} act */
const several = ({ id, choices, answer_texts: texts }, chosen, heading, act) => html`
  <fieldset class="stack" aria-labelledby="${id}-text">
    <legend class="question">${heading}</legend>
    <div class="answers">
      ${choices.map(
        (/** @type {string} */ choice) => html`<label class="pick tick-box">
          <input type="checkbox" value=${choice} .checked=${live(chosen.includes(choice))} @change=${() => act.toggle(id, choice)}>
          <span class="face">${texts[choice] ?? choice}</span>
        </label>`,
      )}
    </div>
  </fieldset>
`;

/** @param {any} item @param {number | undefined} value @param {any} act */
const typed = ({ id, text, lowest, highest, integers_only: isWhole, answer_texts: texts }, value, act) => html`
  <div class="field">
    <h1 tabindex="-1" id="${id}-text">${text}</h1>
    <p class="soft" id="${id}-hint">
      ${t("A number from {lowest} to {highest}", { lowest: number(lowest), highest: number(highest) })}
      ${texts[lowest] ? html`<br>${number(lowest)} = ${texts[lowest]}` : nothing}
      ${texts[highest] ? html`<br>${number(highest)} = ${texts[highest]}` : nothing}
    </p>
    ${numberField({ id: `${id}-number`, labelledBy: `${id}-text`, describedBy: `${id}-hint`, lowest, highest, isWhole }, value,
      (given) => act.answer(id, given))}
  </div>
`;
