// The one state object of a face, what acts may do with it, and the address as name and parameters of a screen.
import { Unreachable } from "./api.js";
import { problemOf } from "./problem.js";

/**
 * @typedef {object} Route
 * @property {string} name of the screen
 * @property {Record<string, string>} params from the address
 */

/**
 * Make a face around its first state and a function that draws.
 * @template {Record<string, any>} State
 * @param {State} state @param {(state: State & Record<string, any>) => void} draw
 */
export const makeFace = (state, draw) => {
  let waiting = false;
  const app = {
    state: /** @type {State & Record<string, any>} */ (state),
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

/** Whether the person is still where this was called. @param {{ state: any }} app @returns {() => boolean} */
export const staying = ({ state }) => {
  const { route } = state;
  return () => state.route === route;
};

/** @param {string} name @param {Record<string, string>} [params] */
export const hashOf = (name, params = {}) => {
  const query = new URLSearchParams(params).toString();
  return `#/${name}${query && `?${query}`}`;
};

/** @param {string} hash @param {string} home the screen of an address that names none @returns {Route} */
export const routeIn = (hash, home) => {
  const [name, query] = hash.replace(/^#\/?/, "").split("?");
  return { name: name || home, params: Object.fromEntries(new URLSearchParams(query ?? "")) };
};

/**
 * The acts of a screen as its view calls them: without the app, and with faults shown.
 * @param {any} app @param {any} acts @param {(error: unknown) => import("./problem.js").Problem | null} [inWords]
 */
export const boundTo = (app, acts, inWords = problemOf) =>
  new Proxy(/** @type {Record<string, (...given: any[]) => Promise<void>>} */ ({}), {
    get: (_, name) =>
      async (/** @type {any[]} */ ...given) => {
        try {
          await acts[name](app, ...given);
        } catch (error) {
          app.set({ problem: inWords(error) });
        }
      },
  });

/**
 * Fetch a screen that was not opened yet; without a network it is among the files of the phone's worker.
 * @param {any} app @param {any} there the screen, which gets its view and acts @param {boolean} first at the start, where there is no page yet
 * @param {(error: unknown) => import("./problem.js").Problem | null} [inWords]
 * @returns {Promise<boolean>} whether to go on: the person may have gone elsewhere meanwhile
 */
export const fetchScreen = async (app, there, first, inWords = problemOf) => {
  const { hash } = location;
  try {
    [there.screen, there.acts] = await there.load();
  } catch {
    // a server that has another version by now has no files of this one: begin anew with its page
    if (!first && navigator.onLine) location.reload();
    else app.set({ loading: false, [first ? "broken" : "problem"]: inWords(new Unreachable("offline")) });
    return false;
  }
  return location.hash === hash;
};

/** Give the focus to what a screen marks as first (with `data-still` the page stays where it is), or to its heading. @returns {boolean} whether there was any */
export const focusFirst = () => {
  const first = /** @type {HTMLElement | null} */ (document.querySelector("[data-focus]") ?? document.querySelector("h1"));
  if (!first) return false;
  const isStill = "still" in first.dataset;
  if (!isStill) scrollTo(0, 0);
  first.focus({ preventScroll: !isStill });
  return true;
};
