// What the marks of the curve mean.
import { html, nothing, svg } from "../../vendor/lit-html/lit-html.js";
import { icon } from "../../shared/icons.js";
import { t } from "../../shared/words.js";

/** @param {unknown} mark @param {string} words */
const item = (mark, words) => html`<li><svg viewBox="0 0 44 20" aria-hidden="true">${mark}</svg><span>${words}</span></li>`;

const open = svg`<rect class="c-tablet-open" x="16.5" y="5" width="10" height="10"/>`;

/** @param {any} model @param {any} act */
export const legend = ({ hasStiffness, hasChanges }, act) => html`
  <button class="button button-low" type="button" aria-pressed=${hasStiffness ? "true" : "false"} @click=${() => act.toggleStiffness()}>
    ${icon(hasStiffness ? "tick" : "curve")}<span>${t("Stiffness as well")}</span>
  </button>
  <details>
    <summary>${icon("forward")}<span>${t("What the marks mean")}</span></summary>
    <ul class="legend">
      ${item(svg`<circle class="c-dot" cx="14" cy="10" r="3.5"/><circle class="c-dot" cx="30" cy="10" r="3.5"/>`, t("your answers, worst pain"))}
      ${item(svg`<circle class="c-ring" cx="22" cy="10" r="3.5"/>`, t("a further answer of the same day"))}
      ${item(svg`<path class="c-level" d="M1 13L17 9M27 8L43 6"/>`, t("the level your answers point to; broken where we cannot tell"))}
      ${item(svg`<rect class="c-band" x="1" y="3" width="42" height="14"/>`, t("where the level most likely lies"))}
      ${item(svg`<path class="c-usual" d="M0 10H44"/>`, t("your usual"))}
      ${hasStiffness
        ? [
            item(svg`<path class="c-stiffness" d="M17.5 10l4.5 -4.5l4.5 4.5l-4.5 4.5z"/>`, t("your answers, stiffness")),
            item(svg`<path class="c-stiffness-level" d="M1 12L43 8"/>`, t("the level of stiffness")),
          ]
        : nothing}
      ${item(svg`<path class="c-missing" d="M18 5v10M26 5v10"/>`, t("day without an answer"))}
      ${item(svg`<rect class="c-tablet" x="16" y="6" width="4" height="9"/><rect class="c-tablet" x="21" y="6" width="4" height="9"/>`, t("tablet taken"))}
      ${item(open, t("tablet not taken"))}
      ${item(svg`${open}<rect class="c-tablet" x="16.5" y="5" width="5" height="10"/>`, t("tablet not taken, on purpose"))}
      ${item(svg`<circle class="c-tablet" cx="18" cy="10" r="1.3"/><circle class="c-tablet" cx="25" cy="10" r="1.3"/>`, t("tablet not known"))}
      ${hasChanges ? item(svg`<path class="c-treat" d="M22 2v16"/>`, t("change of tablets")) : nothing}
    </ul>
  </details>
`;
