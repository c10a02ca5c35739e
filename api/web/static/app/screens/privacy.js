// P10: what a patient can see and decide about the own data.
import { html } from "../../vendor/lit-html/lit-html.js";
import { t } from "../../shared/words.js";
import { back } from "../frame.js";
import { linkRow } from "./rows.js";

export const title = () => t("Privacy");
export const head = () => back("settings", t("Settings"));

export const view = () => html`
  <h1 tabindex="-1">${title()}</h1>
  <ul class="rows">
    ${linkRow("looked", t("Who has looked at my data"), t("who, when and what for"))}
    ${linkRow("copy", t("Get a copy of my data"), t("to keep, to read or to print"))}
    ${linkRow("people", t("People I let in"), t("to read, or also to write"))}
    ${linkRow("erasure", t("Ask for erasure"), t("what would go, and what stays"))}
  </ul>
`;
