// A row of the worklist: how soon, since when and who has it; who, what and why; and what can be done.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { ifDefined } from "../../vendor/lit-html/directives/if-defined.js";
import { dayAndClock, list, t } from "../../shared/words.js";
import { hashOf } from "../app.js";
import { icon } from "../icons.js";
import { waitOf } from "../waits.js";
import { kindWords, sentence } from "./finding_words.js";
import { tier } from "./tiers.js";

/** @typedef {any} Model */

/** @param {any} item @param {Model} model @param {any} act */
export const row = (item, model, act) => {
  const { patient, alerts } = item;
  return html`<li class="row" aria-labelledby="who-${patient.id}" aria-current=${ifDefined(model.open === patient.id ? "true" : undefined)}>
    ${when(item, model)}
    <div>
      ${who(item, model)}
      <p class="why"><b>${kindWords(item.kind)}.</b> <span lang="en">${sentence(item.reason)}</span></p>
      ${alerts.length > 1
        ? html`<p class="more"><b>${t("+{n} more:", { n: alerts.length - 1 })}</b> ${list(alerts.slice(1).map((/** @type {any} */ each) => kindWords(each.kind).toLowerCase()))}</p>`
        : nothing}
    </div>
    <div class="side">${acts(item, model, act)}</div>
  </li>`;
};

/** @param {any} item @param {Model} model */
const when = ({ tier: urgency, waiting_since, alerts }, { at, me }) => html`<div class="when">
  ${tier(urgency)}
  <span class="num">${t("waits")} <b>${waitOf(waiting_since, at)}</b></span>
  <span class="meta since unseen">${t("since {time}", { time: dayAndClock(waiting_since) })}</span>
  ${has(alerts[0].assigned_to, me)} ${state(alerts[0])}
</div>`;

/** Who takes care of it. @param {{ id: string, name: string } | null} member @param {any} me */
export const has = (member, me) => html`<span class="has ${member?.id === me.id ? "me" : ""}">
  ${icon("alone")}${member ? (member.id === me.id ? t("you have it") : member.name) : t("nobody has it")}
</span>`;

/** @param {any} alert */
const state = ({ status, reopens_at }) => {
  if (status === "acknowledged") return html`<span class="meta">${t("acknowledged")}</span>`;
  if (status === "snoozed" && reopens_at) return html`<span class="meta">${t("snoozed until {moment}", { moment: dayAndClock(reopens_at) })}</span>`;
  return nothing;
};

/** @param {any} item @param {Model} model */
const who = ({ patient, alerts }, { query, open, back }) => html`<div class="who">
  <h2 id="who-${patient.id}">
    <a href=${hashOf("alert", { ...query, id: alerts[0].id })} ?data-focus=${back === patient.id} data-still>${patient.name}</a>
  </h2>
  <span class="meta num">${patient.reference}${patient.weeks_on_ai === null ? "" : ` · ${t("week {n}", { n: patient.weeks_on_ai })}`}</span>
  ${open === patient.id ? html`<span class="unseen">${t("open")}</span>` : nothing}
</div>`;

/** @param {any} item @param {Model} model @param {any} act */
const acts = ({ patient, alerts }, { isAble, busy, query }, act) => {
  const isOff = !isAble || busy === patient.id;
  const open = alerts.some((/** @type {any} */ each) => each.status === "open");
  const button = (/** @type {string} */ words, /** @type {() => void} */ does) =>
    html`<button class="button button-small" type="button" aria-disabled=${ifDefined(isOff ? "true" : undefined)}
      aria-describedby=${ifDefined(isAble ? undefined : "not-live")} @click=${() => isOff || does()}>${words}</button>`;
  const go = (/** @type {string} */ how) => () => act.open({ ...query, id: alerts[0].id, act: how });
  return html`<div class="acts">
    ${open ? button(t("Acknowledge"), () => act.acknowledge(patient.id)) : nothing}
    ${button(t("Snooze"), go("snooze"))} ${button(t("Assign"), go("assign"))} ${button(t("Resolve"), go("resolve"))}
  </div>`;
};
