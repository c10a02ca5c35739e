// P2: check in, the last seven days, and what is due.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { icon } from "../../shared/icons.js";
import { empty, loading } from "../../shared/states.js";
import { c, day, dayAndClock, n, t } from "../../shared/words.js";
import { hashOf } from "../app.js";
import { banner } from "./banners.js";
import { factList, stateIcon, stateInWords } from "./parts.js";

/**
 * @typedef {object} Day
 * @property {string} day @property {boolean} isAnswered @property {boolean} isToday
 */
/**
 * @typedef {object} Model
 * @property {string} today @property {boolean} isLoading @property {any} sending @property {number | null} lost
 * @property {boolean} isDone a reminder was tapped of what is done @property {boolean} isOver … of what is no longer due @property {boolean} isTakenBack @property {boolean} isBegun a draft of today waits
 * @property {boolean} isNew has not answered yet, and did not skip the welcome
 * @property {boolean} wiped @property {Day[]} days @property {any} done what is known of today
 * @property {any[] | null} due questionnaires whose words the clinic has @property {any} extra an extra check-in that is asked for
 * @property {number | null} asOf when what is due was read; null: now @property {(screen: string) => boolean} can
 */

export const title = () => t("Today");

/** @param {Model} model @param {any} act */
export const view = (model, act) => html`
  <div class="stack-tight">
    <p class="eyebrow">${day(model.today)}</p>
    <h1 tabindex="-1">${t("Today")}</h1>
  </div>
  ${model.isTakenBack ? takenBack() : nothing} ${model.isDone ? doneAlready() : nothing} ${model.isOver ? noLongerDue() : nothing} ${model.wiped ? emptied(model) : nothing} ${banner(model.sending, act)}
  ${model.isLoading ? loading() : html`${checkIn(model)} ${model.isNew ? welcome(act) : nothing} ${week(model)} ${due(model)} ${model.can("talk") ? talk() : nothing}`}
`;

/** @param {any} act */
const welcome = (act) => html`<section class="card" aria-labelledby="welcome">
  <h2 id="welcome">${t("New here?")}</h2>
  <p>${t("Three short pages say what this app is, and set it up for you.")}</p>
  <div class="row">
    <a class="button button-low" href=${hashOf("welcome")}>${t("Show me")}</a>
    <button class="button button-low" type="button" @click=${() => act.skipWelcome()}>${t("Not now")}</button>
  </div>
</section>`;

const takenBack = () => html`<div class="banner">
  ${icon("undo")}<p class="banner-words">${t("Taken back. It does not count any more.")}</p>
</div>`;

const doneAlready = () => html`<div class="banner">
  ${icon("sent")}<p class="banner-words">${t("What we reminded you of is done already. Thank you.")}</p>
</div>`;

const noLongerDue = () => html`<div class="banner">
  ${icon("bell")}<p class="banner-words">${t("What we reminded you of is no longer due.")}</p>
</div>`;

/** @param {Model} model */
const emptied = ({ lost }) => html`
  <div class="banner banner-routine">
    ${icon("phone")}
    <div class="banner-words">
      <h2>${t("The phone removed what this app had kept")}</h2>
      <p>${t("What your team has received is safe and comes back here.")}</p>
      ${lost ? html`<p>${n("{n} answer had not been sent.", "{n} answers had not been sent.", lost)}</p>` : nothing}
    </div>
  </div>
`;

/** @param {Model} model */
const checkIn = (model) => {
  if (!model.can("checkin")) return nothing;
  const { done, extra } = model;
  return html`${!done || extra ? checkInButton(model) : nothing} ${done ? doneCard(model) : nothing}`;
};

/** @param {Model} model */
const checkInButton = ({ today, done, extra, isBegun }) => html`
  ${extra?.reason ? html`<p>${extra.reason}</p>` : nothing}
  <a class="button button-main button-two button-tall" href=${hashOf("checkin", { day: today, ...(done && { extra: "1" }) })}>
    <span class="number">${t("Check in")}</span>
    <span>${isBegun && !done ? t("Go on where you stopped") : t("three short questions")}</span>
  </a>
`;

