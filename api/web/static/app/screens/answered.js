// P6: what became of a questionnaire that was saved. Only an answer of the server turns *saved* into *sent*.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { icon } from "../../shared/icons.js";
import { loading } from "../../shared/states.js";
import { n, t } from "../../shared/words.js";
import { hashOf } from "../app.js";
import { back } from "../frame.js";
import { factList, stateIcon, stateInWords, stateOf } from "./parts.js";
import { waiting } from "./saved.js";

/** @param {any} model */
export const head = ({ isFromSent }) => (isFromSent ? back("sent", t("What I sent")) : nothing);

/** @param {any} model */
export const title = (model) => (model.isLoading ? t("A questionnaire") : stateInWords(model.entry));

/** @param {any} model @param {any} act */
export const view = (model, act) => {
  if (model.isLoading) return loading();
  return html`
    <div class="stack">
      ${stateIcon(model.entry, "large")}
      <h1 tabindex="-1">${stateInWords(model.entry)}</h1>
      ${meaning(model)}
    </div>
    ${model.entry.state === "conflict" ? both(model, act) : card(model, act)}
    ${model.isFromSent ? nothing : html`<a class="button button-main" href=${hashOf("today")}>${t("Back to today")}</a>`}
  `;
};

/** @param {any} model */
const meaning = (model) => {
  const { entry } = model;
  if (entry.state === "conflict") {
    return html`<p>${t("This questionnaire was changed on another phone. Which answers are right?")}</p>`;
  }
  if (entry.state === "refused") {
    const { title: words, detail } = entry.item.problem ?? {};
    return html`<p>${t("The server could not take these answers. They are kept on this phone.")}</p>
      <p><strong>${words}</strong> ${detail}</p>`;
  }
  if (stateOf(entry) === "saved") return html`<p>${waiting(model)}</p>`;
  if (model.isFromSent) return nothing;
  return html`<p>${t("Thank you.")} ${model.team?.read_when ?? nothing}</p>`;
};

/** @param {any} model @param {any} act */
const card = ({ entry, name, count, canChange, ...model }, act) => html`
  <section class="card" aria-labelledby="answered">
    <h2 id="answered">${name || t("A questionnaire")}</h2>
    <p>${n("{n} question is answered.", "{n} questions are answered.", count)}</p>
    ${count ? answers(model) : nothing}
    <div class="row">
      ${canChange
        ? html`<a class="button button-low" href=${hashOf("questionnaire", { instrument: entry.instrument, id: entry.id, item: "1" })}>
            ${entry.state === "refused" ? t("Mend it") : t("Change")}
          </a>`
        : nothing}
      ${entry.state === "refused"
        ? html`<button class="button button-low button-plain" type="button" @click=${() => act.giveUp()}>${t("Remove from this phone")}</button>`
        : nothing}
    </div>
  </section>
`;

/** What was answered; it is open where somebody came to look at it. @param {any} model */
const answers = ({ answers: given, isUnread, isFromSent }) => html`<details ?open=${isFromSent}>
  <summary>${icon("forward")}<span>${t("Your answers")}</span></summary>
  ${isUnread ? html`<p>${t("Its questions are not on this phone yet. They come as soon as there is internet.")}</p>` : factList(given)}
</details>`;

/** What differs, and the choice. @param {any} model @param {any} act */
const both = ({ name, differences }, act) => html`
  <section class="card" aria-labelledby="differences">
    <h2 id="differences">${name || t("A questionnaire")}</h2>
    <ul class="stack">
      ${differences.map(
        (/** @type {any} */ each) => html`<li>
          <p>${each.text}</p>
          <dl class="facts">
            <dt>${t("This phone")}</dt><dd>${each.mine}</dd>
            <dt>${t("The other phone")}</dt><dd>${each.theirs}</dd>
          </dl>
        </li>`,
      )}
    </ul>
    <div class="row">
      <button class="button button-low" type="button" @click=${() => act.choose("mine")}>${t("Those on this phone")}</button>
      <button class="button button-low" type="button" @click=${() => act.choose("theirs")}>${t("Those of the other phone")}</button>
    </div>
  </section>
`;
