// What is asked and said: the words of the API, or the app's own until those were fetched.
import { current, t } from "../../shared/words.js";
import { fallback } from "../fallback.js";

/** The words of the check-in in the language in use. @param {any} state */
export const wordsOf = (state) => (state.asked?.language === current() ? state.asked : fallback());

/** @param {any} state @param {string} name @returns {any} */
export const question = (state, name) => wordsOf(state).questions.find((/** @type {any} */ each) => each.name === name);

/**
 * What was answered, in words: rows of a name and a value, in the order of the questions. The three of every
 * check-in stand there also when they were left blank.
 * @param {any} state @param {Record<string, any>} answers
 * @returns {{ name: string, value: string }[]}
 */
export const facts = (state, answers) =>
  wordsOf(state)
    .questions.filter((/** @type {any} */ { name, asked }) => asked === "always" || isGiven(answers[name]))
    .map((/** @type {any} */ each) => ({
      name: each.label,
      value: isGiven(answers[each.name]) ? inWords(each, answers[each.name]) : t("not answered"),
    }));

/** @param {any} value */
const isGiven = (value) => value !== undefined && value !== null;

/** @param {any} asked @param {any} value */
const inWords = (asked, value) => {
  if (asked.kind === "scale") return asked.unit ? `${value} ${asked.unit}` : String(value);
  if (asked.kind === "body_sites") return value.map((/** @type {any} */ each) => siteInWords(asked, each)).join(", ");
  const texts = [value].flat().map((/** @type {any} */ each) => textOf(asked.options, String(each)));
  return texts.join(", ");
};

/** @param {any[]} options @param {string} value */
const textOf = (options, value) => options.find((each) => each.value === value)?.text ?? value;

/** @param {any} asked @param {{ site: string, side: string }} place */
const siteInWords = (asked, { site, side }) =>
  textOf(asked.options.find((/** @type {any} */ each) => each.value === site)?.sides ?? [], side);
