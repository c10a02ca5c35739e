// Small parts that many screens of the care-team pages use. Pure.
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { ifDefined } from "../vendor/lit-html/directives/if-defined.js";
import { icon } from "./icons.js";

/**
 * What a form does when it is sent: its fields by name, as text.
 * @param {(fields: Record<string, string>) => void} does
 */
export const sent = (does) => (/** @type {SubmitEvent} */ event) => {
  event.preventDefault();
  const form = /** @type {HTMLFormElement} */ (event.currentTarget);
  does(/** @type {Record<string, string>} */ (Object.fromEntries(new FormData(form))));
};

/**
 * A text field with its label; `wrong` in the server's words.
 * @param {object} field
 * @param {string} field.name
 * @param {string} field.label
 * @param {string} [field.type] @param {string} [field.value] @param {string} [field.complete] for autocomplete
 * @param {string} [field.mode] inputmode @param {unknown} [field.hint] @param {string} [field.wrong]
 * @param {boolean} [field.required] @param {boolean} [field.first] has the focus when the screen opens
 */
export const textField = ({ name, label, type = "text", value = "", complete = "off", mode, hint, wrong, required = true, first = false }) => html`
  <div class="field">
    <label for=${name}>${label}</label>
    <input id=${name} name=${name} type=${type} .value=${value} autocomplete=${/** @type {any} */ (complete)} inputmode=${ifDefined(/** @type {any} */ (mode))}
      ?required=${required} ?data-focus=${first} aria-invalid=${ifDefined(wrong ? "true" : undefined)}
      aria-describedby=${ifDefined(wrong || hint ? `${name}-hint` : undefined)}>
    ${wrong || hint ? html`<p class=${wrong ? "error" : "meta"} id="${name}-hint">${wrong || hint}</p>` : nothing}
  </div>
`;

/**
 * A refusal in our own words, where the server's would say too much or too little.
 * @param {string} lead @param {unknown} rest
 */
export const refusal = (lead, rest) => html`<div class="banner banner-refused" role="alert">
  ${icon("alert")}
  <p class="banner-words"><b>${lead}</b> ${rest}</p>
</div>`;
