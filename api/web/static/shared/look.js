// How the app looks on this phone: language, theme, text size, button size, questions on one page. Known before the first paint.

/** A patient's phone and a desk of the team may be the same browser: each face has its own. */
const KEY = location.pathname.startsWith("/team") ? "aimss.team.look" : "aimss.look";
export const LANGUAGES = ["en", "de", "es", "fr"];

/**
 * @typedef {object} Look
 * @property {string} [language] chosen on this phone, or the patient's
 * @property {string} [followed] the patient's language at the server, as last seen
 * @property {"light" | "dark"} [theme] nothing: as the phone has it
 * @property {"larger"} [text]
 * @property {"large"} [buttons]
 * @property {"one"} [pages] all questions of a check-in on one page
 */

/** @returns {Look} */
export const read = () => {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "{}");
  } catch {
    return {};
  }
};

/**
 * Change and apply.
 * @param {Partial<Look>} changes undefined removes a choice
 */
export const change = (changes) => {
  const look = { ...read(), ...changes };
  try {
    localStorage.setItem(KEY, JSON.stringify(look));
  } catch {
    // the choice holds until the app is closed
  }
  apply(look);
  return look;
};

/** Forget everything, at sign-out. */
export const forget = () => {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // nothing was kept
  }
  apply({});
};

/** @param {Look} look */
export const apply = (look) => {
  const root = document.documentElement;
  root.lang = languageOf(look);
  for (const name of /** @type {const} */ (["theme", "text", "buttons"])) {
    if (look[name]) root.dataset[name] = look[name];
    else delete root.dataset[name];
  }
};

/**
 * The language chosen, else the first of the phone's that there is, else English.
 * @param {Look} look
 */
export const languageOf = (look) => {
  const wanted = [look.language, ...navigator.languages].map((tag) => tag?.slice(0, 2).toLowerCase());
  return wanted.find((tag) => tag && LANGUAGES.includes(tag)) ?? "en";
};
