// Please call now: the numbers of the site first. What was ticked is saved already, and the page says if it was sent.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { icon } from "../../shared/icons.js";
import { phoneNumberOf } from "../../shared/phone_number.js";
import { list, t } from "../../shared/words.js";
import { callButton, stateIcon, stateOf } from "./parts.js";

export const title = () => t("Please call now");

/** @param {any} model @param {string} group */
const has = ({ chosen }, group) => chosen.some((/** @type {any} */ each) => each.group === group);

/** @param {any} model */
export const head = (model) => html`
  <div class="call" role="alertdialog" aria-labelledby="call" aria-describedby="call-why">
    <div class="page">
      <div class="stack">
        <span class="call-mark">${icon("urgent", "large")}</span>
        <h1 id="call" tabindex="-1">${t("Please call now")}</h1>
        <div class="stack" id="call-why">${why(model)}</div>
      </div>
      <div class="stack">${numbers(model)}</div>
    </div>
  </div>
`;

/** @param {any} model */
const why = (model) => {
  const signs = model.chosen.filter((/** @type {any} */ { group }) => group !== "crisis").map((/** @type {any} */ { text }) => text);
  return html`
    ${signs.length ? html`<p>${t("You ticked:")} <strong>${list(signs)}.</strong></p>` : nothing}
    ${has(model, "emergency") ? html`<p>${t("This can be an emergency.")}</p>` : nothing}
    ${has(model, "crisis") ? html`<p>${model.selfHarm.crisis_text}</p>` : nothing}
    ${has(model, "same_day") ? html`<p>${t("Your team wants to hear about this today, by phone.")}</p>` : nothing}
  `;
};

/** The number that fits what was ticked comes first; a number the site has not set is never guessed. @param {any} model */
const numbers = (model) => {
  const { team, selfHarm } = model;
  const isEmergency = has(model, "emergency");
  const order = isEmergency ? ["emergency", "crisis", "team"] : has(model, "crisis") ? ["crisis", "team", "emergency"] : ["team", "emergency"];
  const phone = phoneNumberOf(team);
  const known = {
    emergency: team?.emergency_number && [
      team.emergency_number,
      t("Emergency: {number}", { number: team.emergency_number }),
      isEmergency ? null : t("if nobody answers, or it gets worse"),
    ],
    crisis: has(model, "crisis") && selfHarm.crisis_line && [
      selfHarm.crisis_line,
      t("Crisis line: {number}", { number: selfHarm.crisis_line }),
      null,
    ],
    team: phone && [phone, t("Call your breast-care team"), [phone, team.hours].filter(Boolean).join(", ")],
  };
  const shown = order.map((name) => /** @type {any} */ (known)[name]).filter(Boolean);
  return html`
    ${isEmergency && !known.emergency ? html`<p><strong>${t("Call the emergency number where you are.")}</strong></p>` : nothing}
    ${shown.map(([number, words, more], place) => callButton(number, words, more, place ? "button-urgent-second" : "button-urgent", !place))}
    ${!known.team && team?.contact ? html`<p>${team.contact}</p>` : nothing}
  `;
};

/** @param {any} model @param {any} act */
export const view = (model, act) => html`
  <div class="state">${stateIcon(model.last.entry)}<p>${sending(model.last.entry)} ${t("Do not wait for an answer in this app.")}</p></div>
  <button class="button button-low" type="button" @click=${() => act.goOn()}>${t("I have called, or will. Go on")}</button>
  <button class="button button-low button-plain" type="button" @click=${() => act.slip()}>${t("That was a slip. Go back")}</button>
`;

/** @param {any} entry */
const sending = (entry) =>
  ({
    saved: html`<strong>${t("Saved on this phone, not yet seen by your team.")}</strong>`,
    sent: html`<strong>${t("Sent.")}</strong> ${t("Your team may not read it at once.")}`,
    refused: html`<strong>${t("Not accepted: your team has not got this.")}</strong>`,
  })[stateOf(entry)];
