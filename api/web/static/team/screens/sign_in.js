// T1: signing in by e-mail, password and one-time code. A refusal never says which part was wrong.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { n, t } from "../../shared/words.js";
import { refusal, sent, textField } from "../parts.js";

/** @typedef {any} Model */

const LANGUAGES = [
  { value: "en", words: "English" },
  { value: "de", words: "Deutsch" },
  { value: "es", words: "Español" },
  { value: "fr", words: "Français" },
];

export const title = () => t("Sign in");

/** @param {Model} model @param {any} act */
export const view = (model, act) => html`
  <div class="stack">
    <h1 tabindex="-1">${title()}</h1>
    <p class="meta">${t("For the care team. Patients sign in on their phone, with the code from their nurse.")}</p>
  </div>
  ${model.hasEnded ? html`<p class="banner" role="status">${t("Your sign-in has ended. Please sign in again.")}</p>` : nothing}
  ${model.needsCode ? codeForm(model, act) : passwordForm(model, act)} ${foot(model, act)}
`;

/** @param {Model} model @param {any} act */
const passwordForm = (model, act) => html`
  <form class="stack" @submit=${sent(act.signIn)}>
    ${refused(model)}
    ${textField({ name: "email", label: t("E-mail"), type: "email", complete: "username", first: true })}
    ${textField({ name: "password", label: t("Password"), type: "password", complete: "current-password" })}
    ${button(t("Sign in"), model)}
  </form>
`;

/** @param {Model} model @param {any} act */
const codeForm = (model, act) => html`
  <form class="stack" @submit=${sent(act.sendCode)}>
    ${refused(model)}
    ${textField({ name: "code", label: t("One-time code"), complete: "one-time-code", mode: "numeric", hint: t("The six digits that your authenticator shows now."), first: true })}
    ${button(t("Sign in"), model)}
    <button class="button button-plain" type="button" @click=${() => act.startAgain()}>${t("Start again")}</button>
  </form>
`;

/** @param {string} words @param {Model} model */
const button = (words, { isBusy, waitS }) =>
  html`<button class="button button-main" ?disabled=${isBusy || waitS > 0}>${words}</button>`;

/** @param {Model} model */
const refused = ({ refused: kind, waitS, problem }) => {
  if (kind === "failed") return refusal(t("That did not work."), t("Check what you entered and try again."));
  if (kind === "waiting") {
    return html`${refusal(t("Too many attempts."), t("The button works again after the wait."))}
      <p class="meta" role="timer">${waitS > 0 ? n("Next try in {n} second", "Next try in {n} seconds", waitS) : t("You can try again now.")}</p>`;
  }
  return problem ? refusal(problem.title, problem.detail) : nothing;
};

/** @param {Model} model @param {any} act */
const foot = ({ language }, act) => html`
  <div class="stack">
    <p class="meta">${t("Password forgotten? A site admin sends a new invitation.")}</p>
    <p class="meta">${t("Not an emergency line. Every look at a patient is recorded.")}</p>
    <ul class="cluster languages" aria-label=${t("Language")}>
      ${LANGUAGES.filter(({ value }) => value !== language).map(
        ({ value, words }) =>
          html`<li><button class="button button-small" type="button" lang=${value} @click=${() => act.speak(value)}>${words}</button></li>`,
      )}
    </ul>
  </div>
`;
