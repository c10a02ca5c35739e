// T9: a new measurement. Its fields follow from its kind; an unlikely value comes back with what is likely, to be looked at again.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { ifDefined } from "../../vendor/lit-html/directives/if-defined.js";
import { c, t } from "../../shared/words.js";
import { sent } from "../parts.js";
import { BONE_SITES, DIGITS, digitOf, KINDS, MOVEMENTS, wordOf } from "./measurement_words.js";

/** @param {any} model @param {any} act */
export const measureForm = ({ measuring: form }, act) => html`<section class="panel stack" aria-labelledby="measure-title">
  <h2 id="measure-title" tabindex="-1">${t("Add a measurement")}</h2>
  <form class="stack" novalidate @submit=${sent((fields) => act.measure(fields))} @change=${(/** @type {Event} */ event) => changed(event, act)}>
    <div class="fields">
      ${select("kind", t("What was measured"), form.kind, Object.entries(KINDS()), form)}
      ${FIELDS[form.kind](form)}
      ${input("measured_on", t("Date"), form, { type: "date", max: form.today })}
      <div class="field wide"><label for="m-note">${t("Note, if any")}</label><textarea id="m-note" name="note" rows="2" maxlength="500" .value=${form.values.note ?? ""}></textarea></div>
    </div>
    ${form.problem ? refused(form) : nothing}
    <div class="cluster">
      ${form.isUnlikely
        ? html`<button class="button button-main" type="submit" name="confirmed" value="true" @click=${() => act.confirmMeasuring()}>${t("It is right: record it")}</button>
            <button class="button" type="submit">${t("Record the changed value")}</button>`
        : html`<button class="button button-main" type="submit">${t("Record it")}</button>`}
      <button class="button" type="button" @click=${() => act.stopMeasuring()}>${t("Cancel")}</button>
    </div>
  </form>
</section>`;

/** @param {Event} event @param {any} act */
const changed = (event, act) => {
  const { name, form } = /** @type {HTMLSelectElement} */ (event.target);
  if (["kind", "joint"].includes(name) && form) act.changeMeasuring(Object.fromEntries(new FormData(form)), name);
};

/** @param {any} form */
const refused = ({ problem, isUnlikely }) => html`<div class="banner banner-refused" role="alert"><div class="banner-words">
  <p><b>${isUnlikely ? t("That is unlikely. Please measure or read it again.") : problem.title}</b></p>
  <ul>${Object.values(problem.errors ?? {}).flat().map((/** @type {any} */ words) => html`<li>${words}</li>`)}</ul>
  ${Object.keys(problem.errors ?? {}).length ? nothing : html`<p>${problem.detail}</p>`}
</div></div>`;

/** @type {Record<string, (form: any) => unknown>} */
const FIELDS = {
  grip_strength: (form) => [
    select("hand", t("Hand"), form.values.hand, sides(), form),
    input("tries", t("Tries, up to three"), form, { mode: "decimal", hint: t("Such as 18.5 19 18") }),
    select("unit", t("Unit"), form.values.unit ?? "kg", [["kg", "kg"], ["lb", "lb"]], form),
    select("dominant", t("Dominant hand"), form.values.dominant ?? "", [["", t("not known")], ["true", t("yes")], ["false", t("no")]], form),
  ],
  range_of_motion: (form) => {
    const joint = form.values.joint ?? "shoulder";
    return [
      select("joint", t("Joint"), joint, Object.keys(MOVEMENTS).map(named), form),
      select("movement", t("Movement"), form.values.movement, MOVEMENTS[joint].map(named), form),
      joint.startsWith("finger") ? select("digit", t("Finger"), form.values.digit, DIGITS.map((each) => [each, digitOf(each)]), form) : nothing,
      select("side", t("Side"), form.values.side, joint === "neck" ? [...sides(), ["middle", c("side", "middle")]] : sides(), form),
      input("degrees", t("Degrees from neutral"), form, { mode: "numeric" }),
    ];
  },
  vitamin_d: (form) => [
    input("value", t("Value"), form, { mode: "decimal" }),
    select("unit", t("Unit"), form.values.unit ?? "ng/ml", [["ng/ml", "ng/ml"], ["nmol/l", "nmol/l"]], form),
  ],
  bone_density: (form) => [
    select("site", t("Site"), form.values.site, BONE_SITES.map(named), form),
    input("t_score", t("T-score"), form, { mode: "decimal" }),
    input("z_score", t("Z-score, if known"), form, { mode: "decimal" }),
    input("g_per_cm2", t("Density in g/cm², if known"), form, { mode: "decimal" }),
    input("scanner", t("Scanner, if known"), form),
  ],
  weight: (form) => [
    input("value", t("Value"), form, { mode: "decimal" }),
    select("unit", t("Unit"), form.values.unit ?? "kg", [["kg", "kg"], ["lb", "lb"]], form),
  ],
};

const sides = () => [["left", c("side", "left")], ["right", c("side", "right")]];

/** @param {string} value */
const named = (value) => [value, wordOf(value)];

/** @param {string} name @param {any} form */
const wrong = (name, { problem }) => (problem?.errors?.[name] ? "true" : undefined);

/** @param {string} name @param {string} label @param {string | undefined} value @param {string[][]} options @param {any} form */
const select = (name, label, value, options, form) => html`<div class="field">
  <label for="m-${name}">${label}</label>
  <select id="m-${name}" name=${name} aria-invalid=${ifDefined(/** @type {any} */ (wrong(name, form)))}>
    ${options.map(([each, words]) => html`<option value=${each} ?selected=${each === value}>${words}</option>`)}
  </select>
</div>`;

/** @param {string} name @param {string} label @param {any} form @param {{ type?: string, mode?: string, hint?: string, max?: string }} [more] */
const input = (name, label, form, { type = "text", mode, hint, max } = {}) => html`<div class="field">
  <label for="m-${name}">${label}</label>
  <input id="m-${name}" name=${name} type=${/** @type {any} */ (type)} .value=${form.values[name] ?? ""} inputmode=${ifDefined(/** @type {any} */ (mode))} max=${ifDefined(max)}
    autocomplete="off" aria-invalid=${ifDefined(/** @type {any} */ (wrong(name, form)))} aria-describedby=${ifDefined(hint ? `m-${name}-hint` : undefined)}>
  ${hint ? html`<p class="meta" id="m-${name}-hint">${hint}</p>` : nothing}
</div>`;
