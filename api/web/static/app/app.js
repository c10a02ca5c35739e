// The one state object of the app, and the screen that an address names.
import { makeFace, routeIn } from "../shared/app.js";

export { hashOf, staying } from "../shared/app.js";

/** @typedef {import("../shared/app.js").Route} Route */

/**
 * What the app knows. Acts put their own parts beside these, one key for each screen.
 * @typedef {object} State
 * @property {Route} route
 * @property {string} from name of the screen before
 * @property {boolean} online
 * @property {number | null} offlineSince
 * @property {boolean} signedIn
 * @property {boolean} loading
 * @property {import("../shared/problem.js").Problem | null} problem what the last act met
 * @property {string} announced what the live region says
 * @property {any} me the answer of GET /v1/me, as the phone keeps it
 * @property {number | null} meAt when that was
 * @property {any[] | null} due what is due, from the same answer
 * @property {any} sync what sync.js says of sending
 * @property {boolean} wiped the browser removed what was kept
 * @property {number | null} lost the number of answers that waited then
 * @property {string[]} screens the screens that there are
 */

/** @returns {State & Record<string, any>} */
export const initialState = () => ({
  route: { name: "today", params: {} },
  from: "today",
  online: navigator.onLine,
  offlineSince: navigator.onLine ? null : Date.now(),
  signedIn: false,
  loading: true,
  problem: null,
  announced: "",
  me: null,
  meAt: null,
  due: null,
  sync: null,
  wiped: false,
  lost: null,
  screens: [],
});

/** Make the app around a function that draws. @param {(state: State & Record<string, any>) => void} draw */
export const makeApp = (draw) => makeFace(initialState(), draw);

/** @typedef {ReturnType<typeof makeApp>} App */

/** @param {string} hash @returns {Route} */
export const routeOf = (hash) => routeIn(hash, "today");
