// The three steps of putting the app on the home screen of an iPhone, each with a drawing.
import { html, svg } from "../../vendor/lit-html/lit-html.js";
import { t } from "../../shared/words.js";

export const homeScreenSteps = () => html`
  <ol class="steps">
    <li><div><p>${t("Tap the share button of the browser.")}</p>${drawing(92, t("A square with an arrow that points up"), share())}</div></li>
    <li><div><p>${t("Choose “Add to Home Screen”.")}</p>${drawing(104, t("The line in the list"), line())}</div></li>
    <li><div><p>${t("Open the app there, and enter this code.")}</p>${drawing(104, t("The sign of the app among the others"), home())}</div></li>
  </ol>
`;

/** @param {number} height @param {string} words @param {unknown} shapes */
const drawing = (height, words, shapes) => html`
  <svg class="picture" viewBox="0 0 300 ${height}" role="img" aria-label=${words}>
    <rect class="glass" x="1" y="1" width="298" height=${height - 2} rx="12"></rect>${shapes}
  </svg>
`;

const share = () => svg`
  <rect class="shade" x="2" y="44" width="296" height="46" rx="11"/>
  <rect class="bone" x="20" y="16" width="180" height="7" rx="3.5"/><rect class="bone" x="20" y="30" width="120" height="7" rx="3.5"/>
  <path class="bone" d="M36 60l-8 7 8 7z"/><rect class="bone" x="202" y="59" width="14" height="16" rx="2"/>
  <rect class="bone" x="254" y="59" width="18" height="16" rx="2"/><circle class="halo" cx="150" cy="66" r="21"/>
  <path class="mark" d="M144 64h-4v12h20V64h-4M150 70V53M144.5 58l5.5-5.5 5.5 5.5"/>`;

const line = () => svg`
  <rect class="bone" x="20" y="14" width="120" height="7" rx="3.5"/><path class="bone" d="M2 33h296v1.5H2z"/>
  <rect class="halo" x="7" y="38" width="286" height="36" rx="9"/><rect class="thin" x="20" y="52" width="150" height="8" rx="4"/>
  <path class="mark" d="M262 49h16v16h-16zM270 53v8M266 57h8"/><rect class="bone" x="20" y="84" width="90" height="7" rx="3.5"/>`;

const home = () => svg`
  <rect class="bone" x="28" y="18" width="46" height="46" rx="11"/><rect class="bone" x="226" y="18" width="46" height="46" rx="11"/>
  <rect class="tile" x="127" y="18" width="46" height="46" rx="11"/><path class="on-tile" d="M137 49l8-9 6 5 11-13"/>
  <rect class="halo" x="121" y="12" width="58" height="58" rx="16"/><text x="150" y="92" text-anchor="middle">AIMSS</text>`;
