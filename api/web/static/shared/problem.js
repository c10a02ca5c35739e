// A refusal of the server or of the network, as a part of a page (RFC 9457).
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { icon } from "./icons.js";
import { t } from "./words.js";

/**
 * @typedef {object} Problem
 * @property {string} title
 * @property {string} [detail]
 * @property {Record<string, string>} [errors] what is wrong, by field
 * @property {string} [instance] what the clinic finds the case by
 * @property {string} [slug]
 * @property {number} [status]
 * @property {string} [type]
 */

/**
 * A problem made on this phone: no network, or an answer that is none.
 * @param {unknown} error @returns {Problem}
 */
export const problemOf = (error) => {
  const known = /** @type {{ problem?: Problem }} */ (error)?.problem;
  if (known) return known;
  const kind = /** @type {Error} */ (error)?.name;
  if (kind === "StoreFailed") {
    return { title: t("This phone could not save or read."), detail: t("Keep this page open, and try again.") };
  }
  if (kind === "SignInNeeded") return { title: t("Please sign in again"), detail: t("What you saved is kept on this phone.") };
  if (kind === "Unreachable") {
    return { title: t("There is no connection at the moment."), detail: t("Please try again later."), type: "offline" };
  }
  console.error(error);
  return { title: t("Something went wrong on this phone."), detail: t("Please try again.") };
};

/**
 * What went wrong, in the server's words.
 * @param {Problem | null | undefined} problem @param {unknown} [after] what can be done about it
 */
export const problemView = (problem, after = nothing) =>
  problem
    ? html`<div class="banner banner-refused" role="alert">
        ${icon("offline")}
        <div class="banner-words stack-tight">
          <h2>${problem.title}</h2>
          ${problem.detail ? html`<p>${problem.detail}</p>` : nothing} ${fields(problem.errors)}
          ${problem.instance
            ? html`<details><summary>${t("Details to tell the clinic")}</summary><p>${problem.instance}</p></details>`
            : nothing}
          ${after}
        </div>
      </div>`
    : nothing;

/** @param {Record<string, string> | undefined} errors */
const fields = (errors) =>
  errors ? html`<ul>${Object.entries(errors).map(([name, wrong]) => html`<li>${name}: ${wrong}</li>`)}</ul>` : nothing;
