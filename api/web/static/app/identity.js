// Whose phone this is: the patient whose data is stored here, and the sign-in that may send it.
//
//   await join(code, label)     activates this phone and remembers the patient
//   await lookAround()          at start: {kind: "known" | "new" | "wiped" | "unreachable", lost}
//   await confirm()             {patient, device} of the sign-in, checked against what is stored here
//   await keepAs(device, key, value)    keeps what was read by a sign-in, unless somebody else has signed in since
//   await leave({ discard })    signs out and deletes everything; throws Unsent if answers wait
//
// What waits in the outbox belongs to a patient and is sent by a sign-in of the same patient only. When
// somebody else signs in here, the copies of the former patient's data are deleted; what waits stays, unseen.

import { api, SignInNeeded, Unreachable } from "../shared/api.js";
import { activate, endSession, session } from "../shared/auth.js";
import { withLock } from "../shared/locks.js";
import { forget as forgetLook } from "../shared/look.js";
import { items } from "./outbox.js";
import { getMeta, run, setMeta, wipe } from "./store.js";

const MARKER = "aimss_m";
const isPage = "document" in globalThis;
const MARKER_S = 34_560_000; // 400 days, the longest that browsers keep a cookie

/** Answers wait on this phone that would be deleted. */
export class Unsent extends Error {
  constructor(/** @type {number} */ count) {
    super(`${count} items were not sent`);
    this.count = count;
  }
}

/** Activate this phone with a code.
 * @param {string} code
 * @param {string} label */
export const join = async (code, label) => {
  await setMeta("isActivating", true);
  await activate(code, label);
  return confirm();
};

/** The patient and the sign-in. Asks the server once for each new sign-in.
 *
 * For somebody whom a patient has let in, `patient` is the id of that access: what the patient saved on a phone is
 * never sent as theirs, nor the other way round.
 * @returns {Promise<{patient: string, device: string}>} */
export const confirm = async () => {
  const { device } = await session();
  const known = await getMeta("identity");
  if (known?.device === device) return known;
  if (!isPage) throw new SignInNeeded(); // a worker never takes the phone over for somebody else: a page will
  const { body, etag } = await api.get("/v1/me", { device });
  return adopt({ patient: body.proxy?.id ?? body.id, device }, { body, etag, at: Date.now() });
};

const COPIES = ["entries", "assessments", "wording", "meta"];

/** @param {{patient: string, device: string}} identity @param {any} me */
const adopt = async (identity, me) => {
  const isOther = (/** @type {any} */ former) => former && former.patient !== identity.patient;
  if (isOther(await getMeta("identity"))) await unsubscribe().catch(() => {}); // or reminders of the former would come
  return run(COPIES, "readwrite", async (tx) => {
    const meta = tx.objectStore("meta");
    if (isOther(await meta.get("identity")))
      for (const name of COPIES) await tx.objectStore(name).clear();
    await meta.put(identity, "identity");
    await meta.put(me, "me");
    await meta.delete("isActivating");
    await meta.delete("isSignedOut");
    return identity;
  });
};

/** Keep what was asked for by a sign-in, unless somebody else has signed in since.
 * @param {string} device @param {string} key in `meta` @param {any} value undefined deletes it
 * @returns {Promise<boolean>} whether it was kept */
export const keepAs = (device, key, value) =>
  run(["meta"], "readwrite", async (tx) => {
    const meta = tx.objectStore("meta");
    if ((await meta.get("identity"))?.device !== device) return false;
    await (value === undefined ? meta.delete(key) : meta.put(value, key));
    return true;
  });

/** The patient's profile, from the server if it has changed, and kept for later.
 * @returns {Promise<any>} */
export const refreshMe = async () => {
  const { device } = await confirm();
  const kept = await getMeta("me");
  const { status, body, etag } = await api.get("/v1/me", { device, ifNoneMatch: kept?.etag });
  const me = status === 304 ? { ...kept, at: Date.now() } : { body, etag, at: Date.now() };
  await keepAs(device, "me", me);
  return me.body;
};

