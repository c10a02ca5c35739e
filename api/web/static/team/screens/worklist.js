// T3: who waits, worst first, and why; one row a patient. Below: whom the list itself would not show.
import { html, nothing, svg } from "../../vendor/lit-html/lit-html.js";
import { ifDefined } from "../../vendor/lit-html/directives/if-defined.js";
import { loading } from "../../shared/states.js";
import { clock, dayAndClock, n, t } from "../../shared/words.js";
import { hashOf } from "../app.js";
import { icon } from "../icons.js";
import { beside } from "./worklist_beside.js";
import { row } from "./worklist_rows.js";
import { waitOf } from "../waits.js";

/** @typedef {any} Model */

export const title = () => t("Worklist");

/** @param {Model} model @param {any} act */
export const view = (model, act) => html`
  ${model.staleSince ? notLive(model, act) : nothing}
  <div class="list-head">
    <div>
      <h1 tabindex="-1">${title()}</h1>
      <p class="meta">${model.at ? t("{moment} · worst first", { moment: dayAndClock(model.at) }) : nothing}</p>
    </div>
    ${model.summary ? html`${facts(model)} ${filters(model)}` : nothing}
  </div>
  ${model.items === null ? (model.staleSince ? nothing : loading()) : list(model, act)}
`;

/** @param {Model} model @param {any} act */
const list = (model, act) => html`
  ${newBar(model, act)}
  ${model.rows.length ? html`<ol class="rows">${model.rows.map((/** @type {any} */ each) => row(each, model, act))}</ol>` : nobody(model)}
  ${model.summary ? beside(model) : nothing}
`;

/** @param {Model} model */
const facts = ({ summary, at }) => html`<dl class="facts">
  <div><dt>${t("patients wait")}</dt><dd>${summary.patients}</dd></div>
  <div><dt>${t("same day")}</dt><dd>${summary.same_day}</dd></div>
  <div><dt>${t("nobody has them")}</dt><dd>${summary.unassigned}</dd></div>
  ${summary.waiting_since ? html`<div><dt>${t("waits longest")}</dt><dd>${waitOf(summary.waiting_since, at)}</dd></div>` : nothing}
  ${load(summary.alert_budget)}
</dl>`;

const BOX = 18.3;
/** More boxes than this are no longer counted at a glance. */
const MOST_BOXES = 20;

/** @param {{ notified: number, budget: number }} use */
const load = ({ notified, budget }) => html`<div class="load">
  <dt>${t("patients told of this week, of at most {budget}; red flags and wishes to stop take no place", { budget })}</dt>
  <dd>
    ${budget <= MOST_BOXES
      ? html`<svg viewBox="0 0 ${BOX * budget} 18" aria-hidden="true">
          ${Array.from({ length: budget }, (_, place) => box(place, place < notified))}
        </svg>`
      : nothing}
    ${t("{notified} of {budget}", { notified, budget })}
  </dd>
</div>`;

/** @param {number} place @param {boolean} isTold */
const box = (place, isTold) => svg`<rect class=${isTold ? "told" : ""} x=${1 + place * BOX} y="1" width="14" height="16"/>`;

/** @returns {[string, string, (summary: any) => number | null][]} */
const FILTERS = () => [
  ["", t("All"), ({ patients }) => patients],
  ["same-day", t("Same day"), ({ same_day }) => same_day],
  ["mine", t("Mine"), () => null],
  ["nobody", t("Nobody has it"), ({ unassigned }) => unassigned],
  ["day", t("Waiting over 1 day"), () => null],
  ["snoozed", t("Snoozed"), ({ alerts }) => alerts.snoozed ?? 0],
];

/** @param {Model} model */
const filters = ({ show, summary }) => html`<nav class="segments" aria-label=${t("Filter")}>
  ${FILTERS().map(([value, words, count]) => html`<a href=${hashOf("worklist", value ? { show: value } : {})} aria-current=${ifDefined(value === show ? "true" : undefined)}>
    ${words} ${count(summary) === null ? nothing : html`<span class="num">${count(summary)}</span>`}
  </a>`)}
</nav>`;

/** @param {Model} model @param {any} act */
const newBar = ({ fresh, at }, act) => html`<div role="status">
  ${fresh
    ? html`<div class="new-bar">
        <span><b>${fresh.count ? n("{n} new", "{n} new", fresh.count) : t("The list has changed")}</b> ${t("since {time}", { time: clock(at) })}</span>
        <button class="button button-small" type="button" @click=${() => act.showNew()}>${t("Show them")}</button>
      </div>`
    : nothing}
</div>`;

/** @param {Model} model */
const nobody = ({ show, summary }) =>
  show
    ? html`<section class="panel stack"><h2>${t("Nobody here.")}</h2><p><a href=${hashOf("worklist")}>${t("Show all who wait")}</a></p></section>`
    : html`<section class="panel stack">
        <h2>${t("Nobody waits.")}</h2>
        <p class="measure">${t("That is not the same as everybody being well.")}
          ${summary ? quiet(summary) : nothing}</p>
      </section>`;

/** @param {any} summary */
const quiet = ({ not_scored, rejected_entries, unheard_from, held_back }) =>
  [
    not_scored.count ? n("{n} is not scored.", "{n} are not scored.", not_scored.count) : "",
    rejected_entries.count ? n("{n} sent something that was refused.", "{n} sent something that was refused.", rejected_entries.count) : "",
    unheard_from.count ? n("{n} is unheard from.", "{n} are unheard from.", unheard_from.count) : "",
    held_back ? n("{n} is held back.", "{n} are held back.", held_back) : "",
  ]
    .filter(Boolean)
    .join(" ");

/** @param {Model} model @param {any} act */
const notLive = ({ staleSince, isRefused, items }, act) => html`<div class="banner banner-offline" role="alert" id="not-live">
  ${icon("not-live")}
  <p class="banner-words">
    <b>${items ? t("Not live since {time}.", { time: clock(staleSince) }) : t("The list could not be read.")}</b>
    ${items ? t("What you see is the list of then; a new alert would not show here.") : nothing}
    ${isRefused ? t("The server does not answer as it should.") : t("There is no connection.")}
    ${t("Nothing can be answered here until it is back. Telephones work.")}
  </p>
  <button class="button button-small" type="button" @click=${() => act.tryNow()}>${t("Try now")}</button>
</div>`;
