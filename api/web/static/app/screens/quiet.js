// P8: the hours in which nothing is sent.
import { html } from "../../vendor/lit-html/lit-html.js";
import { problemView } from "../../shared/problem.js";
import { t } from "../../shared/words.js";
import { back } from "../frame.js";
import { submitted, time } from "./times.js";

export const title = () => t("Quiet hours");
export const head = () => back("settings", t("Settings"));

/** @param {any} model @param {any} act */
export const view = ({ form, wrong }, act) => html`
  <div class="stack">
    <h1 tabindex="-1">${title()}</h1>
    <p>${t("In these hours you get no messages. What is due then comes afterwards.")}</p>
  </div>
  <form class="stack" novalidate @submit=${submitted(act)}>
    ${time("from", t("From"), form.from, act)} ${time("until", t("Until"), form.until, act)}
    <p class="small soft">${t("The same time twice means: no quiet hours.")}</p>
    ${problemView(wrong)}
    <button class="button button-main" type="submit">${t("Save")}</button>
  </form>
`;
