// Where it hurts: places of the body as toggle buttons, as a list and as a picture; and the places as the API takes them.
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { t } from "./words.js";

/** @typedef {{ site: string, side: string }} Place */
/** @typedef {{ value: string, text: string, sides: { value: string, text: string }[] }} Site as GET /v1/check-in words it */

/**
 * The sides of a site that are on: "both" is left and right.
 * @param {Place[]} places @param {string} site @returns {Set<string>}
 */
export const sidesOn = (places, site) =>
  new Set(places.filter((each) => each.site === site).flatMap(({ side }) => (side === "both" ? ["left", "right"] : [side])));

/**
 * The places after a button was pressed; what was on goes off.
 * @param {Place[]} places @param {string} site @param {string} side @returns {Place[]}
 */
export const toggled = (places, site, side) => {
  const [on, pressed] = [sidesOn(places, site), side === "both" ? ["left", "right"] : [side]];
  const isOn = pressed.every((each) => on.has(each));
  for (const each of pressed) isOn ? on.delete(each) : on.add(each);
  return [...places.filter((each) => each.site !== site), ...[...joined(on)].map((each) => ({ site, side: each }))];
};

/** @param {Set<string>} on */
const joined = (on) => {
  if (!on.has("left") || !on.has("right")) return on;
  return new Set(["both", ...[...on].filter((side) => side !== "left" && side !== "right")]);
};

/**
 * Whether a side of a site is on.
 * @param {Place[]} places @param {string} site @param {string} side
 */
export const isOn = (places, site, side) => {
  const on = sidesOn(places, site);
  return side === "both" ? on.has("left") && on.has("right") : on.has(side);
};

/**
 * The places in words, in the order of the sites.
 * @param {Site[]} sites @param {Place[]} places @returns {string[]}
 */
export const inWords = (sites, places) =>
  sites.flatMap(({ value, sides }) =>
    sides.filter((side) => places.some((each) => each.site === value && each.side === side.value)).map(({ text }) => text),
  );

/**
 * A row of buttons for each site.
 * @param {{ options: Site[], sides: { value: string, text: string }[] }} asked @param {Place[]} places
 * @param {(site: string, side: string) => void} toggle
 */
export const siteList = ({ options, sides }, places, toggle) => html`<div class="sites">
  ${options.map(
    (site) => html`<div class="site" role="group" aria-label=${site.text}>
      <span class="name" aria-hidden="true">${site.text}</span>
      ${site.sides.map(
        ({ value, text }) => html`<button class="pick toggle ${value === "middle" ? "wide" : ""}" type="button" aria-label=${text}
          aria-pressed=${isOn(places, site.value, value) ? "true" : "false"} @click=${() => toggle(site.value, value)}>
          <span class="face">${sides.find((each) => each.value === value)?.text ?? text}</span>
        </button>`,
      )}
    </div>`,
  )}
</div>`;

/** What is chosen, said when it changes. @param {string[]} words */
export const chosenInWords = (words) => html`<p class="soft" role="status">
  ${words.length
    ? html`${t("Chosen:")} <strong>${words.join(", ")}.</strong> ${t("Tap again to take a choice back.")}`
    : nothing}
</p>`;