/** @param {Model} model */
const doneCard = ({ done, isBegun }) => html`
  <section class="card" aria-labelledby="done">
    <div class="card-head">
      ${stateIcon(done, "large")}
      <div class="row-words"><h2 id="done">${t("Done for today")}</h2><span class="soft">${stateInWords(done)}</span></div>
    </div>
    ${factList(done.facts)}
    ${isBegun ? html`<p class="small soft">${t("You have begun to change this; the change is not saved yet.")}</p>` : nothing}
    <div class="row">
      <a class="button button-low" href=${hashOf("checkin", { day: done.local_date })}>${t("Change")}</a>
      <a class="button button-low" href=${hashOf("more", { day: done.local_date })}>${t("Add more")}</a>
    </div>
  </section>
`;

/** @param {Model} model */
const week = ({ days, can }) => html`
  <section class="stack" aria-labelledby="week">
    <h2 id="week">${t("Last 7 days")}</h2>
    <ol class="week">${days.map((each) => html`<li>${oneDay(each, can("checkin"))}</li>`)}</ol>
    <ul class="key" aria-hidden="true">
      <li><span class="dot-small answered"></span>${c("day", "answered")}</li>
      <li><span class="dot-small"></span>${c("day", "not answered")}</li>
    </ul>
    ${can("checkin") ? html`<p class="small soft">${t("Tap a day to fill it in or change it.")}</p>` : nothing}
  </section>
`;

/** @param {Day} each @param {boolean} isLink */
const oneDay = (each, isLink) => {
  const picture = html`
    <span class="unseen">${inWords(each)}</span>
    <span aria-hidden="true">${day(each.day, "letters")}</span>
    <span class="dot ${each.isAnswered ? "answered" : ""}">${each.isAnswered ? icon("tick") : nothing}</span>
    <span aria-hidden="true">${day(each.day, "number")}</span>
  `;
  const look = each.isToday ? "day today" : "day";
  return isLink
    ? html`<a class=${look} href=${hashOf("checkin", { day: each.day })}>${picture}</a>`
    : html`<span class=${look}>${picture}</span>`;
};

/** @param {Day} each */
const inWords = ({ day: date, isAnswered }) =>
  isAnswered
    ? t("{day}: answered, look or change", { day: day(date) })
    : t("{day}: not answered, fill in", { day: day(date) });

/** @param {Model} model */
const due = ({ due: items, asOf, can }) => {
  if (items === null) return nothing;
  if (items.length === 0) return empty(t("Nothing else is due. You can check in at any time."));
  return html`
    <section class="stack" aria-labelledby="due">
      <h2 id="due">${t("Due now")}</h2>
      ${asOf ? html`<p class="small soft">${t("As of {time}.", { time: dayAndClock(asOf) })}</p>` : nothing}
      <ul class="rows">
        ${items.map((item) => html`<li>${questionnaire(item, can("questionnaire"))}</li>`)}
      </ul>
    </section>
  `;
};

const talk = () => html`
  <a class="button button-low" href=${hashOf("talk")}>${t("I’d like to talk about my tablets")}</a>
`;

/** @param {any} item @param {boolean} isLink */
const questionnaire = (item, isLink) => {
  const words = html`<span class="row-words">
    <strong>${item.name ?? t("A questionnaire")}</strong>
    ${item.answered ? html`<span class="soft">${begun(item)}</span>` : item.minutes ? html`<span class="soft">${minutes(item)}</span>` : nothing}
  </span>`;
  const params = { instrument: item.instrument, slot: item.slot };
  return isLink
    ? html`<a class="row-link" href=${hashOf("questionnaire", params)}>${words}${icon("forward")}</a>`
    : words;
};

/** @param {any} item */
const begun = ({ answered, all }) =>
  all ? t("Begun: {answered} of {all} answered", { answered, all }) : t("Go on where you stopped");

/** @param {any} item */
const minutes = ({ minutes: count }) => n("about {n} minute", "about {n} minutes", count);
