// Push in the service worker: every message is shown and reported, and a tap on it leads into the app.
import { api, Problem } from "../shared/api.js";
import { stamp } from "../shared/days.js";
import { saveRequest } from "./outbox.js";
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
    // always: a push without a notification makes iPhones withdraw the permission
    const shown = worker.registration.showNotification(message.title, optionsOf(message, picture));
    await Promise.allSettled([shown, keep(message)]);
    await shown;
    if (message.id) await report(message.id, "shown");
    await tell(worker, { type: "shown", id: message.id });
    await drain().catch(() => {}); // what waits goes out, too
  });

  on("notificationclick", async ({ notification }) => {
    notification.close();
    const { id, url = "/app/" } = notification.data ?? {};
    const [page] = await pages(worker);
    if (!page) return worker.clients.openWindow(url);
    await page.focus();
    page.postMessage({ type: "open", id });
  });

  on("notificationclose", async ({ notification }) => {
    if (notification.data?.id) await report(notification.data.id, "dismissed");
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

/** Keep which messages came, so that a tap finds what it is about. @param {Message} message */
const keep = ({ id, kind }) =>
  run(["meta"], "readwrite", async (tx) => {
    const meta = tx.objectStore("meta");
    const before = ((await meta.get("shown")) ?? []).filter((/** @type {any} */ each) => each.id !== id);
    if (id) await meta.put([...before, { id, kind, at: stamp() }].slice(-MOST_KEPT), "shown");
  });

/** @param {string} id @param {"shown" | "dismissed"} event */
const report = async (id, event) => {
  const body = { id, event, at: stamp() };
  try {
    await api.post(RECEIPTS, { body, isOpen: true, keepalive: true });
  } catch (error) {
    if (error instanceof Problem && !error.isForNow) return;
    await saveRequest("POST", RECEIPTS, body, { isOpen: true }).catch(() => {});
  }
};

/** The open pages of the app. @param {any} worker @returns {Promise<any[]>} */
const pages = async (worker) => {
  const open = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  return open.filter((/** @type {any} */ { url }) => new URL(url).pathname === "/app/");
};

/** @param {any} worker @param {any} what */
const tell = async (worker, what) => (await pages(worker)).forEach((page) => page.postMessage(what));
