// Urgency as word, shape and colour, so that none of them is needed alone.
import { html } from "../../vendor/lit-html/lit-html.js";
import { t } from "../../shared/words.js";
import { icon } from "../icons.js";

const TIERS = /** @type {Record<string, () => [string, string]>} */ ({
  same_day: () => ["same-day", t("Same day")],
  routine: () => ["routine", t("2 working days")],
  self_care: () => ["self-care", t("Patient informed")],
});

/** @param {string} urgency as the API names it */
export const tier = (urgency) => {
  const [look, words] = TIERS[urgency]();
  return html`<span class="tier ${look}">${icon(look)}${words}</span>`;
};
