// T4: one alert, beside the list where there is room, else as a page: it reads like the call that follows.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { dayOf } from "../../shared/days.js";
import { loading } from "../../shared/states.js";
import { clock, day, dayAndClock, t } from "../../shared/words.js";
import { hashOf } from "../app.js";
import { icon } from "../icons.js";
import { actBar } from "./alert_acts.js";
import { evidence } from "./alert_evidence.js";
import { eventWords, kindWords, outcomeWords, sentence } from "./finding_words.js";
import { tier } from "./tiers.js";
import * as worklist from "./worklist.js";
import { has } from "./worklist_rows.js";

/** @typedef {any} Model */

export const title = () => t("Alert");

/** @param {Model} model @param {any} act */
export const view = (model, act) => (model.isWide ? worklist.view(model.list, listActs(act)) : [backLink(model, act), content(model, act)]);

/** @param {Model} model @param {any} act */
export const pane = (model, act) => (model.isWide ? html`<section class="pane" aria-label=${title()}>${content(model, act)}</section>` : null);

/** @param {any} act */
const listActs = (act) => ({ acknowledge: act.acknowledgeRow, open: act.open, showNew: act.showNew, tryNow: act.tryNow });

/** @param {Model} model @param {any} act */
const backLink = ({ back }, act) => html`<p><a class="back" href=${hashOf("worklist", back)} @click=${() => act.close()}>${t("Worklist")}</a></p>`;

/** @param {Model} model @param {any} act */
const content = (model, act) => html`
  <div class="pane-body">${head(model, act)} ${model.alert ? [stop(model), body(model)] : loading()}</div>
  ${model.alert ? actBar(model, act) : nothing}
`;

/** @param {Model} model */
const body = (model) => [reason(model), evidence(model.alert), words(model), told(model), guidance(model), history(model)];

/** @param {boolean} isWide @param {string} words */
const heading = (isWide, words) => html`<h3 aria-level=${isWide ? 3 : 2}>${words}</h3>`;

/** The heading is there from the start: it has the focus. @param {Model} model @param {any} act */
const head = ({ alert, isWide, me, screens, now }, act) => {
  const patient = alert?.patient;
  const name = !patient ? title() : screens.includes("patient") ? html`<a href=${hashOf("patient", { id: patient.id })}>${patient.name}</a>` : patient.name;
  return html`<div class="pane-head">
    <div class="cluster apart">
      ${alert ? tier(alert.tier) : nothing}
      ${isWide ? html`<button class="button button-small button-square" type="button" aria-label=${t("Close")} @click=${() => act.close()}>${icon("close")}</button>` : nothing}
    </div>
    ${isWide ? html`<h2 tabindex="-1" data-focus data-still>${name}</h2>` : html`<h1 tabindex="-1" data-focus>${name}</h1>`}
    ${alert ? about(alert, me, now) : nothing}
  </div>`;
};

/** @param {any} alert @param {any} me @param {number} now */
const about = ({ patient, assigned_to }, me, now) => html`
    <p class="meta">${who(patient)}</p>
    <div class="cluster">
      ${patient.phone ? html`<a class="button button-small" href="tel:${patient.phone.replace(/[^\d+]/g, "")}">${icon("call")}<span class="num">${patient.phone}</span></a>` : nothing}
      <span class="meta">${t("local time {time}", { time: clock(now, patient.timezone) })}</span> ${has(assigned_to, me)}
    </div>
`;

/** @param {any} patient */
const who = ({ reference, birth_year, ai, weeks_on_ai }) =>
  [
    reference,
    t("born {year}", { year: birth_year }),
    ai && weeks_on_ai !== null ? t("{drug}, week {n}", { drug: ai, n: weeks_on_ai }) : ai,
  ]
    .filter(Boolean)
    .join(" · ");

