// Measurements by staff, newest first; one more can be added. What is unlikely is asked about, never changed.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { loading } from "../../shared/states.js";
import { day as dayOf, dayAndClock, t } from "../../shared/words.js";
import { measureForm } from "./measure_form.js";
import { nameOf, valueInWords } from "./measurement_words.js";

/** @param {any} model @param {any} act */
export const measurementsView = (model, act) => {
  const { tabs, mayWrite, measuring } = model;
  if (!tabs.measurements) return loading();
  const { items } = tabs.measurements;
  return html`
    ${mayWrite
      ? measuring
        ? measureForm(model, act)
        : html`<div class="cluster"><button class="button button-main" type="button" id="measure" @click=${() => act.startMeasuring()}>${t("Add a measurement")}</button></div>`
      : nothing}
    ${items.length ? table(items) : html`<p>${t("Nothing measured yet.")}</p>`}
  `;
};

/** @param {any[]} items */
const table = (items) => html`<div class="scroll panel" tabindex="0" role="region" aria-labelledby="measurements-title"><table class="table">
  <caption id="measurements-title">${t("Measurements, newest first")}</caption>
  <thead><tr><th scope="col">${t("Date")}</th><th scope="col">${t("What")}</th><th scope="col" class="n">${t("Value")}</th><th scope="col">${t("What it means")}</th></tr></thead>
  <tbody>${items.map(row)}</tbody>
</table></div>`;

/** @param {any} measurement */
const row = (measurement) => {
  const { measured_on: day, interpretation, note, confirmed, recorded_at: at } = measurement;
  return html`<tr>
    <th scope="row" class="num">${dayOf(day, "date")}</th>
    <td>${nameOf(measurement)}</td>
    <td class="n">${valueInWords(measurement)}</td>
    <td>${interpretation
        ? html`${interpretation.description}${interpretation.cautions.map((/** @type {string} */ each) => html`<br><span class="meta">${each}</span>`)}
          <br><span class="meta">${interpretation.sources.join("; ")}</span>`
        : nothing}
      ${note ? html`<br>${note}` : nothing}
      <br><span class="meta">${t("recorded {when}", { when: dayAndClock(at) })}${confirmed ? html`, ${t("confirmed although unlikely")}` : nothing}</span></td>
  </tr>`;
};
