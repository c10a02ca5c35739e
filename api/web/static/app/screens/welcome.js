// P1: what the app is, how it is read best, and when it reminds; three short pages, each to be skipped.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { loading } from "../../shared/states.js";
import { t } from "../../shared/words.js";
import { hashOf } from "../app.js";
import { back } from "../frame.js";
import { linkRow, switchRow } from "./rows.js";
import { LANGUAGES, whenWords } from "./settings.js";

/** @typedef {any} Model */

const TITLES = () => [t("What this app is"), t("Reading and answering"), t("Reminders")];

/** @param {Model} model */
export const title = ({ step }) => TITLES()[step - 1];

/** @param {Model} model */
export const head = ({ step, pages }) => {
  const count = t("{step} of {all}", { step, all: pages });
  return step === 1 ? back("today", t("Today"), count) : back("welcome", TITLES()[step - 2], count, { step: String(step - 1) });
};

/** @param {Model} model @param {any} act */
export const view = (model, act) => html`
  <h1 tabindex="-1">${title(model)}</h1>
  ${model.me ? [what, reading, reminders][model.step - 1](model, act) : loading()}
`;

/** @param {Model} model */
const what = ({ hours, notice }) => html`
  <p>${t("You say in a few taps how your joints are and whether you took your tablet. Your breast-care team sees it, and is told when it gets worse.")}</p>
  <p>${t("The app does not say where pain comes from, and it never tells you to change a medicine. Your team does that with you.")}</p>
  <section class="stack-tight" aria-labelledby="read">
    <h2 id="read">${t("Who reads it, and when")}</h2>
    ${notice ? html`<p>${notice}</p>` : nothing} ${hours ? html`<p>${hours}</p>` : nothing}
    <p>${t("Under Sent you see what has arrived there.")}</p>
  </section>
`;

/** @param {Model} model @param {any} act */
const reading = ({ look, language }, act) => html`
  <ul class="rows">
    ${linkRow("language", t("Language"), LANGUAGES.find(({ value }) => value === language)?.words)}
    ${switchRow(t("Larger text"), look.text === "larger", (isOn) => act.look({ text: isOn ? "larger" : undefined }))}
    ${switchRow(t("Large buttons"), look.buttons === "large", (isOn) => act.look({ buttons: isOn ? "large" : undefined }))}
  </ul>
  <p class="soft">${t("All of this is in the settings, too.")}</p>
`;

/** @param {Model} model @param {any} act */
const reminders = ({ me }, act) => html`
  <ul class="rows">
    ${linkRow("times", t("Day and time"), whenWords(me))}
    ${switchRow(t("Discreet"), me.discreet, (discreet) => act.save({ discreet }), t("Messages only say: “You have a message.”"))}
  </ul>
  <p class="soft">${t("All of this is in the settings, too.")}</p>
`;

/** @param {Model} model @param {any} act */
export const bar = ({ step, pages }, act) => html`<section class="bar" aria-label=${t("Go on")}>
  <div class="bar-in">
    ${step < pages
      ? html`<button class="button" type="button" @click=${() => act.leave()}>${t("Not now")}</button>
          <a class="button button-main" href=${hashOf("welcome", { step: String(step + 1) })}>${t("Next")}</a>`
      : html`<button class="button button-main" type="button" @click=${() => act.leave()}>${t("Done")}</button>`}
  </div>
</section>`;
