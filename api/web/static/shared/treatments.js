// Changes of tablets: from a patient's treatments to the days of a curve on which one began or ended, and their words.
import { plus } from "./days.js";
import { t } from "./words.js";

/** @typedef {{ ai: string | null, from: string | null, until: string | null }} Treatment in the order of time */
/** @typedef {{ kind: "begins" | "ends", ai: string | null }} Change */

/**
 * The changes by day. An end that another treatment follows at once is no change of its own.
 * @param {Treatment[]} treatments
 * @returns {Map<string, Change[]>}
 */
export const changesOf = (treatments) => {
  /** @type {Map<string, Change[]>} */
  const found = new Map();
  const note = (/** @type {string | null} */ day, /** @type {Change} */ change) => {
    if (day) found.set(day, [...(found.get(day) ?? []), change]);
  };
  treatments.forEach(({ ai, from, until }, place) => {
    const next = treatments[place + 1]?.from;
    const goesOn = until && next && next <= plus(until, 1);
    note(from, { kind: "begins", ai });
    if (!goesOn) note(until, { kind: "ends", ai });
  });
  return found;
};

/**
 * The day of the first tablet; null where it is not known.
 * @param {Treatment[]} treatments @param {string | null} present first day of the present ones
 */
export const firstTablet = (treatments, present) => (treatments.length ? treatments[0].from : present);

/** The name of a drug. @param {string | null} ai */
export const drugOf = (ai) => {
  if (ai === "anastrozole") return t("anastrozole");
  if (ai === "exemestane") return t("exemestane");
  return ai === "letrozole" ? t("letrozole") : t("tablets");
};

/** In the drawing. @param {Change} change */
export const labelOf = ({ kind, ai }) => (kind === "begins" ? drugOf(ai) : t("{drug}: end", { drug: drugOf(ai) }));

/** @param {Change} change */
export const changeInWords = ({ kind, ai }) =>
  kind === "begins" ? t("{drug}: first day", { drug: drugOf(ai) }) : t("{drug}: last day", { drug: drugOf(ai) });
