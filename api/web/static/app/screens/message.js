// A notification or an e-mail that was opened: on the phone of the app it leads on at once.
import { html } from "../../vendor/lit-html/lit-html.js";
import { icon } from "../../shared/icons.js";
import { loading } from "../../shared/states.js";
import { t } from "../../shared/words.js";
import { hashOf } from "../app.js";

export const title = () => t("You have a message.");

/** @param {{signedIn: boolean}} model */
export const view = ({ signedIn }) => (signedIn ? html`<h1 class="unseen" tabindex="-1">${title()}</h1>${loading()}` : elsewhere());

const elsewhere = () => html`
  <div class="stack">
    ${icon("bell", "large")}
    <h1 tabindex="-1">${title()}</h1>
    <p>${t("Please open AIMSS on the phone on which you use it. It is not set up in this browser.")}</p>
  </div>
  <a class="button button-low" href=${hashOf("activate")}>${t("Set it up here")}</a>
`;
