// What can be done about an alert: acknowledge, snooze, assign, resolve; at its lower edge.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { ifDefined } from "../../vendor/lit-html/directives/if-defined.js";
import { dayAndClock, t } from "../../shared/words.js";
import { sent } from "../parts.js";
import { kindWords, outcomes } from "./finding_words.js";

/** @typedef {any} Model */

/** @param {Model} model @param {any} act */
export const actBar = (model, act) => (model.alert.closed_at ? nothing : html`<div class="actbar">${buttons(model, act)} ${part(model, act)}</div>`);

/** @param {Model} model @param {any} act */
const buttons = ({ alert, how, isAble, isBusy }, act) => {
  const isOff = !isAble || isBusy;
  const button = (/** @type {string} */ words, /** @type {string | null} */ name, /** @type {() => void} */ does) => html`<button class="button" type="button"
    aria-expanded=${ifDefined(name ? String(how === name) : undefined)} aria-disabled=${ifDefined(isOff ? "true" : undefined)}
    aria-describedby=${ifDefined(isAble ? undefined : "not-live")} @click=${() => isOff || does()}>${words}</button>`;
  return html`<div class="segments-act">
    ${alert.status === "open" ? button(t("Acknowledge"), null, () => act.acknowledge()) : nothing}
    ${button(t("Snooze"), "snooze", () => act.toggle("snooze"))} ${button(t("Assign"), "assign", () => act.toggle("assign"))}
    ${how === "resolve" ? nothing : button(t("Resolve"), "resolve", () => act.toggle("resolve"))}
  </div>`;
};

/** @param {Model} model @param {any} act */
const part = (model, act) => ({ snooze, assign, resolve })[/** @type {"snooze"} */ (model.how)]?.(model, act) ?? nothing;

const ENDS = /** @type {Record<string, () => string>} */ ({
  "4h": () => t("4 hours"),
  tomorrow: () => t("Until tomorrow"),
  week: () => t("1 week"),
});

/** @param {Model} model @param {any} act */
const snooze = ({ snoozes, alert, isBusy }, act) => html`<div class="stack" role="group" aria-label=${t("Snooze")}>
  <p class="meta">${t("Then it opens again, and the team is told again. Something new opens it at once.")}</p>
  <div class="cluster">
    ${snoozes.map((/** @type {any} */ { name, until }) => html`<button class="button button-small" type="button" ?disabled=${isBusy} @click=${() => act.snooze(until)}>${ENDS[name]()} <span class="meta">${dayAndClock(until)}</span></button>`)}
  </div>
  ${alert.tier === "same_day"
    ? html`<p class="meta">${t("What is to be answered on the same day sleeps 12 hours at most.")}</p>`
    : html`<form class="cluster" @submit=${sent(({ day }) => act.snoozeUntilDay(day))}>
        <label for="snooze-day">${t("Until the morning of")}</label><input class="input-day" id="snooze-day" name="day" type="date" required>
        <button class="button button-small" ?disabled=${isBusy}>${t("Snooze until then")}</button>
      </form>`}
</div>`;

/** @param {Model} model @param {any} act */
const assign = ({ staff, alert, me, isBusy }, act) => {
  const to = (/** @type {string | null} */ id, /** @type {string} */ words) => html`<button class="button button-small" type="button" ?disabled=${isBusy} @click=${() => act.assign(id)}>${words}</button>`;
  return html`<div class="cluster" role="group" aria-label=${t("Assign")}>
    ${alert.assigned_to?.id === me.id ? nothing : to(me.id, t("To me"))}
    ${(staff ?? []).filter((/** @type {any} */ { id }) => id !== me.id && id !== alert.assigned_to?.id).map((/** @type {any} */ { id, name }) => to(id, name))}
    ${alert.assigned_to ? to(null, t("To nobody")) : nothing}
  </div>`;
};

/** @param {Model} model @param {any} act */
const resolve = ({ draft, others, isAble, isBusy }, act) => html`<form class="resolve" @submit=${sent(() => isAble && act.resolve())}>
  <fieldset>
    <legend>${t("What came of it?")}</legend>
    <div class="choices">
      ${outcomes().map(([value, words]) => html`<label class="choice">
        <input type="radio" name="outcome" value=${value} required .checked=${draft.outcome === value} @change=${() => act.write({ outcome: value })}><span>${words}</span>
      </label>`)}
    </div>
  </fieldset>
  ${others.map((/** @type {any} */ other) => also(other, draft, act))}
  <div class="field">
    <label for="note">${t("Note (optional, for the team)")}</label>
    <textarea id="note" rows="3" maxlength="2000" .value=${draft.note} @input=${(/** @type {any} */ event) => act.write({ note: event.target.value })}></textarea>
  </div>
  <div class="cluster">
    <button class="button button-main" ?disabled=${isBusy} aria-disabled=${ifDefined(isAble ? undefined : "true")}>${draft.also.length ? t("Resolve all") : t("Resolve")}</button>
    <button class="button" type="button" @click=${() => act.toggle("resolve")}>${t("Cancel")}</button>
  </div>
</form>`;

/** Another alert of the patient, which the same outcome can answer. @param {any} other @param {any} draft @param {any} act */
const also = ({ id, kind, raised_at }, draft, act) => html`<label class="choice">
  <input type="checkbox" .checked=${draft.also.includes(id)}
    @change=${(/** @type {any} */ event) => act.write({ also: event.target.checked ? [...draft.also, id] : draft.also.filter((/** @type {string} */ each) => each !== id) })}>
  <span>${t("Answers this too: {kind}, {moment}", { kind: kindWords(kind), moment: dayAndClock(raised_at) })}</span>
</label>`;
