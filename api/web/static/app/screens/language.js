// P8: the language of the app and of its messages.
import { html } from "../../vendor/lit-html/lit-html.js";
import { t } from "../../shared/words.js";
import { back } from "../frame.js";
import { choices } from "./rows.js";
import { LANGUAGES } from "./settings.js";

export const title = () => t("Language");
export const head = () => back("settings", t("Settings"));

/** @param {any} model @param {any} act */
export const view = ({ language }, act) => html`
  <h1 tabindex="-1">${title()}</h1>
  ${choices("language", title(), LANGUAGES, language, (tag) => act.language(tag))}
  <p class="soft">${t("Messages to you come in this language, too.")}</p>
`;
