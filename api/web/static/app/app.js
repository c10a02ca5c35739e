// The one state object, and what acts may do with it.

/**
 * @typedef {object} Route
 * @property {string} name of the screen
 * @property {Record<string, string>} params from the address
 */

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

/**
 * Make the app around a function that draws.
 * @param {(state: State & Record<string, any>) => void} draw
 */
export const makeApp = (draw) => {
  const state = initialState();
  let waiting = false;
  const app = {
    state,
    /** Change the state; the page is drawn once for all changes of a moment. @param {Record<string, any>} changes */
    set(changes) {
      Object.assign(state, changes);
      if (waiting) return;
      waiting = true;
      queueMicrotask(() => {
        waiting = false;
        draw(state);
      });
    },
    /**
     * Go to a screen.
     * @param {string} name @param {Record<string, string>} [params] @param {{ replace?: boolean }} [how]
     */
    go(name, params = {}, { replace = false } = {}) {
      const address = hashOf(name, params);
      if (replace) location.replace(address);
      else location.hash = address;
    },
    /** Say something in the live region. @param {string} words */
    announce(words) {
      app.set({ announced: words });
    },
  };
  return app;
};

/** @typedef {ReturnType<typeof makeApp>} App */

/** Whether the patient is still where this was called. @param {App} app @returns {() => boolean} */
export const staying = ({ state }) => {
  const { route } = state;
  return () => state.route === route;
};

/** @param {string} name @param {Record<string, string>} [params] */
export const hashOf = (name, params = {}) => {
  const query = new URLSearchParams(params).toString();
  return `#/${name}${query && `?${query}`}`;
};

/** @param {string} hash @returns {Route} */
export const routeOf = (hash) => {
  const [name, query] = hash.replace(/^#\/?/, "").split("?");
  return { name: name || "today", params: Object.fromEntries(new URLSearchParams(query ?? "")) };
};
