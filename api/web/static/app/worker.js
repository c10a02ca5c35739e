// The service worker: keeps the files of one version, so that the app opens without a network.
// It keeps no answer of the API.
import { handlePush } from "./worker_push.js";

const PREFIX = "aimss-";
const WORDS = /^\/static\/\w+\/(words\/\w+\.json)$/;

/**
 * @typedef {object} Shell
 * @property {string} version
 * @property {string} shell address of the page for every navigation
 * @property {string[]} files addresses of what it needs at once
 * @property {string} later address of one file with the modules that it needs later, by address
 */

/**
 * Install the handlers; called by /app/sw.js, which names the version and its files.
 * @param {any} worker @param {Shell} shell
 */
export const install = (worker, { version, shell, files, later }) => {
  const name = PREFIX + version;
  handlePush(worker, `/static/${version}/icons/app-192.png`);

  worker.addEventListener("install", (/** @type {any} */ event) => event.waitUntil(fill()));
  worker.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(takeOver()));
  worker.addEventListener("message", (/** @type {any} */ event) => {
    if (event.data?.type === "take-over") worker.skipWaiting();
    if (event.data?.type === "keep") event.waitUntil(keep(event.data.addresses));
  });
  worker.addEventListener("fetch", (/** @type {any} */ event) => {
    const answer = answerFor(event.request);
    if (answer) event.respondWith(answer);
  });

  const fill = async () => {
    const cache = await caches.open(name);
    await cache.addAll([...files, ...(await wordsOfBefore())]);
    await fillLater(cache);
    const page = await fetch(shell, { cache: "no-cache" });
    // another server process may still serve, or already serve, another version: then try again later
    if (!page.ok || !page.headers.get("ETag")?.includes(version)) throw new Error("the shell is of another version");
    await cache.put(shell, page);
  };

  /** @param {Cache} cache */
  const fillLater = async (cache) => {
    const answer = await fetch(later);
    if (!answer.ok) throw new Error("a file of this version is missing");
    const headers = { "Content-Type": "text/javascript; charset=utf-8" };
    for (const [address, text] of Object.entries(await answer.json())) await cache.put(address, new Response(text, { headers }));
  };

  /** The languages that the version before has kept. */
  const wordsOfBefore = async () => {
    const found = new Set();
    for (const before of await caches.keys()) {
      if (!before.startsWith(PREFIX)) continue;
      for (const { url } of await (await caches.open(before)).keys()) {
        const [, file] = WORDS.exec(new URL(url).pathname) ?? [];
        if (file) found.add(`/static/${version}/${file}`);
      }
    }
    return found;
  };

  const takeOver = async () => {
    const old = (await caches.keys()).filter((each) => each.startsWith(PREFIX) && each !== name);
    await Promise.all(old.map((each) => caches.delete(each)));
    await worker.clients.claim();
  };

  /** @param {string[]} addresses */
  const keep = async (addresses) => {
    const cache = await caches.open(name);
    const mine = addresses.filter((address) => address.startsWith(`/static/${version}/`) && WORDS.test(address));
    await cache.addAll(mine);
  };

  /** @param {Request} request */
  const answerFor = (request) => {
    const { origin, pathname } = new URL(request.url);
    if (request.method !== "GET" || origin !== worker.location.origin) return null;
    if (request.mode === "navigate") return pathname.startsWith("/app/") ? kept(shell, request) : null;
    const isOurs = pathname.startsWith(`/static/${version}/`) || files.includes(pathname);
    return isOurs ? kept(request, request) : null;
  };

  /** @param {string | Request} key @param {Request} request */
  const kept = async (key, request) => {
    const cache = await caches.open(name);
    const found = await cache.match(key, { ignoreVary: true });
    if (found) return found;
    const answer = await fetch(request);
    if (answer.ok && WORDS.test(new URL(request.url).pathname)) await cache.put(request, answer.clone());
    return answer;
  };
};
