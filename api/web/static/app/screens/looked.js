// P10: who has looked at the patient's data, and what was done. Staff stand by their role.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { empty } from "../../shared/states.js";
import { dayAndClock, t } from "../../shared/words.js";
import { back } from "../frame.js";
import { states } from "./asked.js";

export const title = () => t("Who has looked at my data");
export const head = () => back("privacy", t("Privacy"));

/** @param {any} model @param {any} act */
export const view = (model, act) => html`
  <div class="stack">
    <h1 tabindex="-1">${title()}</h1>
    <p>${t("Every look at your data and every change by others is written down here. What you do yourself is left out.")}</p>
  </div>
  ${states(model, t("This list needs the internet."), act, (page) => list(page, model.asked.isSending, act))}
`;

/** @param {{items: any[], next: string | null}} page @param {boolean} isOff @param {any} act */
const list = ({ items, next }, isOff, act) =>
  items.length === 0
    ? empty(t("Nobody else has looked at your data so far."))
    : html`
        <ul class="rows">
          ${items.map((use) => html`<li><span class="row-words">
            <span>${use.sentence}</span><span class="soft">${who(use)}, ${dayAndClock(use.at)}</span>
          </span></li>`)}
        </ul>
        ${next ? html`<button class="button button-low" type="button" ?disabled=${isOff} @click=${() => act.more()}>${t("Show earlier ones")}</button>` : nothing}
      `;

/** @param {any} use */
const who = ({ actor_kind, role, proxy }) => {
  if (actor_kind === "proxy") return proxy ?? t("Somebody you let in");
  if (actor_kind === "service") return t("A program of the clinic");
  if (actor_kind === "system") return t("The computer of the clinic");
  const roles = /** @type {Record<string, string>} */ ({
    nurse: t("Nurse"), clinician: t("Clinician"), coordinator: t("Coordinator"), site_admin: t("Administrator"),
  });
  return roles[role] ?? t("Your team");
};