/** Why the last answer was not taken: nothing of what was written is lost. @param {Model} model */
const stop = ({ stop: why, alert }) => {
  if (!why) return nothing;
  return html`<div class="banner banner-refused" role="alert">
    ${icon("alert")}
    <p class="banner-words">${why === "closed" ? closedWords(alert) : html`<b>${t("Something came in since you opened this.")}</b> ${t("Read it, then answer again. Your choice and your note are kept.")}`}</p>
  </div>`;
};

/** @param {any} alert */
const closedWords = ({ status, resolved_by, closed_at, outcome }) =>
  status === "retracted"
    ? html`<b>${t("The entries no longer show it.")}</b> ${t("Closed {moment}.", { moment: dayAndClock(closed_at) })}`
    : html`<b>${t("{name} has resolved this.", { name: resolved_by?.name ?? t("Somebody") })}</b>
        ${t("{moment}: {outcome}", { moment: dayAndClock(closed_at), outcome: outcomeWords(outcome) })}`;

/** @param {Model} model */
const reason = ({ alert, stop: why, isWide }) => html`<section>
  ${heading(isWide, t("{kind}, since {moment}", { kind: kindWords(alert.kind), moment: dayAndClock(alert.raised_at) }))}
  <p class="reason" lang="en">${sentence(alert.reason)}</p>
  ${alert.held_back ? html`<p class="meta" lang="en">${sentence(alert.held_back.reason)}</p>` : nothing}
  ${alert.closed_at && why !== "closed" ? html`<p>${closedWords(alert)}</p>` : nothing}
</section>`;

/** @param {Model} model */
const words = ({ words: entry, isWide }) =>
  entry
    ? html`<section>
        ${heading(isWide, t("Last words of the patient, {day}", { day: day(entry.local_date) }))}
        <p class="quote">“${entry.note}”</p>
      </section>`
    : nothing;

/** @param {Model} model */
const told = ({ alert: { emergency }, isWide }) =>
  emergency
    ? html`<section>${heading(isWide, t("What the patient was told"))}<p>${t("The emergency number, at once.")}</p></section>`
    : nothing;

const VERDICTS = /** @type {Record<string, () => string>} */ ({
  supported: () => t("Supported"),
  weak: () => t("Weak evidence"),
  wrong_indication: () => t("Of another disease"),
  wrong_interval: () => t("Another interval"),
});

/** @param {Model} model */
const guidance = ({ alert: { guidance: items }, isWide }) =>
  items?.length
    ? html`<section>
        ${heading(isWide, t("Guidance that your clinic has approved"))}
        <ul class="stack">
          ${items.map(
            (/** @type {any} */ each) => html`<li class="stack-2">
              <span class="verdict ${each.verdict === "supported" ? "" : "weak"}">${icon("question")}${VERDICTS[each.verdict]?.() ?? each.verdict}</span>
              <p lang="en">${each.text}</p>
              <p class="meta" lang="en">${each.correction ?? each.evidence}</p>
            </li>`,
          )}
        </ul>
      </section>`
    : nothing;

/** @param {string} moment */
const short = (moment) => `${day(dayOf(new Date(moment)), "short")} ${clock(moment)}`;

/** @param {Model} model */
const history = ({ alert: { history: events = [], next_rung_at, closed_at }, isWide }) => html`<section>
  ${heading(isWide, t("History"))}
  <ol class="log">
    ${events.map(
      (/** @type {any} */ { at, action, by, assigned_to, note }) => html`<li>
        <time datetime=${at}>${short(at)}</time>
        <span>${[eventWords(action), assigned_to?.name, by && t("by {name}", { name: by.name })].filter(Boolean).join(", ")}${note ? html`<br><q>${note}</q>` : nothing}</span>
      </li>`,
    )}
    ${next_rung_at && !closed_at ? html`<li><time datetime=${next_rung_at}>${short(next_rung_at)}</time><span>${t("The next are told, if nobody answers")}</span></li>` : nothing}
  </ol>
</section>`;
