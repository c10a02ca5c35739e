// A one-time code in big letters, with its square for a camera and what to do with it.
import { html } from "../../vendor/lit-html/lit-html.js";
import { t } from "../../shared/words.js";

/** @param {{ code: string, url: string, qr_svg: string }} made @param {string} until */
export const codeCard = ({ code, url, qr_svg }, until) => html`
  <section class="card" aria-label=${t("Code")}>
    <p class="code" role="status">${code}</p>
    <p><strong>${until}</strong></p>
    <img class="qr" alt=${t("The same code as a square for a camera")} src=${`data:image/svg+xml,${encodeURIComponent(qr_svg)}`}>
    <ol class="steps">
      <li><div>${t("Point the camera of the other phone at the square, or open this address there:")} <span class="address">${url.split("#")[0]}</span></div></li>
      <li><div>${t("Look whether the code is the same, and tap “Activate”.")}</div></li>
    </ol>
  </section>
`;
