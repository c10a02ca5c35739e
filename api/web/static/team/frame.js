// What stands around every screen: live region, rail, top bar, and the line that is true everywhere.
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { ifDefined } from "../vendor/lit-html/directives/if-defined.js";
import { t } from "../shared/words.js";
import { hashOf } from "./app.js";
import { icon } from "./icons.js";

/** The rail, in its order. An entry is shown where its screen is there for the role. */
const RAIL = () => [{ name: "worklist", words: t("Worklist"), picture: "worklist" }];

/**
 * @typedef {object} Parts
 * @property {unknown} main
 * @property {unknown} [pane] beside it, or at its end where there is no room
 * @property {unknown} problem
 * @property {string | null} rail the entry that is open; null: nobody is signed in, or nothing else may be done
 * @property {string} announced
 * @property {any} me
 * @property {string[]} screens that there are for the role
 * @property {() => void} signOut
 */

/** @param {Parts} parts */
export const frame = (parts) => html`
  <p class="unseen" role="status" aria-live="polite">${parts.announced}</p>
  ${parts.rail === null ? lone(parts) : shell(parts)}
`;

/** One column, for what comes before the pages or covers them. @param {Parts} parts */
const lone = ({ main, problem }) => html`
  <main class="lone">
    <p class="wordmark">AIMSS Monitor</p>
    <div class="sheet">${problem} ${main}</div>
  </main>
`;

/** @param {Parts} parts */
const shell = (parts) => html`
  <div class="shell">
    ${rail(parts)} ${topbar(parts)}
    <main class="page ${parts.pane ? "split" : ""}">
      <div class="main">${parts.problem} ${parts.main} ${foot()}</div>
      ${parts.pane ?? nothing}
    </main>
  </div>
`;

/** @param {Parts} parts */
const rail = ({ rail: open, screens }) => html`
  <nav class="rail" aria-label=${t("Main pages")}>
    <div class="mark" aria-hidden="true">AIMSS</div>
    <ul>
      ${RAIL()
        .filter(({ name }) => screens.includes(name))
        .map(
          ({ name, words, picture }) =>
            html`<li><a href=${hashOf(name)} aria-current=${ifDefined(name === open ? "page" : undefined)}>${icon(picture)}${words}</a></li>`,
        )}
    </ul>
  </nav>
`;

/** @param {Parts} parts */
const topbar = ({ me, signOut }) => html`
  <header class="topbar">
    <p class="meta who-is-here"><b>${me.name}</b> ${me.site.name}</p>
    <button class="button button-small" type="button" @click=${signOut}>${icon("sign-out")}${t("Sign out")}</button>
  </header>
`;

const foot = () => html`<p class="foot">
  ${t("Not an emergency line. Scores summarise what was reported; they name no cause. A quiet list does not mean that all are well.")}
</p>`;
