// Icons of the care-team pages, drawn on 16 by 16; they say nothing by themselves.
import { html, svg } from "../vendor/lit-html/lit-html.js";

const SHAPES = /** @type {Record<string, import("../vendor/lit-html/lit-html.js").TemplateResult>} */ ({
  alone: svg`<circle cx="8" cy="5" r="3"/><path d="M2.5 14.5c0-3 2.5-5 5.5-5s5.5 2 5.5 5"/>`,
  alert: svg`<path d="M8 1.5 15 14H1z"/><path d="M8 6v4M8 12v.1"/>`,
  "same-day": svg`<path class="solid" d="M5 .5h6L15.5 5v6L11 15.5H5L.5 11V5z"/>`,
  routine: svg`<path d="M8 2 14.5 14h-13z"/>`,
  "self-care": svg`<circle cx="8" cy="8" r="6"/>`,
  print: svg`<path d="M4.5 6V2h7v4M4.5 12h-3V6h13v6h-3M4.5 10h7v4h-7z"/>`,
  tick: svg`<path d="m2.5 8.5 3.5 3.5 7.5-8"/>`,
  worklist: svg`<path d="M2 3.5h2M2 8h2M2 12.5h2M6.5 3.5H14M6.5 8H14M6.5 12.5H14"/>`,
  "sign-out": svg`<path d="M6 2.500H2.500v11H6M10.500 5l3 3-3 3M13.500 8H6"/>`,
});

/** @param {string} name */
export const icon = (name) => html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true">${SHAPES[name]}</svg>`;
