// Brings what was saved to the server, and what the server has to the phone. Screens only show its state.
//
//   await start()          at the start of the app; then sends and reads by itself: when the network returns,
//                          when the app is shown again, after each save, and from time to time
//   await drain()          sends what waits now; the service worker calls it, too
//   await catchUp()        reads what has changed at the server
//   await agreeToClock()   the patient agrees that the times of a fast clock are corrected
//   status()               {phase, waiting, held, fastMs, nextTry}
//
// `phase`: "idle", "sending", "offline" (no network, or no answer), "busy" (the server asks to wait, or has a
// fault), "sign-in" (the sign-in has ended; everything is kept), "clock" (`held` items wait because the phone is
// `fastMs` fast), "storage" (the phone's storage failed). `waiting`: items the server has not confirmed.
// `nextTry`: when it is tried again (ms since 1970), null while nothing failed.
// Events on `syncEvents`: "state" with the status in `detail`.

import { apiEvents, FAST_MS, Problem, SignInNeeded, skew, Unreachable } from "../shared/api.js";
import { authEvents, isSignedOut, lookAgain } from "../shared/auth.js";
import { withLock } from "../shared/locks.js";
import { confirm, countUnsent, mark, refreshMe } from "./identity.js";
import { isNeverSent, isUrgent } from "./items.js";
import { items, outboxEvents } from "./outbox.js";
import { pass } from "./pass.js";
import { agree, countHeld } from "./queue.js";
import { refill } from "./refill.js";
import { getMeta, persist, setMeta, StoreFailed, storeEvents } from "./store.js";

export const syncEvents = new EventTarget();

const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 15 * 60_000;

/** @type {{phase: string, waiting: number, held: number, fastMs: number, nextTry: number | null}} */
let current = { phase: "idle", waiting: 0, held: 0, fastMs: 0, nextTry: null };
let failures = 0;
let notBefore = 0;
let timer = 0;
/** @type {Promise<void> | null} */
let running = null;
let isAskedAgain = false;
let hasAskedToKeep = false;

/** What is known of sending. */
export const status = () => current;

const show = (/** @type {Partial<typeof current>} */ changes) => {
  const next = { ...current, ...changes };
  if (JSON.stringify(next) === JSON.stringify(current)) return;
  current = next;
  syncEvents.dispatchEvent(new CustomEvent("state", { detail: current }));
};

/** Send what waits; a call while it runs makes it look once more.
 * @returns {Promise<void>} */
export const drain = () => {
  isAskedAgain = true;
  running ??= untilDone().finally(() => {
    running = null;
  });
  return running;
};

const untilDone = async () => {
  while (isAskedAgain) {
    isAskedAgain = false;
    await attempt();
  }
};

const attempt = async () => {
  clearTimeout(timer);
  try {
    const isPressing = (await items()).some((item) => isUrgent(item) && isNeverSent(item));
    if (!isPressing && navigator.onLine === false) throw new Unreachable("offline");
    if (!isPressing && Date.now() < notBefore) return planAfter(notBefore - Date.now());
    await withLock("aimss-drain", sendAndRead);
    failures = 0;
    show({ nextTry: null });
    timer = setTimeout(nudge, LONGEST_WAIT_MS);
  } catch (error) {
    await fail(error);
  }
};

const sendAndRead = async (/** @type {boolean} */ isAlone) => {
  const identity = await confirm();
  if (await getMeta("isSignedOut")) await setMeta("isSignedOut", undefined);
  const { hasSent, failed } = await pass(identity, isAlone, () => show({ phase: "sending" }));
  if (hasSent) await refill(identity.device);
  if (failed) throw failed;
  const held = await countHeld(identity.patient, skew() ?? 0);
  show({ phase: held ? "clock" : "idle", held, waiting: await countUnsent() });
};

const hasPatient = async () => Boolean(await getMeta("identity").catch(() => null));

const fail = async (/** @type {any} */ error) => {
  const waiting = await countUnsent().catch(() => current.waiting);
  if (error instanceof SignInNeeded && isSignedOut()) {
    if (await hasPatient()) await setMeta("isSignedOut", true).catch(() => {});
    return show({ phase: "sign-in", nextTry: null, waiting });
  }
  failures += 1;
  const wait = Math.min(FIRST_WAIT_MS * 2 ** (failures - 1), LONGEST_WAIT_MS);
  const asked = error.retryAfterMs ?? 0;
  if (asked) notBefore = Date.now() + asked;
  planAfter(Math.max(asked, wait * (0.5 + Math.random() / 2)));
  const phase = PHASES.find(([kind]) => error instanceof kind)?.[1];
  show({ phase: phase ?? "busy", waiting });
  if (!phase) throw error;
};

/** @type {[any, string][]} */
const PHASES = [
  [Unreachable, "offline"],
  [Problem, "busy"],
  [SignInNeeded, "busy"], // somebody else signed in meanwhile: next time it is looked who it is
  [StoreFailed, "storage"],
];

const planAfter = (/** @type {number} */ ms) => {
  clearTimeout(timer);
  timer = setTimeout(nudge, ms);
  show({ nextTry: Date.now() + Math.round(ms) });
};

/** Correct the times of items saved while the phone's clock was ahead, and send them. */
export const agreeToClock = async () => {
  const { patient } = await confirm();
  await agree(patient, skew() ?? 0);
  await drain();
};

/** Read the profile, and what has changed at the server. */
export const catchUp = () =>
  withLock("aimss-drain", async () => {
    const { device } = await confirm();
    await refreshMe();
    await refill(device);
  });

/** Errors hold nothing that was answered. @param {Error} error */
const report = (error) => console.error(error.name, error.stack);
const nudge = () => drain().catch(report);

/** Look at both directions: send, then read what changed. */
const wake = async () => {
  if (isSignedOut()) await lookAgain().catch(() => {});
  await nudge();
  if (["idle", "clock"].includes(current.phase)) await catchUp().catch(() => {});
};

const whenShown = () => document.visibilityState === "visible" && wake();

const whenOnline = () => {
  failures = 0;
  return wake();
};

const whenSaved = () => {
  if (!hasAskedToKeep) persist().catch(() => {});
  hasAskedToKeep = true;
  return nudge();
};

const whenStored = async (/** @type {any} */ { detail }) => {
  if (detail.wiped || !detail.stores.includes("outbox")) return;
  const waiting = await countUnsent().catch(() => current.waiting);
  if (await hasPatient()) mark(waiting); // nobody is left after a sign-out
  show({ waiting });
};

apiEvents.addEventListener("emergency", (/** @type {any} */ { detail }) => {
  setMeta("emergency", detail).catch(() => {});
});
apiEvents.addEventListener("clock", (/** @type {any} */ { detail }) => show({ fastMs: detail > FAST_MS ? detail : 0 }));

/** Begin to send and to read; call it once, when the app starts in a page. It does not wait for the network. */
export const start = async () => {
  addEventListener("online", whenOnline);
  document.addEventListener("visibilitychange", whenShown);
  outboxEvents.addEventListener("saved", whenSaved);
  authEvents.addEventListener("signed-in", nudge);
  storeEvents.addEventListener("changed", whenStored);
  const isOut = await getMeta("isSignedOut");
  const waiting = await countUnsent();
  if (await hasPatient()) mark(waiting);
  show({ waiting, phase: isOut ? "sign-in" : current.phase });
  wake();
};
