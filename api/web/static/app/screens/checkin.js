// P3: three questions about a day, one at a time, or all on one page where the patient wants it so.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { repeat } from "../../vendor/lit-html/directives/repeat.js";
import { icon } from "../../shared/icons.js";
import { chips, group, keyAsNumber, numbers, rows } from "../../shared/scale.js";
import { loading } from "../../shared/states.js";
import { c, t } from "../../shared/words.js";
import { hashOf } from "../app.js";
import { back } from "../frame.js";
import { dayInWords } from "./parts.js";

/** @param {any} model */
export const title = (model) => (model.isLoading || model.isOnePage ? t("Check in") : asked(model).label);

/** @param {any} model */
const asked = ({ questions, step }) => questions[step - 1];
/** The questions on this page. @param {any} model @returns {any[]} */
const shown = (model) => (model.isOnePage ? model.questions : [asked(model)]);
/** @param {any} model @param {any} question */
const textOf = ({ day, today }, question) => (day === today ? question.text : question.past_text);
/** @param {any} model @param {number} step */
const at = (model, step) => ({ ...moreOf(model), step: String(step) });

/** @param {any} model */
const moreOf = ({ day, extra, entry }) => ({ day, ...(extra && { extra }), ...(entry && { entry }) });

/** @param {any} model */
export const head = (model) => {
  if (model.isLoading) return back("today", t("Today"));
  const { step, questions } = model;
  if (model.isOnePage) return back("today", t("Today"));
  const count = t("{step} of {all}", { step, all: questions.length });
  return step === 1 ? back("today", t("Today"), count) : back("checkin", questions[step - 2].label, count, at(model, step - 1));
};

/** @param {any} model @param {any} act */
export const view = (model, act) => {
  if (model.isLoading) return loading();
  return html`
    ${model.isOnePage ? html`<h1 tabindex="-1">${t("Check in")}</h1>` : nothing}
    ${dayChip(model, act)} ${model.isEmpty ? nothingYet(model) : nothing}
    <form class="stack" @submit=${stay} @keydown=${keys(model, act)} novalidate>
      ${repeat(shown(model), ({ name }) => name, (each) => (each.kind === "scale" ? scaleOf(model, each, act) : tablet(model, each, act)))}
    </form>
  `;
};

const stay = (/** @type {Event} */ event) => event.preventDefault();

/** Digits choose, `t` is ten, Enter goes on. @param {any} model @param {any} act */
const keys = (model, act) => (/** @type {KeyboardEvent} */ event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  if (event.key === "Enter" && !target.matches("a, button, textarea")) {
    event.preventDefault();
    return act.next();
  }
  const near = target.closest("fieldset")?.querySelector("input")?.name;
  const { kind, name } = shown(model).find((each) => each.name === near) ?? shown(model)[0];
  const number = kind === "scale" ? keyAsNumber(event) : null;
  if (number === null) return;
  act.answer(name, number);
  /** @type {HTMLElement | null | undefined} */ (target.closest("form")?.querySelector(`input[name="${name}"][value="${number}"]`))?.focus();
};

/** @param {any} model @param {any} question */
const heading = (model, question) =>
  model.isOnePage
    ? html`<h2 class="question" id="${question.name}-text">${textOf(model, question)}</h2>`
    : html`<h1 tabindex="-1" id="${question.name}-text">${textOf(model, question)}</h1>`;

/** @param {any} model @param {any} question @param {any} act */
const scaleOf = (model, question, act) => {
  const value = model.answers[question.name];
  const choose = (/** @type {number} */ chosen) => act.answer(question.name, chosen);
  const clear = () => act.answer(question.name, undefined);
  return group(question, heading(model, question), numbers(question, value, choose), { isAnswered: value !== undefined, clear });
};

