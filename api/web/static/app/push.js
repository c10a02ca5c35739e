// Push notifications of this phone: whether they can come, and the address that the server sends them to.
//
//   await situation()      what is known of them, see `Push`
//   await turnOn()         asks for permission (only from a tap), and registers this phone: "granted", "denied" …
//   await turnOff()
//   await resync()         at each opening: the server and the browser must have the same address
//   await sendTest()       sends a test; `await isShown(id)` tells whether it has come
//
// `meta` keeps under "push" what the patient wants and what the server was told, with whose it is: nobody else who
// signs in on this phone inherits it, and what ends late is not kept for them. A browser may drop its address at
// any time without a word, so what the app says of it comes from here and from receipts, never from hope.

import { api, Problem, Unreachable } from "../shared/api.js";
import { withLock } from "../shared/locks.js";
import { confirm } from "./identity.js";
import { needsHomeScreen, platform } from "./install.js";
import { saveRequest } from "./outbox.js";
import { getMeta, run } from "./store.js";

/**
 * @typedef {object} Kept
 * @property {string | null} patient whose it is, as identity.js has it
 * @property {string} device id of this installation at the server @property {boolean} isWanted
 * @property {boolean} isAsked the patient has seen the question
 * @property {string | null} sent the address that the server has @property {string | null} key made with this key
 * @property {boolean} isLost the server has none, or gave it up @property {boolean} isSilent it takes them, no receipt comes
 * @property {string | null} lastAt when the last one came
 */
/**
 * `kind`: "on", "off", "lost" and "silent" (wanted, but none comes), "denied" by the phone, "install" (an iPhone's
 * browser), "none" (no such browser).
 * `isMute`: notifications are wanted, and none comes. `canAsk`: the question was not put yet, and makes sense.
 * @typedef {Kept & {kind: string, isMute: boolean, canAsk: boolean, platform: string}} Push
 */

/** @param {string | null} patient @returns {Kept} */
const fresh = (patient) => ({
  patient, device: crypto.randomUUID(), isWanted: false, isAsked: false, sent: null, key: null, isLost: false, isSilent: false, lastAt: null,
});

/** What is kept for the patient of this phone. @param {any} tx @returns {Promise<Kept>} */
const ofPatient = async (tx) => {
  const [identity, kept] = await Promise.all(["identity", "push"].map((key) => tx.objectStore("meta").get(key)));
  const patient = identity?.patient ?? null;
  return kept?.patient === patient ? kept : fresh(patient);
};

const read = () => run(["meta"], "readonly", ofPatient);

/** Keep changes for the patient whom they are about, unless somebody else has signed in since.
 * @param {Kept} kept as it was read before @param {Partial<Kept>} changes @returns {Promise<Kept>} */
const remember = async (kept, changes) => {
  const before = await getMeta("push");
  const isKnown = before?.patient === kept.patient && JSON.stringify(before) === JSON.stringify({ ...before, ...changes });
  if (isKnown) return before;
  return run(["meta"], "readwrite", async (tx) => {
    const now = await ofPatient(tx);
    if (now.patient !== kept.patient) return kept;
    const after = { ...now, ...changes };
    await tx.objectStore("meta").put(after, "push");
    return after;
  });
};

/** The patient has seen the question. */
export const markAsked = async () => remember(await read(), { isAsked: true });

/** One at a time over all tabs, or what one reads the other has changed. @template T @param {() => Promise<T>} work */
const alone = (work) => withLock("aimss-push", work);

const isSupported = () => "PushManager" in globalThis && "Notification" in globalThis && "serviceWorker" in navigator;

/** @returns {Promise<Push>} */
export const situation = async () => {
  const kept = await read();
  const kind = kindOf(kept);
  const isMute = kept.isWanted && ["lost", "silent", "denied"].includes(kind);
  return { ...kept, kind, isMute, canAsk: !kept.isAsked && ["off", "install"].includes(kind), platform: platform() };
};

/** @param {Kept} kept */
const kindOf = ({ isWanted, isLost, isSilent }) => {
  if (needsHomeScreen()) return "install";
  if (!isSupported()) return "none";
  if (Notification.permission === "denied") return "denied";
  if (!isWanted) return "off";
  if (isLost || Notification.permission !== "granted") return "lost";
  return isSilent ? "silent" : "on";
};

/** Ask for permission, which browsers allow from a tap only, and register this phone. @returns {Promise<NotificationPermission>} */
export const turnOn = async () => {
  const [kept, permission] = await Promise.all([read(), Notification.requestPermission()]);
  if (permission !== "granted") return permission;
  return alone(async () => {
    await remember(kept, { isWanted: true, isLost: true }); // until the server has the address
    await agree();
    return permission;
  });
};

