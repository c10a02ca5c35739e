// P3, add more: a list of further questions, and each of them on a page of its own. All may stay blank.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { icon } from "../../shared/icons.js";
import { loading } from "../../shared/states.js";
import { c, t } from "../../shared/words.js";
import { hashOf } from "../app.js";
import { back } from "../frame.js";
import { answerTo, inWords } from "./more_question.js";

/** @param {any} model */
export const title = (model) => model.question?.label ?? t("Add more");

/** @param {any} model */
export const head = (model) => {
  if (model.isLoading) return back("today", t("Today"));
  const optional = c("questions", "optional");
  return model.question
    ? back("more", t("Add more"), optional, model.params)
    : back("checkin", t("Check in"), optional, { ...model.params, step: "3" });
};

/** @param {any} model @param {any} act */
export const view = (model, act) => {
  if (model.isLoading) return loading();
  return model.question ? answerTo(model, act) : list(model);
};

/** @param {any} model */
const list = (model) => html`
  <div class="stack">
    <h1 tabindex="-1">${t("Add more")}</h1>
    <p>${t("Answer what you like. The rest stays blank.")}</p>
    ${model.isEmpty ? nothingYet() : nothing}
  </div>
  ${model.questions.length
    ? html`<ul class="rows">${model.questions.map((/** @type {any} */ each) => row(model, each))}</ul>`
    : html`<p class="soft">${t("These questions are not on this phone yet. They come as soon as there is internet.")}</p>`}
`;

/** @param {any} model @param {any} question */
const row = ({ answers, params }, question) => html`<li>
  <a class="row-link" href=${hashOf("more", { ...params, ask: question.name })}>
    <span class="row-words"><strong>${question.label}</strong>
      <span class="soft">${inWords(question, answers[question.name])}</span></span>
    ${icon("forward")}
  </a>
</li>`;

const nothingYet = () => html`
  <div class="banner banner-refused" role="alert" id="nothing" tabindex="-1">
    <div class="banner-words"><h2>${t("Nothing to send yet")}</h2><p>${t("None of the questions is answered.")}</p></div>
  </div>
`;

/** @param {any} model @param {any} act */
export const bar = (model, act) => {
  if (model.isLoading) return nothing;
  return html`<section class="bar" aria-label=${t("Go on")}>
    <div class="bar-in">
      ${model.question
        ? html`<a class="button button-main" href=${hashOf("more", model.params)}>${t("Done")}</a>`
        : html`<button class="button button-main" type="button" @click=${() => act.send()}>${t("Send")}</button>`}
    </div>
  </section>`;
};
