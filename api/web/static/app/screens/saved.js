// P4: what became of what was just saved. Only an answer of the server turns *saved* into *sent*.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { icon } from "../../shared/icons.js";
import { day, t } from "../../shared/words.js";
import { hashOf } from "../app.js";
import { factList, stateIcon, stateInWords, stateOf } from "./parts.js";

/** @param {any} model */
export const title = (model) => stateInWords(model.entry);

/** @param {any} model @param {any} act */
export const view = (model, act) => html`
  <div class="stack">
    ${stateIcon(model.entry, "large")}
    <h1 tabindex="-1">${stateInWords(model.entry)}</h1>
    ${meaning(model)}
  </div>
  ${model.entry?.state === "conflict" ? choice(act) : nothing} ${model.entry ? card(model, act) : nothing}
  ${model.canAsk ? html`<a class="button button-low" href=${hashOf("remind")}>${icon("bell")}<span>${t("Shall we remind you?")}</span></a>` : nothing}
  <a class="button button-main" href=${hashOf("today")}>${t("Back to today")}</a>
`;

/** What it means, and what comes next. @param {any} model */
const meaning = (model) => {
  const state = stateOf(model.entry);
  if (state === "sent") return html`<p>${t("Thank you.")} ${model.team?.read_when ?? nothing}</p>`;
  if (state === "refused") return refused(model);
  return html`<p>${waiting(model)}</p>`;
};

/** @param {any} model */
export const waiting = ({ online, sync }) => {
  if (sync?.phase === "sign-in") return t("It goes out after you have signed in again. It is kept on this phone until then.");
  if (sync?.phase === "clock") return t("The clock of this phone is fast. Please look at Today.");
  if (!online || sync?.phase === "offline") {
    return t("There is no internet just now. It goes out by itself as soon as there is. You can close the app.");
  }
  if (sync?.phase === "busy") return t("It could not be sent just now. It is tried again by itself. You can close the app.");
  return t("Sending now…");
};

/** @param {any} model */
const refused = ({ entry, day: about }) => {
  if (entry.state === "conflict") return html`<p>${t("This day was changed on another phone. Which answers are right?")}</p>`;
  const { title: words, detail, errors } = entry.item?.problem ?? {};
  return html`
    <p>${t("The server could not take these answers. They are kept on this phone.")}</p>
    <p><strong>${words}</strong> ${detail}</p>
    ${errors ? html`<ul>${Object.values(errors).map((wrong) => html`<li>${wrong}</li>`)}</ul>` : nothing}
    <a class="button button-low" href=${hashOf("checkin", { day: about })}>${t("Mend it")}</a>
  `;
};

/** @param {any} act */
const choice = (act) => html`<div class="row">
  <button class="button button-low" type="button" @click=${() => act.choose("mine")}>${t("Those on this phone")}</button>
  <button class="button button-low" type="button" @click=${() => act.choose("theirs")}>${t("Those of the other phone")}</button>
</div>`;

/** @param {any} model @param {any} act */
const card = (model, act) => html`
  <section class="card" aria-labelledby="answered">
    <h2 id="answered"><span class="unseen">${t("What you answered:")} </span>${day(model.day)}</h2>
    ${factList(model.facts)}
    <div class="row">
      ${model.canUndo ? undoButton(act) : nothing}
      <a class="button button-low" href=${hashOf("checkin", { day: model.day })}>${t("Change")}</a>
      <a class="button button-low" href=${hashOf("more", { day: model.day })}>${t("Add more")}</a>
    </div>
    <p class="small soft">
      ${model.canUndo
        ? t("Undo takes it back for the next 10 seconds. After that you can still change it.")
        : t("You can change this at any time.")}
    </p>
  </section>
`;

/** @param {any} act */
export const undoButton = (act) =>
  html`<button class="button button-low" type="button" @click=${() => act.undo()}>${icon("undo")}<span>${t("Undo")}</span></button>`;
