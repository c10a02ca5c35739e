// What is asked and said: the words of the API, or the app's own until those were fetched.
import { factsOf } from "../../shared/answers.js";
import { current } from "../../shared/words.js";
import { fallback } from "../fallback.js";

/** The words of the check-in in the language in use. @param {any} state */
export const wordsOf = (state) => (state.asked?.language === current() ? state.asked : fallback());

/** @param {any} state @param {string} name @returns {any} */
export const question = (state, name) => wordsOf(state).questions.find((/** @type {any} */ each) => each.name === name);

/** What was answered, in words. @param {any} state @param {Record<string, any>} answers */
export const facts = (state, answers) => factsOf(wordsOf(state).questions, answers);
