// T2: setting up one-time codes: password, then the secret as a square and as text, then the first code.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { t } from "../../shared/words.js";
import { refusal, sent, textField } from "../parts.js";

/** @typedef {any} Model */

export const title = () => t("One-time codes");

/** @param {Model} model @param {any} act */
export const view = (model, act) => html`
  <div class="stack">
    <h1 tabindex="-1">${title()}</h1>
    <p>${t("An authenticator app on your phone shows six digits that change every 30 seconds. They are asked for beside your password.")}</p>
    ${model.isNeeded ? html`<p>${t("Your role needs them before anything about patients is shown.")}</p>` : nothing}
  </div>
  ${model.made ? codeForm(model, act) : passwordForm(model, act)}
  <div class="stack">
    ${model.isNeeded
      ? html`<button class="button" type="button" @click=${() => act.signOut()}>${t("Sign out")}</button>`
      : html`<a class="button" href="#/">${t("Not now")}</a>`}
  </div>
`;

/** @param {Model} model @param {any} act */
const passwordForm = (model, act) => html`
  <form class="stack" @submit=${sent(act.begin)}>
    ${refused(model)}
    ${textField({ name: "password", label: t("Password"), type: "password", complete: "current-password", first: true })}
    ${model.isEnrolled ? textField({ name: "code", label: t("Present one-time code"), complete: "one-time-code", mode: "numeric" }) : nothing}
    <button class="button button-main" ?disabled=${model.isBusy}>${t("Go on")}</button>
  </form>
`;

/** @param {Model} model @param {any} act */
const codeForm = (model, act) => html`
  <ol class="stack numbered">
    <li>
      <p>${t("Scan this square with the authenticator app.")}</p>
      <img class="qr" alt=${t("The secret as a square for a camera")} src=${`data:image/svg+xml,${encodeURIComponent(model.made.qr_svg)}`}>
      <p class="meta">${t("Or type this secret:")}</p>
      <p class="secret">${model.secret}</p>
    </li>
    <li>
      <form class="stack" @submit=${sent(act.confirm)}>
        ${refused(model)}
        ${textField({ name: "code", label: t("One-time code"), complete: "one-time-code", mode: "numeric", hint: t("The six digits that your authenticator shows now."), first: true })}
        <button class="button button-main" ?disabled=${model.isBusy}>${t("Turn on")}</button>
      </form>
    </li>
  </ol>
`;

/** @param {Model} model */
const refused = ({ refused: kind, problem }) => {
  if (kind === "failed") return refusal(t("That did not work."), t("Check what you entered and try again."));
  if (kind === "code") return refusal(t("This code does not fit."), t("Compare the clock of the phone with the right time, and enter the next code."));
  return problem ? refusal(problem.title, problem.detail) : nothing;
};
