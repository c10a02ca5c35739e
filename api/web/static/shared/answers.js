// Answers of an entry in words: those that GET /v1/check-in has for its questions.
import { t } from "./words.js";

/**
 * What was answered: rows of a name and a value, in the order of the questions. The three of every check-in stand
 * there also when they were left blank.
 * @param {any[]} questions as the API words them @param {Record<string, any>} answers
 * @returns {{ name: string, value: string }[]}
 */
export const factsOf = (questions, answers) =>
  questions
    .filter(({ name, asked }) => asked === "always" || isGiven(answers[name]))
    .map((each) => ({ name: each.label, value: isGiven(answers[each.name]) ? answerInWords(each, answers[each.name]) : t("not answered") }));

/** @param {any} value */
const isGiven = (value) => value !== undefined && value !== null;

/** @param {any} asked the question @param {any} value */
export const answerInWords = (asked, value) => {
  if (asked.kind === "scale") return asked.unit ? `${value} ${asked.unit}` : String(value);
  if (asked.kind === "body_sites") return value.map((/** @type {any} */ each) => siteInWords(asked, each)).join(", ");
  const texts = [value].flat().map((/** @type {any} */ each) => textOf(asked.options, String(each)));
  return texts.join(", ");
};

/** @param {any[]} options @param {string} value */
const textOf = (options, value) => options.find((each) => each.value === value)?.text ?? value;

/** @param {any} asked the question of places @param {{ site: string, side: string }} place */
export const siteInWords = (asked, { site, side }) =>
  textOf(asked.options.find((/** @type {any} */ each) => each.value === site)?.sides ?? [], side);
