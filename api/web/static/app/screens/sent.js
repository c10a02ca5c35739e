// P7: what was sent, by day: the answers, what became of them, and how to correct or withdraw them.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { repeat } from "../../vendor/lit-html/directives/repeat.js";
import { icon } from "../../shared/icons.js";
import { problemView } from "../../shared/problem.js";
import { empty, loading } from "../../shared/states.js";
import { clock, dayAndClock, t } from "../../shared/words.js";
import { hashOf } from "../app.js";
import { banner } from "./banners.js";
import { dayInWords, factRun } from "./parts.js";
import { became, line, origin, wasRead } from "./sent_lines.js";
import { questionnaire } from "./sent_questionnaire.js";
import { notAccepted } from "./sent_stuck.js";
import { sure } from "./sure.js";

export const title = () => t("What I sent");

/** @param {any} model @param {any} act */
export const view = (model, act) => html`
  <h1 tabindex="-1">${title()}</h1>
  ${model.stuck.map((/** @type {any} */ each) => notAccepted(each, model, act))} ${banner(model.sending, act)}
  ${model.isLoading ? loading() : list(model, act)} ${model.ask ? asked(model.ask, act) : nothing}
`;

/** @param {any} model @param {any} act */
const list = (model, act) => {
  if (model.days.length === 0) return model.stuck.length ? nothing : none();
  return html`
    <ul class="stack">${repeat(model.days, ({ day }) => day, (each) => oneDay(each, model, act))}</ul>
    ${model.hasMore
      ? html`<button class="button button-low" type="button" @click=${() => act.earlier()}>${t("Show earlier days")}</button>`
      : nothing}
  `;
};

const none = () => html`
  ${empty(t("Nothing has been sent yet. What you send stays here to look at."))}
  <a class="button button-main" href=${hashOf("checkin")}>${t("Check in")}</a>
`;

/** @param {any} each @param {any} model @param {any} act */
const oneDay = ({ day, entries, questionnaires, acts }, model, act) => html`<li class="card">
  <h2 id="day-${day}" tabindex="-1">${dayInWords(day, model)}</h2>
  ${acts.length ? html`<div class="stack-tight">${acts.map(done)}</div>` : nothing}
  ${repeat(entries, ({ id }) => id, (entry) => oneEntry(entry, entries.length > 1, act))}
  ${repeat(questionnaires, ({ id }) => id, (each) => questionnaire(each, model))}
</li>`;

/** @param {any} entry @param {boolean} isOneOfMany @param {any} act */
const oneEntry = (entry, isOneOfMany, act) => html`<div class="stack entry">
  ${isOneOfMany ? html`<h3>${t("Answered at {time}", { time: clock(entry.recorded_at) })}</h3>` : nothing}
  ${entry.isWithdrawn ? withdrawn(entry, act) : standing(entry, isOneOfMany, act)}
</div>`;

/** What the team did. @param {any} each */
const done = ({ kind, name }) =>
  ({
    "alert.notified": line("bell", t("A message about something you sent went out to your team."), "state-done"),
    "alert.acknowledged": line("eye", name ? t("{name} is taking care of something you sent.", { name }) : t("Your team is taking care of something you sent."), "state-done"),
    contacted: line("call", name ? t("{name} has called you.", { name }) : t("Your team has called you."), "state-done"),
    visit_booked: line("calendar", t("A visit was booked for you."), "state-done"),
  })[/** @type {string} */ (kind)] ?? nothing;

/** @param {any} entry @param {any} act */
const withdrawn = ({ id, at, state, canUndo }, act) => html`
  ${line("undo", at && state === "sent" && !canUndo ? t("Withdrawn on {when}. It does not count any more.", { when: dayAndClock(at) }) : t("Withdrawn. It does not count any more."))}
  ${state === "sent" ? nothing : line("phone", t("Saved on this phone"))}
  ${canUndo
    ? html`<div class="row">
        <button class="button button-low" type="button" id="undo-${id}" @click=${() => act.undo(id)}>${icon("undo")}<span>${t("Undo")}</span></button>
      </div>`
    : nothing}
`;

/** @param {any} entry @param {boolean} isOneOfMany @param {any} act */
const standing = (entry, isOneOfMany, act) => html`
  ${factRun(entry.facts)}
  <div class="stack-tight">${origin(entry)} ${became(entry)} ${wasRead(entry)}
    ${entry.version > 1 ? before(entry, act) : nothing}</div>
  <div class="row">
    <a class="button button-low" href=${hashOf("checkin", { day: entry.local_date, ...(isOneOfMany && { entry: entry.id }) })}>${t("Correct")}</a>
    <button class="button button-low button-plain" type="button" id="withdraw-${entry.id}" @click=${() => act.ask("withdraw", entry.id)}>${t("Withdraw")}</button>
  </div>
`;

/** What stood there before. @param {any} entry @param {any} act */
const before = ({ id, former }, act) => html`
  <button class="button button-low button-plain start" type="button" aria-expanded=${former ? "true" : "false"} @click=${() => act.toggleFormer(id)}>
    ${former ? t("Hide what you said first") : t("What you said first")}
  </button>
  ${former?.isLoading ? loading() : nothing} ${problemView(former?.problem)}
  ${former?.versions?.map(
    (/** @type {any} */ each) => html`<div class="follow">
      <p class="small soft">${t("Until {when}", { when: dayAndClock(each.until) })}</p>
      ${factRun(each.facts)}
    </div>`,
  )}
`;

/** @param {{ what: string, wasSent: boolean }} ask @param {any} act */
const asked = ({ what, wasSent }, act) => {
  const decide = (/** @type {string} */ answer) => act.decide(answer);
  if (what === "discard") return sure(t("Discard this?"), t("It is deleted from this phone, and does not count."), t("Discard"), decide);
  const follows = wasSent
    ? t("They do not count any more. Your team can see that you withdrew them. You can undo this.")
    : t("They do not count any more. You can undo this.");
  return sure(t("Withdraw these answers?"), follows, t("Withdraw"), decide);
};