/** The tablet: taken, not taken, or nothing said; the reasons hang on *Not taken*. @param {any} model @param {any} question @param {any} act */
const tablet = (model, question, act) => {
  const { answers, isQuiet } = model;
  const options = [
    ...question.options.filter((/** @type {any} */ { value }) => value !== "skipped"),
    { value: "quiet", text: question.unanswered_text },
  ];
  const isNotTaken = ["missed", "skipped"].includes(answers.dose);
  const value = isQuiet ? "quiet" : isNotTaken ? "missed" : answers.dose;
  const choose = (/** @type {string} */ chosen) => (chosen === "quiet" ? act.stayQuiet() : act.answer("dose", chosen));
  return html`
    ${group(question, heading(model, question), rows("dose", options, value, choose), {
      isAnswered: value !== undefined,
      clear: () => act.answer("dose", undefined),
    })}
    ${isNotTaken ? why(model, act) : nothing}
    <a class="button button-low" href=${hashOf("more", moreOf(model))}>${t("Add more")}</a>
    <div class="stack">
      <p class="soft">${t("Many people on these tablets have sore joints. Your team wants to know.")}</p>
      <a class="button button-low" href=${hashOf("talk")}>${t("I’d like to talk about my tablets")}</a>
    </div>
  `;
};

/** @param {any} model @param {any} act */
const why = ({ answers, reasons }, act) => html`
  <fieldset class="follow">
    <legend class="unseen">${t("If you like, tell us more")}</legend>
    <p><strong>${t("Thank you, noted.")}</strong><br>${t("If you like: how did it come about?")}</p>
    ${chips([
      { value: "skipped", text: t("on purpose"), isOn: answers.dose === "skipped", toggle: () => act.toggleOnPurpose() },
      ...reasons.map((/** @type {any} */ { value, text }) => ({
        value,
        text,
        isOn: (answers.dose_reasons ?? []).includes(value),
        toggle: () => act.toggleReason(value),
      })),
    ])}
  </fieldset>
`;

/** @param {any} model @param {any} act */
const dayChip = (model, act) => html`
  <div class="stack">
    <button class="day-chip" type="button" aria-expanded=${model.isChoosing ? "true" : "false"} @click=${() => act.chooseDay()}>
      <span>${dayInWords(model.day, model)}</span><b>${t("Change")}</b>
    </button>
    ${model.isChoosing
      ? html`<ul class="rows" aria-label=${t("Which day?")}>
          ${model.days.map((/** @type {string} */ each) => dayRow(each, model))}
        </ul>`
      : nothing}
  </div>
`;

/** @param {string} day @param {any} model */
const dayRow = (day, model) => html`<li>
  <a class="row-link" href=${hashOf("checkin", { day })} aria-current=${day === model.day ? "date" : nothing}>
    <span class="row-words"><strong>${dayInWords(day, model)}</strong>
      <span class="soft">${model.answered.has(day) ? c("day", "answered") : c("day", "not answered")}</span></span>
    ${icon("forward")}
  </a>
</li>`;

/** @param {any} model */
const nothingYet = (model) => html`
  <div class="banner banner-refused" role="alert" id="nothing" tabindex="-1">
    <div class="banner-words">
      <h2>${t("Nothing to send yet")}</h2>
      <p>${t("None of the three questions is answered.")}</p>
      ${model.isOnePage
        ? nothing
        : html`<ul>
            ${model.questions.map(
              (/** @type {any} */ each, /** @type {number} */ place) =>
                html`<li><a href=${hashOf("checkin", at(model, place + 1))}>${each.label}</a></li>`,
            )}
          </ul>`}
    </div>
  </div>
`;

/** @param {any} model @param {any} act */
export const bar = (model, act) => {
  if (model.isLoading) return nothing;
  const isLast = model.isOnePage || model.step === model.questions.length;
  return html`<section class="bar" aria-label=${t("Go on")}>
    <div class="bar-in">
      ${isLast ? nothing : html`<button class="button" type="button" @click=${() => act.skip()}>${c("a question", "Skip")}</button>`}
      <button class="button button-main" type="button" @click=${() => act.next()}>${isLast ? t("Send") : t("Next")}</button>
    </div>
  </section>`;
};