/** What is known of this phone when the app starts. `lost` is the number of answers that waited when the
 * browser removed the storage; null if that is not known.
 * @returns {Promise<{kind: "known" | "new" | "wiped" | "unreachable", lost: number | null}>} */
export const lookAround = async () => {
  await finishLeaving();
  if (await getMeta("identity")) return { kind: "known", lost: null };
  const lost = marked();
  try {
    const isActivating = await getMeta("isActivating");
    await confirm();
    return { kind: isActivating ? "known" : "wiped", lost };
  } catch (error) {
    if (error instanceof SignInNeeded) return { kind: lost === null ? "new" : "wiped", lost };
    if (error instanceof Unreachable) return { kind: lost === null ? "unreachable" : "wiped", lost };
    throw error;
  }
};

/** Remember outside the storage that this phone was in use, and how many answers wait on it: if the browser
 * removes the storage, the app can say so.
 * @param {number | null} waiting null: forget it */
export const mark = (waiting) => {
  if (!isPage) return;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  const age = waiting === null ? 0 : MARKER_S;
  document.cookie = `${MARKER}=${waiting ?? ""}; Max-Age=${age}; Path=/app; SameSite=Strict${secure}`;
};

const marked = () => {
  const found = globalThis.document?.cookie.match(new RegExp(`(?:^|; )${MARKER}=(\\d+)`));
  return found ? Number(found[1]) : null;
};

export const isUnsent = (/** @type {import("./items.js").Item} */ item) => item.state !== "stored" && !item.isQuiet;

/** The number of items of the patient that the server has not confirmed.
 * @returns {Promise<number>} */
export const countUnsent = async () => (await items()).filter(isUnsent).length;

let isGoing = false;

/** Whether this page is signing out, or has done so. */
export const isLeaving = () => isGoing;

/** Sign out and delete what this phone keeps. Needs the network, so that the sign-in really ends.
 * @param {{discard?: boolean}} [options] `discard`: the patient has seen what waits, and wants it deleted */
export const leave = async ({ discard = false } = {}) => {
  isGoing = true;
  try {
    await withLock("aimss-drain", () => goAway(discard));
  } catch (error) {
    isGoing = false;
    throw error;
  }
};

/** @param {boolean} discard */
const goAway = async (discard) => {
  const waiting = await countUnsent();
  if (waiting > 0 && !discard) throw new Unsent(waiting);
  await unsubscribe().catch(() => {});
  await setMeta("isLeaving", { waiting });
  try {
    await endSession();
  } catch (error) {
    await setMeta("isLeaving", undefined);
    throw error;
  }
  await forget();
  for (const name of (await globalThis.caches?.keys()) ?? []) await caches.delete(name);
  await (await worker())?.unregister(); // one without its files would never fetch them again
};

/** Finish at start what a kill has interrupted: the sign-in has ended, and everything is still here. */
const finishLeaving = async () => {
  const left = await getMeta("isLeaving");
  if (!left) return;
  try {
    await session();
  } catch (error) {
    if (!(error instanceof SignInNeeded)) return; // asked again at the next start
    if ((await countUnsent()) === left.waiting) return forget(); // else something was saved since
  }
  await setMeta("isLeaving", undefined);
};

const worker = () => navigator.serviceWorker?.getRegistration("/app/");

const unsubscribe = async () => {
  await (await (await worker())?.pushManager?.getSubscription())?.unsubscribe();
};

/** Forget how the app looked, and delete everything but what waits for another patient. */
const forget = async () => {
  mark(null);
  forgetLook();
  const mine = (await getMeta("identity"))?.patient;
  const isOthers = (/** @type {any} */ row) => row.patient !== mine && isUnsent(row);
  const rows = await run(["outbox"], "readonly", (tx) => tx.objectStore("outbox").getAll());
  if (!rows.some(isOthers)) return wipe();
  const stores = [...COPIES, "drafts", "outbox"];
  return run(stores, "readwrite", async (tx) => {
    for (const name of [...COPIES, "drafts"]) await tx.objectStore(name).clear();
    const outbox = tx.objectStore("outbox");
    for (const row of await outbox.getAll()) if (!isOthers(row)) await outbox.delete(row.seq);
  });
};
