// Icons as parts of the page, so that they are there at the first paint, without a network and in print.
import { html, svg } from "../vendor/lit-html/lit-html.js";

const SHAPES = /** @type {Record<string, import("../vendor/lit-html/lit-html.js").TemplateResult>} */ ({
  back: svg`<path d="M15 5l-7 7 7 7"/>`,
  bell: svg`<path d="M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15L6 16.5zM10 20.5h4"/>`,
  "bell-off": svg`<path d="M8 6.6A6 6 0 0 1 18 11v3M6.3 9.5C6.1 10 6 10.5 6 11v5.5L4.5 18H17M10 20.5h4M4 4l16 16"/>`,
  calendar: svg`<rect x="4" y="5" width="16" height="14" rx="1.5"/><path d="M4 10h16M10 10v9"/>`,
  call: svg`<path d="M5 4h4l1.6 4.4-2.3 1.6a12 12 0 0 0 5.7 5.7l1.6-2.3L20 15v4a1.6 1.6 0 0 1-1.7 1.6A15.6 15.6 0 0 1 3.4 5.7 1.6 1.6 0 0 1 5 4z"/>`,
  copy: svg`<rect x="9" y="9" width="11" height="11" rx="2"/><path d="M5.5 15H4V4h11v1.5"/>`,
  curve: svg`<path d="M4 4v16h16M7.5 15l3.5-4 3 2.2L19 7.5"/>`,
  eye: svg`<path d="M3 12s3.3-6 9-6 9 6 9 6-3.3 6-9 6-9-6-9-6z"/><circle cx="12" cy="12" r="2.5"/>`,
  forward: svg`<path d="M9 5l7 7-7 7"/>`,
  home: svg`<path d="M4 11l8-7 8 7M6 9.5V20h12V9.5"/>`,
  key: svg`<circle cx="8" cy="15" r="4"/><path d="M11 12l8-8M16 7l3 3"/>`,
  list: svg`<path d="M9 6h11M9 12h11M9 18h11M4.5 6h.01M4.5 12h.01M4.5 18h.01"/>`,
  offline: svg`<path d="M7 18h10.5M19.6 16.6A3.6 3.6 0 0 0 17.4 10 5.6 5.6 0 0 0 10 6.4M7.6 8.8A4.6 4.6 0 0 0 7 18M4 4l16 16"/>`,
  pen: svg`<path d="M5 19l1-4L16.5 4.5l3 3L9 18l-4 1zM14 7l3 3"/>`,
  phone: svg`<rect x="7" y="3" width="10" height="18" rx="2"/><path d="M11 18h2"/>`,
  sent: svg`<circle cx="12" cy="12" r="9"/><path d="M8 12.5l2.7 2.7L16 9.8"/>`,
  sliders: svg`<path d="M4 7h9M17 7h3M4 17h3M11 17h9"/><circle cx="15" cy="7" r="2"/><circle cx="9" cy="17" r="2"/>`,
  tick: svg`<path d="M5 12.5l4.5 4.5L19 7.5"/>`,
  undo: svg`<path d="M8 5L4 9l4 4M4 9h10a5.5 5.5 0 0 1 0 11h-3"/>`,
  urgent: svg`<path class="solid" d="M8 3h8l5 5v8l-5 5H8l-5-5V8z"/>`,
});

/**
 * An icon beside words; it says nothing by itself.
 * @param {string} name @param {string} [size] "large" or nothing
 */
export const icon = (name, size = "") =>
  html`<svg class="icon ${size && `icon-${size}`}" viewBox="0 0 24 24" aria-hidden="true">${SHAPES[name]}</svg>`;
