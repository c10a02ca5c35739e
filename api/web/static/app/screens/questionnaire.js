// P6: a questionnaire, one question after the other. Nothing is chosen beforehand, and blank stays blank.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { repeat } from "../../vendor/lit-html/directives/repeat.js";
import { phoneNumberOf } from "../../shared/phone_number.js";
import { keyAsNumber } from "../../shared/scale.js";
import { loading } from "../../shared/states.js";
import { n, t } from "../../shared/words.js";
import { hashOf } from "../app.js";
import { back } from "../frame.js";
import { itemView } from "./item.js";
import { callButton } from "./parts.js";

/** So many blank questions are named before it is sent. */
const MOST_LINKS = 5;

/** @param {any} model */
export const title = (model) => model.name ?? t("A questionnaire");

/** @param {any} model */
export const head = (model) => {
  if (!model.item) return back("today", t("Today"));
  const { place, items } = model;
  const count = t("{step} of {all}", { step: place, all: items.length });
  return place === 1 ? back("today", t("Today"), count) : back("questionnaire", t("Back"), count, at(model, place - 1));
};

/** @param {any} model @param {number} place */
const at = ({ params }, place) => ({ ...params, item: String(place) });

/** @param {any} model @param {any} act */
export const view = (model, act) => {
  if (model.isLoading) return loading();
  if (model.isMissing) return missing(model);
  if (!model.item) return model.isUnread ? unread(model, act) : loading();
  return html`
    ${progress(model)} ${model.isEmpty ? nothingYet() : nothing}
    <form class="stack" @submit=${stay} @keydown=${keys(model, act)} novalidate>
      ${repeat([model.item], ({ id }) => id, () => itemView(model.item, model.answers[model.item.id], act))}
    </form>
    ${isLast(model) && model.blank.length && model.blank.length < model.items.length ? blanks(model) : nothing}
    ${model.isComplete
      ? nothing
      : html`<button class="button button-low button-plain" type="button" @click=${() => act.later()}>${t("Save and go on later")}</button>`}
    <div class="stack-tight">
      ${model.place > 1 ? period(model) : nothing}
      <p class="small soft">${model.words.wording.licence ?? model.words.licence.terms}</p>
    </div>
  `;
};

const stay = (/** @type {Event} */ event) => event.preventDefault();
/** @param {any} model */
const isLast = ({ place, items }) => place === items.length;

/** @param {any} model */
const progress = (model) => html`
  <div class="stack-tight">
    <svg class="meter" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
      <rect width=${(100 * model.place) / model.items.length} height="6"/>
    </svg>
    ${model.place === 1 ? html`<p class="small soft">${title(model)}</p>${period(model)}` : nothing}
  </div>
`;

/** @param {any} model */
const period = ({ words }) => html`<p class="small soft">${t("Asked about: {period}", { period: words.recall_period })}</p>`;

/** Digits choose, `t` is ten, Enter goes on. @param {any} model @param {any} act */
const keys = (model, act) => (/** @type {KeyboardEvent} */ event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  if (event.key === "Enter" && !target.matches("a, button, textarea")) {
    event.preventDefault();
    return act.next();
  }
  const { id, choices, lowest, highest } = model.item;
  const number = choices.length ? null : keyAsNumber(event);
  if (number === null || number < lowest || number > highest) return;
  act.answer(id, number);
  /** @type {HTMLElement | null | undefined} */ (target.closest("form")?.querySelector(`input[value="${number}"]`))?.focus();
};

/** Before it is sent: what is blank, which it may stay. @param {any} model */
const blanks = (model) => html`
  <div class="banner" role="group" aria-labelledby="blanks">
    <div class="banner-words">
      <p id="blanks">${n("{n} question is not answered. You can leave it blank.", "{n} questions are not answered. You can leave them blank.", model.blank.length)}</p>
      <p>${model.blank.slice(0, MOST_LINKS).map((/** @type {number} */ place) => html`<a href=${hashOf("questionnaire", at(model, place))}>${t("Question {number}", { number: place })}</a> `)}</p>
    </div>
  </div>
`;

const nothingYet = () => html`
  <div class="banner banner-refused" role="alert" id="nothing" tabindex="-1">
    <div class="banner-words"><h2>${t("Nothing to send yet")}</h2><p>${t("None of the questions is answered.")}</p></div>
  </div>
`;

/** @param {any} model */
const missing = (model) => missingOf(model, phoneNumberOf(model.team));

/** @param {any} model @param {string | null} phone */
const missingOf = (model, phone) => html`
  <h1 tabindex="-1">${title(model)}</h1>
  <p>${t("Your clinic has not loaded the text of this questionnaire in your language. Please call the clinic.")}</p>
  ${phone ? callButton(phone, t("Call the clinic"), phone, "button-main") : nothing}
`;

/** @param {any} model @param {any} act */
const unread = (model, act) => html`
  <h1 tabindex="-1">${title(model)}</h1>
  <p>${t("Its questions are not on this phone yet. They come as soon as there is internet.")}</p>
  <button class="button button-main" type="button" @click=${() => act.again()}>${t("Try again")}</button>
`;

/** @param {any} model @param {any} act */
export const bar = (model, act) => {
  if (!model.item) return nothing;
  return html`<section class="bar" aria-label=${t("Go on")}>
    <div class="bar-in">
      <button class="button button-main" type="button" ?disabled=${Boolean(model.isSaving)} @click=${() => act.next()}>
        ${isLast(model) ? t("Send") : t("Next")}
      </button>
    </div>
  </section>`;
};
