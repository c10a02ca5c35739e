// The one state object of the care-team pages, and the screen that an address names.
import { makeFace, routeIn } from "../shared/app.js";

export { hashOf, staying } from "../shared/app.js";

export const HOME = "worklist";

/** What stays when somebody signs out, or locks: nothing about a patient. */
const STAYING = ["route", "online", "offlineSince", "language", "isWide"];

/**
 * What the pages know. Acts put their own parts beside these, one key for each screen.
 * @typedef {object} State
 * @property {import("../shared/app.js").Route} route
 * @property {boolean} online
 * @property {number | null} offlineSince
 * @property {boolean} isWide two panes fit beside each other
 * @property {string} language
 * @property {any} me the answer of GET /v1/me; null: nobody is signed in
 * @property {string[]} screens that there are for the role
 * @property {boolean} loading
 * @property {import("../shared/problem.js").Problem | null} problem what the last act met
 * @property {import("../shared/problem.js").Problem | null} broken why there is no page at all
 * @property {string} announced what the live region says
 */

/** @returns {State & Record<string, any>} */
const initialState = () => ({
  route: { name: HOME, params: {} },
  online: navigator.onLine,
  offlineSince: navigator.onLine ? null : Date.now(),
  isWide: true,
  language: "en",
  me: null,
  screens: /** @type {string[]} */ ([]),
  loading: true,
  problem: null,
  broken: null,
  announced: "",
});

/** Make the pages around a function that draws. @param {(state: State & Record<string, any>) => void} draw */
export const makeApp = (draw) => makeFace(initialState(), draw);

/** @typedef {ReturnType<typeof makeApp>} App */

/** Forget everything that was read, so that nothing of it is left in this page. @param {App} app */
export const forget = (app) => {
  const { state } = app;
  for (const name of Object.keys(state)) if (!STAYING.includes(name)) delete state[name];
  app.set({ me: null, screens: [], loading: false, problem: null, broken: null, announced: "" });
};

/** @param {string} hash */
export const routeOf = (hash) => routeIn(hash, HOME);
