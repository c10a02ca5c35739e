// All treatments of a patient, to be set anew: the present one last.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { drugOf } from "../../shared/treatments.js";
import { t } from "../../shared/words.js";
import { REASONS } from "./patient_treatments.js";

const DRUGS = ["letrozole", "anastrozole", "exemestane"];

/** @param {any} treating @param {any} act */
export const treatmentsForm = ({ rows, problem }, act) => html`<form class="stack" @submit=${(/** @type {SubmitEvent} */ event) => {
  event.preventDefault();
  act.treat(rowsOf(/** @type {HTMLFormElement} */ (event.currentTarget)));
}}>
  <p class="meta">${t("In the order of time, the present one last. Scores and risk count from its first day, and are worked out again where that changes.")}</p>
  ${rows.map((/** @type {any} */ row, /** @type {number} */ place) => oneRow(row, place, rows.length, act))}
  ${problem
    ? html`<div class="banner banner-refused" role="alert"><div class="banner-words"><p><b>${problem.title}</b> ${problem.detail}</p>
        <ul>${Object.values(problem.errors ?? {}).flat().map((each) => html`<li>${each}</li>`)}</ul></div></div>`
    : nothing}
  <div class="cluster">
    <button class="button button-main" type="submit">${t("Set the treatments")}</button>
    <button class="button" type="button" @click=${(/** @type {Event} */ event) => act.addTreatment(rowsOf(formOf(event)))}>${t("Add a treatment")}</button>
    <button class="button" type="button" @click=${() => act.stopTreating()}>${t("Cancel")}</button>
  </div>
</form>`;

/** @param {Event} event */
const formOf = (event) => /** @type {HTMLFormElement} */ (/** @type {HTMLElement} */ (event.target).closest("form"));

/** What stands in the form. @param {HTMLFormElement} form */
const rowsOf = (form) => {
  const of = (/** @type {string} */ name) => new FormData(form).getAll(name).map((value) => String(value) || null);
  const [drugs, from, until, why] = ["ai", "from", "until", "why_stopped"].map(of);
  return drugs.map((ai, place) => ({ ai, from: from[place], until: until[place], why_stopped: why[place] }));
};

/** @param {any} row @param {number} place @param {number} count @param {any} act */
const oneRow = ({ ai, from, until, why_stopped: why }, place, count, act) => html`<fieldset class="treatment">
  <legend class="unseen">${t("Treatment {number}", { number: place + 1 })}</legend>
  <div class="fields">
    <div class="field"><label for="ai-${place}">${t("Tablets")}</label><select id="ai-${place}" name="ai">
      <option value="" ?selected=${!ai}>${t("not known")}</option>${DRUGS.map((each) => html`<option value=${each} ?selected=${each === ai}>${drugOf(each)}</option>`)}</select></div>
    <div class="field"><label for="from-${place}">${t("First day")}</label><input id="from-${place}" name="from" type="date" .value=${from ?? ""}></div>
    <div class="field"><label for="until-${place}">${t("Last day, if it ended")}</label><input id="until-${place}" name="until" type="date" .value=${until ?? ""}></div>
    <div class="field"><label for="why-${place}">${t("Why it ended")}</label><select id="why-${place}" name="why_stopped">
      <option value="" ?selected=${!why}>${t("not known")}</option>${Object.entries(REASONS()).map(([each, words]) => html`<option value=${each} ?selected=${each === why}>${words}</option>`)}</select></div>
  </div>
  ${count > 1 ? html`<button class="button button-small" type="button" @click=${(/** @type {Event} */ event) => act.removeTreatment(rowsOf(formOf(event)), place)}>${t("Remove treatment {number}", { number: place + 1 })}</button>` : nothing}
</fieldset>`;
