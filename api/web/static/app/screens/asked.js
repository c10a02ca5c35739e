// The states of a screen that shows what the server has now: loading, no internet, refused, or the content.
import { html } from "../../vendor/lit-html/lit-html.js";
import { problemView } from "../../shared/problem.js";
import { loading } from "../../shared/states.js";
import { t } from "../../shared/words.js";
import { away, shown } from "./banners.js";

/**
 * @param {{ asked: import("../acts/at_server.js").Asked, online: boolean, offlineSince: number | null }} model
 * @param {string} needs what needs the internet, as a sentence @param {any} act @param {(value: any) => unknown} content
 */
export const states = ({ asked, online, offlineSince }, needs, act, content) => {
  if (asked.phase === "loading") return loading();
  if (asked.phase === "offline") return html`${offline(online, offlineSince, needs)} ${again(act)}`;
  if (asked.phase === "refused") return problemView(asked.problem, again(act));
  return content(asked.value);
};

/** @param {boolean} online @param {number | null} since @param {string} needs */
export const offline = (online, since, needs) =>
  shown("offline", html`<p><strong>${online ? t("The clinic's computer cannot be reached.") : away(since)}</strong> ${needs}</p>`);

/** @param {any} act */
const again = (act) =>
  html`<button class="button button-low" type="button" @click=${() => act.again()}>${t("Try again")}</button>`;
