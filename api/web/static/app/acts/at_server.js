// What a screen reads from the server each time, because it must be as it is now; nothing of it is kept here.
import { Unreachable } from "../../shared/api.js";
import { problemOf } from "../../shared/problem.js";
import { confirm } from "../identity.js";

/** @typedef {import("../app.js").App} App */

/**
 * @typedef {object} Asked
 * @property {"loading" | "here" | "offline" | "refused"} phase
 * @property {any} value what was read, where it was
 * @property {any} problem the refusal, in words
 * @property {boolean} isSending something is being changed
 */

/** @returns {Asked} */
export const fresh = () => ({ phase: "loading", value: null, problem: null, isSending: false });

/** What a screen has read so far. @param {any} state @param {string} key @returns {Asked} */
export const asked = (state, key) => state[key] ?? fresh();

/** @param {App} app @param {string} key @param {Partial<Asked>} changes */
const put = (app, key, changes) => app.set({ [key]: { ...asked(app.state, key), ...changes } });

/**
 * Read for a screen, as the sign-in of this phone.
 * @param {App} app @param {string} key of the state @param {(device: string) => Promise<any>} read
 */
export const readInto = async (app, key, read) => {
  try {
    const { device } = await confirm();
    put(app, key, { phase: "here", value: await read(device), problem: null });
  } catch (error) {
    if (error instanceof Unreachable) put(app, key, { phase: "offline", problem: null });
    else put(app, key, { phase: "refused", problem: problemOf(error) });
  }
};

/** Begin anew. @param {App} app @param {string} key */
export const clear = (app, key) => app.set({ [key]: fresh() });

/**
 * Change something at the server; what goes wrong is thrown, and shown below the page.
 * @template T
 * @param {App} app @param {string} key of the state @param {(device: string) => Promise<T>} work @returns {Promise<T>}
 */
export const changeAt = async (app, key, work) => {
  app.set({ problem: null });
  put(app, key, { isSending: true });
  try {
    const { device } = await confirm();
    return await work(device);
  } finally {
    put(app, key, { isSending: false });
  }
};