/** Send nothing more to this phone. */
export const turnOff = () =>
  alone(async () => {
    await remember(await read(), { isWanted: false, isLost: false, isSilent: false });
    await (await subscriptionNow())?.unsubscribe();
    await agree().catch((error) => {
      if (!(error instanceof Unreachable)) throw error; // the server is told at the next opening
    });
  });

const registered = async () => {
  if (!(await navigator.serviceWorker.getRegistration("/app/"))) throw new Error("no service worker");
  return navigator.serviceWorker.ready;
};

/** @returns {Promise<PushSubscription | null>} */
const subscriptionNow = async () => {
  const registration = await navigator.serviceWorker?.getRegistration("/app/");
  return (await registration?.pushManager?.getSubscription()) ?? null;
};

/** @param {PushManager} manager @param {string} key */
const subscribe = (manager, key) => manager.subscribe({ userVisibleOnly: true, applicationServerKey: key });

/** Let the server and the browser have the same address, or none; and learn when the last notification came. */
export const resync = () => alone(agree);

const agree = async () => {
  const kept = await read();
  if (!isSupported() || (!kept.isWanted && !kept.sent)) return;
  const { device: signIn, patient } = await confirm();
  if (patient !== kept.patient) return;
  if (!kept.isWanted) return forget(kept, signIn);
  const { body: devices } = await api.get("/v1/me/devices", { device: signIn });
  const theirs = devices.items.find((/** @type {any} */ each) => each.current)?.push ?? null;
  if (theirs) await remember(kept, { lastAt: theirs.last_receipt_at ?? kept.lastAt, isSilent: !theirs.reliable });
  if (Notification.permission !== "granted") return void (await remember(kept, { isLost: true }));
  const after = await remember(kept, { isLost: theirs?.device !== kept.device || !(await subscriptionNow()) });
  await register(after, theirs?.device === kept.device, signIn);
};

/** @param {Kept} kept @param {boolean} isHeld the server has an address of this phone @param {string} signIn */
const register = async (kept, isHeld, signIn) => {
  const { public_key: key, resubscribe } = (await api.get("/v1/push-key", { device: signIn })).body;
  let subscription = await subscriptionNow();
  const isOld = resubscribe.includes(kept.device) || (kept.key !== null && kept.key !== key);
  const isGivenUp = !isHeld && subscription?.endpoint === kept.sent;
  if (subscription && (isOld || isGivenUp)) {
    await subscription.unsubscribe();
    subscription = null;
  }
  subscription ??= await subscribe((await registered()).pushManager, key);
  const isSame = isHeld && subscription.endpoint === kept.sent && key === kept.key;
  if (!isSame) await api.put(pathOf(kept), { body: bodyOf(subscription, key), device: signIn });
  await remember(kept, { sent: subscription.endpoint, key, isLost: false, ...(!isSame && { isSilent: false }) });
};

/** @param {Kept} kept @param {string} signIn */
const forget = async (kept, signIn) => {
  await api.delete(pathOf(kept), { device: signIn }).catch((error) => {
    if (!(error instanceof Problem) || error.status !== 404) throw error;
  });
  await remember(kept, { sent: null, key: null });
};

/** @param {Kept} kept */
const pathOf = ({ device }) => `/v1/me/subscriptions/${device}`;

/** @param {PushSubscription} subscription @param {string} key */
const bodyOf = (subscription, key) => {
  const { endpoint, keys } = subscription.toJSON();
  return { endpoint, keys, public_key: key };
};

/** The browser has changed its address by itself; called by the service worker.
 * @param {PushManager} manager @param {PushSubscription | null} given the new one, where the browser made one */
export const renew = async (manager, given) => {
  const kept = await read();
  if (!kept.isWanted || !kept.key) return;
  const subscription = given ?? (await subscribe(manager, kept.key));
  await saveRequest("PUT", pathOf(kept), bodyOf(subscription, kept.key), { isQuiet: true, of: kept.patient });
};

/** Let the server send a test to this phone. @returns {Promise<string>} id of the message */
export const sendTest = async () => {
  const { device: signIn } = await confirm();
  return (await api.post(`${pathOf(await read())}/probe`, { device: signIn })).body.id;
};

/** Whether a test has come: null while that is open. @param {string} id @returns {Promise<boolean | null>} */
export const isShown = async (id) => {
  const [{ device: signIn }, kept] = await Promise.all([confirm(), read()]);
  const { body } = await api.get(`${pathOf(kept)}/probe`, { device: signIn });
  const at = body.shown_at ?? body.opened_at;
  if (body.id === id && at) await remember(kept, { lastAt: at, isSilent: false });
  if (body.id !== id || at) return Boolean(at);
  return ["pending", "delivered"].includes(body.state) ? null : false;
};
