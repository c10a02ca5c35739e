// What the model knows of a patient, in the reader's language; what it may learn to know later is shown as the server words it.
import { number, t } from "../../shared/words.js";

const SIGNED = (/** @type {number} */ value) => (value > 0 ? "+" : "") + number(value, 1, 1);
const one = (/** @type {number} */ value) => number(value, 1, 1);

/** @type {Record<string, (value: number) => string>} */
const WORDS = {
  pain: (value) => t("worst pain {value} in recent weeks", { value: one(value) }),
  rise: (value) => t("pain or stiffness {value} against the first four weeks", { value: SIGNED(value) }),
  early_rise: (value) => t("pain or stiffness rose by {value} points in the first 30 days", { value: one(2 * value) }),
  stiffness: (value) => t("stiffness {value} in recent weeks", { value: one(value) }),
  interference: (value) => t("interference {value} in recent weeks", { value: one(value) }),
  missed: (value) => t("about {share}% of tablets missed", { share: number(10 * value) }),
  not_taken_rise: (value) => t("tablets not taken {share}% against before", { share: (value > 0 ? "+" : "") + number(10 * value) }),
  skipped: (value) => t("about {share}% of tablets left out on purpose", { share: number(10 * value) }),
  doubt: (value) => t("confidence to go on {value} of 10", { value: one(10 - value) }),
  doubt_rise: (value) => t("confidence lately {value} against before", { value: SIGNED(-value) }),
  bother: (value) => t("bother by unwanted effects {value} of 10", { value: one(value) }),
  need_doubt: (value) => t("doubt about the need for the tablets {value} of 10", { value: one(value) }),
  cost: (value) => (value >= 0.5 ? t("trouble with cost or supply") : t("little or no trouble with cost or supply")),
  sleep: (value) => (value >= 0.5 ? t("trouble sleeping") : t("little or no trouble sleeping")),
  wish: (value) => (value ? t("has stated the wish to stop") : t("has not stated the wish to stop")),
  thinning: (value) => t("wrote {value} times as often as before", { value: one(Math.exp(-value)) }),
  gap: (value) => t("{value} times the usual interval since the entry before", { value: one(2 ** value) }),
  sparse: (value) => t("{share}% of the days or weeks left unanswered", { share: number(10 * value) }),
  younger: (value) => t("age {age}", { age: number(62 - 10 * value) }),
  tamoxifen: (value) => (value ? t("tamoxifen before") : t("no tamoxifen before")),
  taxane: (value) => (value ? t("taxane before") : t("no taxane before")),
  exemestane: (value) => (value ? t("takes exemestane") : t("does not take exemestane")),
};

/** @param {any} contribution of the API */
export const covariateOf = ({ feature, value, description }) =>
  WORDS[feature]?.(value) ?? description.replace(/: (raises it|lowers it|typical)$/, "");
