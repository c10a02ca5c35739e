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
  close: svg`<path d="m3 3 10 10M13 3 3 13"/>`,
  call: svg`<path d="M3 2h3l1.500 3.500-2 1.500c.8 1.700 1.800 2.700 3.500 3.500l1.500-2L14 10v3c0 .6-.5 1-1 1C7 14 2 9 2 3c0-.5.4-1 1-1z"/>`,
  held: svg`<path d="M3.5 1.5h9M3.5 14.5h9M4.500 1.500c0 4 3 5 3.500 6.500-.5 1.500-3.500 2.500-3.500 6.500M11.500 1.500c0 4-3 5-3.500 6.500.5 1.500 3.500 2.500 3.500 6.500"/>`,
  "not-live": svg`<path d="M2 2l12 12M1.500 6.500A9 9 0 0 1 4 4.800M6.500 4a9 9 0 0 1 8 2.500M4 9a6 6 0 0 1 3-1.600M10 8a6 6 0 0 1 2 1M8 12.500v.1"/>`,
  "not-scored": svg`<rect x="1.500" y="1.500" width="13" height="13"/><path d="M8 4.500v4.500M8 11.500v.1"/>`,
  question: svg`<circle cx="8" cy="8" r="6.500"/><path d="M6 6.200C6 4 10 4 10 6.300 10 7.800 8 7.800 8 9.300M8 11.700v.1"/>`,
  quiet: svg`<rect x="1.500" y="5.500" width="13" height="5"/>`,
  refused: svg`<path d="M4.500 12.500H12a2.500 2.500 0 0 0 1-4.800A4 4 0 0 0 6 5M4 6.500a3 3 0 0 0 .5 6M2 2l12 12"/>`,
  "sign-out": svg`<path d="M6 2.500H2.500v11H6M10.500 5l3 3-3 3M13.500 8H6"/>`,
});

/** @param {string} name */
export const icon = (name) => html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true">${SHAPES[name]}</svg>`;
