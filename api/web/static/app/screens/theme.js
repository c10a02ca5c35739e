// P8: light or dark.
import { html } from "../../vendor/lit-html/lit-html.js";
import { t } from "../../shared/words.js";
import { back } from "../frame.js";
import { choices } from "./rows.js";
import { themeWords } from "./settings.js";

export const title = () => t("Light or dark");
export const head = () => back("settings", t("Settings"));

/** @param {any} model @param {any} act */
export const view = ({ look }, act) => html`
  <h1 tabindex="-1">${title()}</h1>
  ${choices("theme", title(), ["", "light", "dark"].map((value) => ({ value, words: themeWords(value) })), look.theme ?? "", (theme) => act.look({ theme: theme || undefined }))}
`;
