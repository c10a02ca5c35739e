// The language of a face: its words are loaded, and the server is asked to word its problems in it.
import { file, speak } from "./api.js";
import { languageOf, read } from "./look.js";
import { use } from "./words.js";

/**
 * Load the words of a language, by default of the one that was chosen here.
 * @param {"" | "team-"} [face] beginning of the name of the face's catalogues @param {string} [language]
 * @returns {Promise<string>} the language
 */
export const loadWords = async (face = "", language = languageOf(read())) => {
  speak(language);
  if (language === "en") use("en");
  else {
    try {
      use(language, await file(new URL(`../words/${face}${language}.json`, import.meta.url).pathname));
    } catch {
      use("en"); // English words are better than none
    }
  }
  return language;
};
