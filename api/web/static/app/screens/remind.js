// P8: shall we remind you? Asked once, after a check-in, with what others could see; then the test.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { icon } from "../../shared/icons.js";
import { t } from "../../shared/words.js";
import { hashOf } from "../app.js";
import { back } from "../frame.js";
import { homeScreenSteps } from "./home_screen.js";
import { instead, testWords, undoing } from "./notifications.js";
import { whenWords } from "./settings.js";

/** @param {any} model */
export const title = ({ push }) => {
  if (push?.kind === "install") return t("Put it on your home screen first");
  if (push?.kind === "denied") return t("This phone does not allow notifications");
  return push?.kind === "on" ? t("Reminders are on") : t("Shall we remind you?");
};
export const head = () => back("today", t("Today"));

/** @param {any} model @param {any} act */
export const view = (model, act) => {
  const { kind } = model.push ?? {};
  if (kind === "install") return install(model, act);
  return kind === "denied" ? denied(model) : kind === "on" ? on(model, act) : question(model, act);
};

/** @param {any} model @param {any} act */
const question = (model, act) => html`
  <div class="stack">
    ${icon("bell", "large")}
    <h1 tabindex="-1">${title(model)}</h1>
    ${model.me ? html`<p>${t("One short message:")} ${whenWords(model.me)}. ${t("Never in your quiet hours.")}</p>` : nothing}
  </div>
  <section class="card" aria-labelledby="seen">
    <h2 id="seen">${t("What others could see")}</h2>
    <div class="banner">
      ${icon("bell")}
      <p class="banner-words">
        <strong>AIMSS</strong><br />${model.me?.discreet ? t("You have a message.") : t("It is time for your check-in.")}
      </p>
    </div>
    <p class="small soft">${t("No word about your health. You can change this in Settings.")}</p>
  </section>
  ${testWords(model.test)}
  <div class="stack">
    <button class="button button-main" type="button" ?disabled=${model.isSending} @click=${() => act.turn(true)}>${t("Yes, remind me")}</button>
    <a class="button" href=${hashOf("today")}>${t("Not now")}</a>
  </div>
  <p class="soft">${t("Your phone asks you once more. Please tap “Allow”. We then send a test to see that it works.")}</p>
`;

/** @param {any} model @param {any} act */
const on = (model, act) => html`
  <div class="stack">
    ${icon(model.test === "works" ? "sent" : "bell", "large")}
    <h1 tabindex="-1">${title(model)}</h1>
  </div>
  ${testWords(model.test)}
  ${model.test === "nothing" ? html`<button class="button" type="button" @click=${() => act.test()}>${t("Send a test")}</button>` : nothing}
  <a class="button button-main" href=${hashOf("today")}>${t("Back to today")}</a>
`;

/** @param {any} model */
const denied = (model) => html`
  <div class="stack">
    ${icon("bell-off", "large")}
    <h1 tabindex="-1">${title(model)}</h1>
    <p>${undoing(model.push.platform)}</p>
    <p>${instead(model.me)}</p>
  </div>
  <a class="button button-main" href=${hashOf("today")}>${t("Back to today")}</a>
`;

/** @param {any} model @param {any} act */
const install = (model, act) => html`
  <div class="stack">
    <h1 tabindex="-1">${title(model)}</h1>
    <p>${t("An iPhone only lets an app remind you if it is on the home screen. It takes a minute, and nothing is bought or downloaded from a store.")}</p>
  </div>
  ${homeScreenSteps()}
  <section class="card" aria-labelledby="code">
    <h2 id="code">${t("Your code")}</h2>
    ${model.code
      ? html`<p class="code">${model.code}</p>
          <button class="button button-low" type="button" @click=${() => act.copyCode()}>${icon("copy")}<span>${t("Copy the code")}</span></button>
          <p class="small soft">${t("It works once, within 10 minutes.")}</p>`
      : html`<p>${t("The app on the home screen asks for a code. We make a new one for you.")}</p>
          <button class="button" type="button" @click=${() => act.makeCode()}>${t("Make a code")}</button>`}
  </section>
  <div class="stack">
    <a class="button button-low button-plain" href=${hashOf("today")}>${t("Not now")}</a>
    <p class="small soft">${t("Then without reminders, and the phone may remove unsent answers after 7 days without use.")}</p>
  </div>
`;
