// The body from the front or the back, with a toggle button at each site; the same places as in the list.
import { html, nothing, svg } from "../vendor/lit-html/lit-html.js";
import { isOn } from "./body_sites.js";
import { t } from "./words.js";

const [WIDTH, HIT, RING, WIDE] = [350, 54, 7, 70];
const PAIRS = /** @type {[string, number, number][]} */ ([
  ["shoulder", 85, 111], ["elbow", 57, 199], ["wrist", 36, 279], ["hand", 24, 335],
  ["hip", 111, 291], ["knee", 107, 409], ["ankle", 105, 507], ["foot", 93, 567],
]);
/** Sites in the middle, by view: name, top, width. @type {Record<string, [string, number, number][]>} */
const MIDDLE = {
  front: [["head", 17, HIT], ["neck", 73, HIT], ["chest", 170, WIDE]],
  back: [["neck", 73, HIT], ["upper_back", 140, WIDE], ["lower_back", 224, WIDE]],
};
const HALF = [
  "M97 148C97 132 108 122 126 118L176 118L176 334L119 334L117 316C119 286 131 268 133 246C135 226 128 214 125 190Z",
  "M96 146L131 156L101 234L71 222Z",
  "M72 220L101 233L74 314L52 305Z",
  "M50 306L75 315L70 344L62 372C56 388 36 386 34 370L38 344Z",
  "M70 322L82 346C86 356 78 362 72 354L64 344Z",
  "M117 318L172 332L160 440L115 437Z",
  "M115 434L160 438C162 470 154 500 150 540L118 538C114 500 110 470 115 434Z",
];
/** @type {Record<string, string>} */
const FOOT = {
  front: "M118 536L150 538L147 578L132 608C126 618 104 614 102 602L112 576Z",
  back: "M119 536L150 538L148 584C146 604 110 604 108 590L114 572Z",
};

/**
 * @param {{ options: import("./body_sites.js").Site[] }} asked @param {import("./body_sites.js").Place[]} places
 * @param {"front" | "back"} view @param {(site: string, side: string) => void} toggle
 */
export const bodyPicture = ({ options }, places, view, toggle) => {
  const [first, second] = view === "front" ? ["right", "left"] : ["left", "right"];
  const spots = [
    ...MIDDLE[view].map(([site, y, width]) => ({ site, side: "middle", x: (WIDTH - width) / 2, y, width })),
    ...PAIRS.flatMap(([site, x, y]) => [
      { site, side: first, x, y, width: HIT },
      { site, side: second, x: WIDTH - HIT - x, y, width: HIT },
    ]),
  ];
  return html`<svg class="body-figure" viewBox="0 0 350 626" role="group"
    aria-label=${view === "front" ? t("Body seen from the front") : t("Body seen from the back")}>
    ${shape(view)} ${view === "back" ? svg`<path class="body-line" d="M175 120V300"/>` : nothing}
    ${spots.map((spot) => region(spot, wordsOf(options, spot), isOn(places, spot.site, spot.side), toggle))}
    <text x="4" y="30">${first === "left" ? t("your left") : t("your right")}</text>
    <text x="346" y="30" text-anchor="end">${first === "left" ? t("your right") : t("your left")}</text>
  </svg>`;
};

/** @param {import("./body_sites.js").Site[]} options @param {{ site: string, side: string }} spot */
const wordsOf = (options, { site, side }) =>
  options.find(({ value }) => value === site)?.sides.find(({ value }) => value === side)?.text ?? site;

/** @param {string} view */
const shape = (view) => {
  const half = [...HALF, FOOT[view]].map((path) => svg`<path d=${path}/>`);
  return svg`<g class="body-shape">
    <ellipse cx="175" cy="46" rx="32" ry="38"/>
    <path d="M160 72V98C160 112 142 114 124 119L226 119C208 114 190 112 190 98V72Z"/>
    ${half}<g transform="translate(350 0) scale(-1 1)">${half}</g>
  </g>`;
};

/** @param {{ site: string, side: string, x: number, y: number, width: number }} spot @param {string} words
 * @param {boolean} isChosen @param {(site: string, side: string) => void} toggle */
const region = ({ site, side, x, y, width }, words, isChosen, toggle) => {
  const press = () => toggle(site, side);
  const middle = x + width / 2;
  return svg`<g class="region" role="button" tabindex="0" aria-pressed=${isChosen ? "true" : "false"} aria-label=${words}
    @click=${press} @keydown=${pressed(press)}>
    <rect class="area" x=${x} y=${y} width=${width} height=${HIT}/>
    <rect class="ring" x=${x + RING} y=${y + RING} width=${width - 2 * RING} height=${HIT - 2 * RING} rx=${HIT / 2 - RING}/>
    ${isChosen ? svg`<path class="tick" d="M${middle - 9} ${y + 28}l6 6 12-13"/>` : nothing}
  </g>`;
};

/** Space and Enter press a button. @param {() => void} press */
const pressed = (press) => (/** @type {KeyboardEvent} */ event) => {
  if (event.key !== "Enter" && event.key !== " ") return;
  event.preventDefault();
  press();
};
