// The states that a screen has beside its content; the banner tells what is offline or not sent.
import { html } from "../vendor/lit-html/lit-html.js";
import { t } from "./words.js";

/** Shown after 300 ms only (css), so that a quick answer does not flicker. */
export const loading = () => html`<p class="loading soft" role="status">${t("One moment…")}</p>`;

/** @param {string} words */
export const empty = (words) => html`<p class="soft">${words}</p>`;
