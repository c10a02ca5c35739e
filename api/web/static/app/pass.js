// One pass of sending: takes what may be sent, sends it, and settles what became of it. Used by sync.js, which
// decides when, and lets only one tab at a time do it.

import { api, Problem, skew } from "../shared/api.js";
import { keepAs } from "./identity.js";
import { claim, settle } from "./queue.js";
import { sendEntries, sendOne } from "./send.js";

/** After so many faults of the server with an item in a batch, the item is sent alone. */
const FAULTS_IN_BATCH = 2;

/** Send all that may be sent now, each item once.
 * @param {{patient: string, device: string}} identity
 * @param {boolean} isAlone whether the lock of sending is held
 * @param {() => void} onSend called before something is sent
 * @returns {Promise<{hasSent: boolean, failed: Error | null}>} `failed`: a fault that kept single items back */
export const pass = async ({ patient, device }, isAlone, onSend) => {
  if (skew() === null) await api.get("/v1/me", { device }); // measures the clock
  const without = new Set();
  let [hasSent, failed] = [false, null];
  for (;;) {
    const { items, lease } = await claim(patient, { fastMs: skew() ?? 0, without, isAlone });
    if (items.length === 0) return { hasSent, failed };
    onSend();
    hasSent = true;
    for (const item of items) without.add(item.seq);
    const { anew, fault } = await sendAll(items, lease, device);
    for (const seq of anew) without.delete(seq);
    failed = fault ?? failed;
  }
};

/** @typedef {import("./items.js").Item} Item */

/** @param {Item[]} items @param {string} lease @param {string} device */
const sendAll = async (items, lease, device) => {
  const left = new Map(items.map((item) => [item.seq, item]));
  /** @type {number[]} */
  const anew = [];
  const settled = async (/** @type {Map<number, any>} */ outcomes) => {
    anew.push(...(await settle(lease, outcomes)));
    for (const seq of outcomes.keys()) left.delete(seq);
  };
  let fault = null;
  try {
    await sendBatch(items.filter(isBatched), device, settled);
    for (const item of [...left.values()]) {
      const outcome = await sendOne(item, device).catch((error) => {
        if (!(error instanceof Problem) || error.status < 500 || error.retryAfterMs) throw error;
        fault = error;
        return leftBy(item, error);
      });
      if (outcome.me) await keepAs(device, "me", outcome.me);
      await settled(new Map([[item.seq, outcome]]));
    }
  } catch (error) {
    await settle(lease, new Map([...left.values()].map((item) => [item.seq, leftBy(item, error)])));
    throw error;
  }
  return { anew, fault };
};

const isBatched = (/** @type {Item} */ { kind, faults = 0 }) => kind === "entry" && faults < FAULTS_IN_BATCH;

/** @param {Item[]} items @param {string} device @param {(outcomes: Map<number, any>) => Promise<void>} settled */
const sendBatch = async (items, device, settled) => {
  if (items.length === 0) return;
  try {
    await settled(await sendEntries(items, device));
  } catch (error) {
    if (!(error instanceof Problem) || error.isForNow) throw error; // else all were refused: ask for each
  }
};

/** What is noted of an item that an error kept back: it is still only saved.
 * @param {Item} item @param {unknown} error */
const leftBy = (item, error) =>
  error instanceof Problem && error.status >= 500
    ? { state: "saved", faults: (item.faults ?? 0) + 1, problem: error.problem }
    : { state: "saved" };
