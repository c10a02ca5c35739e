// Push in the service worker: every message is shown and reported, and a tap on it leads into the app.
import { api, Problem } from "../shared/api.js";
import { stamp } from "../shared/days.js";
import { newItem, saveRequest } from "./outbox.js";
import { renew } from "./push.js";
import { getMeta, run } from "./store.js";
import { drain } from "./sync.js";

const MOST_KEPT = 500;
const STORE_MS = 1_000;
const RECEIPTS = "/v1/receipts";
const NEUTRAL = { title: "You have a message.", lang: "en" };
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** @typedef {{id: string | null, kind: string | null, title: string, lang: string, tag: string}} Message */

/** @param {any} worker @param {string} picture address of the app's icon */
export const handlePush = (worker, picture) => {
  const on = (/** @type {string} */ name, /** @type {(event: any) => Promise<unknown>} */ act) =>
    worker.addEventListener(name, (/** @type {any} */ event) => event.waitUntil(act(event)));

  on("push", async (event) => {
    const message = await read(event);
    const receipt = { id: message.id, event: "shown", at: stamp() };
    // always: a push without a notification makes iPhones withdraw the permission
    const shown = worker.registration.showNotification(message.title, optionsOf(message, picture));
    const [kept] = await Promise.allSettled([keep(message, receipt), shown]);
    await shown;
    if (message.id) await report(receipt, kept.status === "fulfilled" ? kept.value : null);
    await tell(worker, { type: "shown", id: message.id });
    await drain().catch(() => {}); // what waits goes out, too
  });

  on("notificationclick", async ({ notification }) => {
    notification.close();
    const { id, url = "/app/" } = notification.data ?? {};
    const [page] = await pages(worker);
    if (!page) return worker.clients.openWindow(url);
    page.postMessage({ type: "open", id }); // first: a browser may not let it have the focus
    await page.focus();
  });

  on("notificationclose", async ({ notification }) => {
    const { id } = notification.data ?? {};
    if (id) await report({ id, event: "dismissed", at: stamp() }, null);
  });

  on("pushsubscriptionchange", async ({ newSubscription }) => {
    await renew(worker.registration.pushManager, newSubscription ?? null);
    await drain().catch(() => {});
  });
};

/** What a push says; the neutral sentence where that cannot be read. @param {any} event @returns {Promise<Message>} */
const read = async (event) => {
  let given = null;
  try {
    given = event.data?.json();
  } catch {
    // not of our server, or damaged on the way
  }
  const { title, lang, tag } = given?.notification ?? {};
  const id = ID.test(given?.id) ? given.id : null;
  const words = typeof title === "string" && title ? { title, lang } : await neutral();
  return { id, kind: String(given?.kind ?? "") || null, tag: tag || id || "aimss", ...words };
};

/** @returns {Promise<{title: string, lang: string}>} */
const neutral = async () => {
  const late = new Promise((resolve) => setTimeout(resolve, STORE_MS, null));
  return (await Promise.race([getMeta("neutral"), late]).catch(() => null)) ?? NEUTRAL;
};

/** @param {Message} message @param {string} picture */
const optionsOf = ({ id, lang, tag }, picture) => ({
  tag, lang, icon: picture, data: { id, url: id ? `/app/#/message?id=${id}` : "/app/" },
});

/**
 * Keep which messages came, so that a tap finds what it is about, and the receipt, so that a worker that is killed loses none.
 * @param {Message} message @param {any} receipt
 * @returns {Promise<number | null>} where the receipt is in the outbox
 */
const keep = ({ id, kind }, receipt) =>
  run(["meta", "outbox"], "readwrite", async (tx) => {
    const meta = tx.objectStore("meta");
    const before = ((await meta.get("shown")) ?? []).filter((/** @type {any} */ each) => each.id !== id);
    if (id) await meta.put([...before, { id, kind, at: stamp() }].slice(-MOST_KEPT), "shown");
    const patient = (await meta.get("identity"))?.patient;
    if (!id || !patient) return null;
    const request = { method: "POST", path: RECEIPTS, body: receipt, isOpen: true, isQuiet: true };
    return tx.objectStore("outbox").add({ ...newItem("request", crypto.randomUUID(), request), patient });
  });

/** @param {any} body the receipt @param {number | null} seq where it waits in the outbox, if it does */
const report = async (body, seq) => {
  try {
    await api.post(RECEIPTS, { body, isOpen: true, keepalive: true });
  } catch (error) {
    const isRefused = error instanceof Problem && !error.isForNow;
    if (!isRefused && seq === null) await saveRequest("POST", RECEIPTS, body, { isOpen: true }).catch(() => {});
    if (!isRefused) return;
  }
  if (seq !== null) await run(["outbox"], "readwrite", (tx) => tx.objectStore("outbox").delete(seq)).catch(() => {});
};

/** The open pages of the app. @param {any} worker @returns {Promise<any[]>} */
const pages = async (worker) => {
  const open = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  return open.filter((/** @type {any} */ { url }) => new URL(url).pathname === "/app/");
};

/** @param {any} worker @param {any} what */
const tell = async (worker, what) => (await pages(worker)).forEach((page) => page.postMessage(what));
