// Alerts of a patient, newest first: why, what was done, and beside each the guidance that the site approved, with its evidence.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { dayAndClock, day as dayOf, t } from "../../shared/words.js";
import { hashOf } from "../app.js";
import { evidence } from "./alert_evidence.js";
import { doneBy, doneOf, isOpen } from "./alert_words.js";
import { eventWords, kindWords, sentence } from "./finding_words.js";
import { tier } from "./tiers.js";

/** @param {any} model @param {any} act */
export const alertsView = (model, act) => {
  const all = [...model.course.alerts].reverse();
  return html`
    <h2 class="unseen">${t("Alerts")}</h2>
    ${all.length ? nothing : html`<p>${t("No alert so far. That does not mean that all is well.")}</p>`}
    <ol class="entries" reversed>${all.map((each) => oneAlert(each, model, act))}</ol>
  `;
};

/** @param {any} marked @param {any} model @param {any} act */
const oneAlert = ({ alert, number, day }, { tabs, screens }, act) => {
  const full = tabs.alertsInFull?.[alert.id];
  return html`<li class="panel stack" aria-labelledby="alert-${alert.id}">
    <div class="cluster">
      <h3 id="alert-${alert.id}"><span class="num">${number}</span> ${kindWords(alert.kind)}</h3> ${tier(alert.tier)}
      <span class="meta num">${dayOf(day, "date")}</span>
    </div>
    <p lang="en">${sentence(alert.reason)}</p>
    <p>${isOpen(alert) ? html`<b>${doneOf(alert)}</b>` : doneOf(alert)} <span class="meta">${doneBy(alert)}</span></p>
    ${alert.held_back ? html`<p class="meta">${t("Held back until {when}:", { when: dayAndClock(alert.held_back.until) })} ${alert.held_back.reason}</p>` : nothing}
    ${evidence(alert, { isOpen: false })}
    ${full
      ? inFull(full)
      : html`<div class="cluster">
          <button class="button button-small" type="button" @click=${() => act.alertInFull(alert.id)}>${t("History and guidance")}</button>
          ${screens?.includes("alert") && isOpen(alert) ? html`<a class="button button-small" href=${hashOf("alert", { id: alert.id })}>${t("Answer it")}</a>` : nothing}
        </div>`}
  </li>`;
};

/** @param {any} alert */
const inFull = ({ history = [], guidance = [] }) => html`
  <section class="stack-tight"><h4>${t("History")}</h4>
    <ol class="log">${history.map((/** @type {any} */ { at, action, by, note }) => html`<li><time>${dayAndClock(at)}</time><div>${eventWords(action)}${by ? html`, ${by.name}` : nothing}${note ? html`<blockquote class="quote">${note}</blockquote>` : nothing}</div></li>`)}</ol>
  </section>
  <section class="stack"><h4>${t("Guidance that the site approved")}</h4>
    ${guidance.length ? nothing : html`<p class="meta">${t("None applies to this alert.")}</p>`}
    ${guidance.map(
      (/** @type {any} */ item) => html`<div class="stack-tight">
        <p>${item.text} <span class="verdict">${item.verdict.replaceAll("_", " ")}</span></p>
        ${item.correction ? html`<p><b>${t("Correction:")}</b> ${item.correction}</p>` : nothing}
        <details class="computed"><summary>${t("Evidence")}</summary><div class="in"><p>${item.evidence}</p>
          <ul>${item.citations.map((/** @type {any} */ { paper, doi }) => html`<li class="meta">${paper}${doi ? html` doi:${doi}` : nothing}</li>`)}</ul></div></details>
      </div>`,
    )}
  </section>`;
