// The states that every screen has beside its content: loading, empty, offline.
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { icon } from "./icons.js";
import { clock, t } from "./words.js";

/** Shown after 300 ms only (css), so that a quick answer does not flicker. */
export const loading = () => html`<p class="loading soft" role="status">${t("One moment…")}</p>`;

/** @param {string} words */
export const empty = (words) => html`<p class="soft">${words}</p>`;

/**
 * @param {{ online: boolean, offlineSince?: string | number | null }} state @param {string} [more]
 */
export const offline = (state, more = "") =>
  state.online
    ? nothing
    : html`<div class="banner" role="status">
        ${icon("offline")}
        <p class="banner-words">
          <strong>${since(state.offlineSince)}</strong>
          ${more || t("You can check in as usual. It goes out by itself as soon as there is internet.")}
        </p>
      </div>`;

/** @param {string | number | null | undefined} moment */
const since = (moment) => (moment ? t("No internet since {time}.", { time: clock(moment) }) : t("No internet."));
