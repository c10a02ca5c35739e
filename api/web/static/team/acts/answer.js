// Answers to alerts at the server. Each names the version that was read, so that nothing is answered unseen.
import { api } from "../../shared/api.js";

/** @typedef {{ id: string, version: number }} Seen */

/** @param {Seen} alert @param {string} what @param {any} [body] @returns {Promise<any>} the alert after it */
const post = async ({ id, version }, what, body) =>
  (await api.post(`/v1/alerts/${id}/${what}`, { body, ifMatch: version })).body;

/** @param {Seen} alert */
export const acknowledge = (alert) => post(alert, "acknowledgement");

/** @param {Seen} alert @param {string} until @param {string} [note] */
export const snooze = (alert, until, note) => post(alert, "snooze", { until, ...(note && { note }) });

/** @param {Seen} alert @param {string | null} to */
export const assign = (alert, to) => post(alert, "assignment", { to });

/** @param {Seen} alert @param {string} outcome @param {string} [note] */
export const resolve = (alert, outcome, note) => post(alert, "resolution", { outcome, ...(note && { note }) });

/** @param {Seen} alert @param {string} note */
export const addNote = (alert, note) => post(alert, "notes", { note });
