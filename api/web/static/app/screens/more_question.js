// One of the further questions of a check-in: a scale, minutes, yes or no, places of the body, or a note.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { live } from "../../vendor/lit-html/directives/live.js";
import { bodyPicture } from "../../shared/body_picture.js";
import { chosenInWords, inWords as placesInWords, siteList } from "../../shared/body_sites.js";
import { numberField } from "../../shared/number_field.js";
import { group, keyAsNumber, numbers, rows } from "../../shared/scale.js";
import { day as dayOf, t } from "../../shared/words.js";
import { hashOf } from "../app.js";

const MOST_BUTTONS = 11;

/** An answer in a few words. @param {any} question @param {any} value */
export const inWords = ({ kind, unit, options }, value) => {
  if (value === undefined) return t("not answered");
  if (kind === "body_sites") return placesInWords(options, value).join(", ");
  if (kind === "scale") return unit ? `${value} ${unit}` : String(value);
  return options.find((/** @type {any} */ each) => each.value === String(value))?.text ?? String(value);
};

/** @param {any} model @param {any} act */
export const answerTo = (model, act) => {
  const { question } = model;
  const ways = /** @type {Record<string, (model: any, act: any) => unknown>} */ ({ body_sites: places, text: note, flag: choice, choice });
  const isLong = question.kind === "scale" && question.highest - question.lowest >= MOST_BUTTONS;
  return (isLong ? minutes : (ways[question.kind] ?? scale))(model, act);
};

/** @param {any} model */
const heading = ({ question, day, today }) =>
  html`<h1 tabindex="-1" id="${question.name}-text">${day === today ? question.text : question.past_text}</h1>`;

/** @param {any} model @param {any} act @param {unknown} answers */
const grouped = (model, act, answers) => {
  const { question, answers: given } = model;
  const clear = () => act.answer(question.name, undefined);
  return group(question, heading(model), answers, { isAnswered: given[question.name] !== undefined, clear });
};

/** @param {any} model @param {any} act */
const scale = (model, act) => {
  const { question, answers } = model;
  const choose = (/** @type {number} */ chosen) => act.answer(question.name, chosen);
  return html`<form class="stack" novalidate @keydown=${keys(question, choose)}>
    ${grouped(model, act, numbers(question, answers[question.name], choose))}
  </form>`;
};

/** Digits choose, `t` is ten. @param {any} question @param {(chosen: number) => void} choose */
const keys = ({ lowest, highest }, choose) => (/** @type {KeyboardEvent} */ event) => {
  const number = keyAsNumber(event);
  if (number === null || number < lowest || number > highest) return;
  choose(number);
  const form = /** @type {HTMLElement} */ (event.target).closest("form");
  /** @type {HTMLElement | null | undefined} */ (form?.querySelector(`input[value="${number}"]`))?.focus();
};

/** Yes or no, or one of several. @param {any} model @param {any} act */
const choice = (model, act) => {
  const { name, kind, options } = model.question;
  const value = model.answers[name] === undefined ? undefined : String(model.answers[name]);
  const choose = (/** @type {string} */ chosen) => act.answer(name, kind === "flag" ? chosen === "true" : chosen);
  return grouped(model, act, rows(name, options, value, choose));
};

/** Values to tap, which fill a field that may be changed. @param {any} model @param {any} act */
const minutes = (model, act) => {
  const { name, label, lowest, highest, unit, options } = model.question;
  const value = model.answers[name];
  const choose = (/** @type {number | undefined} */ chosen) => act.answer(name, chosen);
  return html`
    ${grouped(model, act, rows(name, options, value === undefined ? undefined : String(value), (chosen) => choose(Number(chosen))))}
    <div class="field">
      <label for=${`${name}-number`} id=${`${name}-unit`}><strong>${label}: ${unit}</strong></label>
      ${numberField({ id: `${name}-number`, labelledBy: `${name}-unit`, lowest, highest, isWhole: true }, value, choose)}
    </div>
  `;
};

/** @param {any} model @param {any} act */
const note = (model, act) => {
  const { name, label, hint, max_length: longest } = model.question;
  return html`<div class="field">
    ${heading(model)}
    <p class="soft" id="${name}-hint">${hint ?? nothing} ${t("At most {count} characters.", { count: longest })}</p>
    <textarea class="input" rows="6" maxlength=${longest} aria-label=${label} aria-describedby="${name}-text ${name}-hint"
      .value=${live(model.answers[name] ?? "")} @input=${(/** @type {any} */ event) => act.write(name, event.target.value)}></textarea>
  </div>`;
};

/** List first, then the picture. @param {any} model @param {any} act */
const places = (model, act) => {
  const { question, answers, look, before, params } = model;
  const chosen = answers.body_sites ?? [];
  const toggle = (/** @type {string} */ site, /** @type {string} */ side) => act.togglePlace(site, side);
  const at = (/** @type {string} */ view) => hashOf("more", { ...params, ask: "body_sites", ...(view !== "list" && { look: view }) });
  const link = (/** @type {string} */ view, /** @type {string} */ words, /** @type {boolean} */ isOpen) =>
    html`<a class="button button-low" href=${at(view)} aria-current=${isOpen ? "true" : nothing}>${words}</a>`;
  return html`
    <div class="stack">${heading(model)} <p class="soft">${question.hint}</p></div>
    <nav class="row" aria-label=${t("View as")}>${link("list", t("List"), look === "list")}
      ${link("front", t("Picture, front"), look === "front")} ${link("back", t("Picture, back"), look === "back")}</nav>
    ${before && look === "list" && !chosen.length
      ? html`<button class="button button-two" type="button" @click=${() => act.sameAsBefore()}>
          <span class="lead">${t("Same as last time")}</span>
          <span class="small soft">${dayOf(before.day)}: ${placesInWords(question.options, before.places).join(", ")}</span>
        </button>`
      : nothing}
    ${look === "list" ? siteList(question, chosen, toggle) : bodyPicture(question, chosen, look, toggle)}
    ${chosenInWords(placesInWords(question.options, chosen))}
  `;
};
