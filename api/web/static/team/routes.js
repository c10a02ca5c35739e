// The screens, by the name that stands in the address. A screen is one line here; all but the first are fetched
// when they are first opened.
import * as signInActs from "./acts/sign_in.js";
import * as worklistActs from "./acts/worklist.js";
import * as signIn from "./screens/sign_in.js";
import * as worklist from "./screens/worklist.js";

/**
 * @typedef {object} Screen
 * @property {any} screen pure views: `title`, `view`, and `pane` where there is one. A title names no patient:
 *   browsers keep titles
 * @property {any} acts `enter`, `model`, and what the screen calls; `leave` where something must end with the screen
 * @property {string | null} rail the entry of the rail that is open; null: the screen stands alone
 * @property {boolean} [open] can be seen without a sign-in
 * @property {string} [needs] the scope without which the screen is not there (x-scope of what it reads)
 * @property {() => Promise<[any, any]>} [load] fetches screen and acts when it is first opened
 */

/**
 * A screen that is fetched when it is first opened.
 * @param {() => Promise<any>} screen @param {() => Promise<any>} acts @param {{ rail: string | null, needs?: string }} more @returns {Screen}
 */
const later = (screen, acts, more) => ({ screen: null, acts: null, ...more, load: () => Promise.all([screen(), acts()]) });

/** @type {Record<string, Screen>} */
export const ROUTES = {
  "sign-in": { screen: signIn, acts: signInActs, rail: null, open: true },
  "second-factor": later(() => import("./screens/second_factor.js"), () => import("./acts/second_factor.js"), { rail: null, needs: "staff:self" }),
  alert: later(() => import("./screens/alert.js"), () => import("./acts/alert.js"), { rail: "worklist", needs: "alerts:read" }),
  patient: later(() => import("./screens/patient.js"), () => import("./acts/patient.js"), { rail: "patients", needs: "patients:read" }),
  visit: later(() => import("./screens/visit.js"), () => import("./acts/visit.js"), { rail: "patients", needs: "patients:read" }),
  worklist: { screen: worklist, acts: worklistActs, rail: "worklist", needs: "alerts:read" },
};

/** The screens that there are for somebody. @param {any} me @returns {string[]} */
export const screensFor = (me) =>
  Object.entries(ROUTES)
    .filter(([, { open, needs }]) => open || (me && (!needs || me.scopes.includes(needs))))
    .map(([name]) => name);
