// A field for a number that is typed. What does not fit is no answer, and stays in the field to be mended.
import { html } from "../vendor/lit-html/lit-html.js";
import { live } from "../vendor/lit-html/directives/live.js";

/** What stands in the field that was typed in last: a redraw must not replace it while it is being typed. */
let typed = { id: "", text: "", fits: true };

/**
 * @param {object} field
 * @param {string} field.id
 * @param {string} field.labelledBy @param {string} [field.describedBy]
 * @param {number} field.lowest @param {number} field.highest @param {boolean} field.isWhole
 * @param {number | undefined} value @param {(given: number | undefined) => void} choose
 */
export const numberField = ({ id, labelledBy, describedBy = "", lowest, highest, isWhole }, value, choose) => {
  const take = (/** @type {Event} */ event) => {
    const input = /** @type {HTMLInputElement} */ (event.target);
    typed = { id, text: input.value, fits: input.validity.valid };
    choose(typed.fits && typed.text !== "" ? input.valueAsNumber : undefined);
  };
  const isTyped = typed.id === id && (value === undefined ? !typed.fits : Number(typed.text) === value);
  const text = isTyped ? typed.text : value === undefined ? "" : String(value);
  return html`<input class="input input-short" id=${id} type="number" inputmode=${isWhole ? "numeric" : "decimal"}
    min=${lowest} max=${highest} step=${isWhole ? "1" : "any"} aria-labelledby=${labelledBy} aria-describedby=${describedBy}
    .value=${live(text)} @input=${take}
    @change=${(/** @type {any} */ event) => event.target.reportValidity()}>`;
};

/** Whether a number on the page does not fit; the browser then says what would. */
export const hasMisfit = () => {
  const field = /** @type {HTMLInputElement | null} */ (document.querySelector("input[type=number]:invalid"));
  return Boolean(field && !field.reportValidity());
};
