// Starting: the words of the language, the sign-in that this phone has, and what the server says about it.
import { languageOf, read } from "../../shared/look.js";
import { use } from "../../shared/words.js";
import { getJson, refresh } from "../interim.js";

/** @typedef {import("../app.js").App} App */

/** Load the words of the language in use. @param {App} app */
export const words = async (app) => {
  const language = languageOf(read());
  if (language === "en") return use("en");
  const address = new URL(`../../words/${language}.json`, import.meta.url).pathname;
  try {
    use(language, await getJson(address));
  } catch {
    use("en"); // English words are better than none
  }
  app.set({});
};

/** Sign in with what this phone has, and ask for what the first screen shows. @param {App} app */
export const start = async (app) => {
  if (!(await refresh())) return;
  const [me, due] = await Promise.all([getJson("/v1/me"), getJson("/v1/me/due")]);
  app.set({ signedIn: true, me, due: due.due ?? due.items ?? due });
};
