// The service worker of this page: registered, asked for news, and exchanged when nothing is being filled in.

const WORKER = "/app/sw.js";
const ASKED_EVERY_MS = 3_600_000;

/** @returns {string} */
const workerAddress = () => {
  const types = /** @type {any} */ (globalThis).trustedTypes;
  if (!types) return WORKER;
  const policy = types.createPolicy("aimss-worker", {
    createScriptURL: (/** @type {string} */ address) => {
      if (address === WORKER) return address;
      throw new TypeError("not the address of the service worker");
    },
  });
  return policy.createScriptURL(WORKER);
};

/**
 * Register the worker, and change to a new version when the app comes back into view and is not busy.
 *
 * Without that a new version starts when the app was closed and is opened again, as browsers do it by themselves.
 * @param {() => boolean} isBusy
 */
export const watchForUpdates = async (isBusy) => {
  if (!navigator.serviceWorker) return;
  const had = Boolean(navigator.serviceWorker.controller);
  const options = /** @type {RegistrationOptions} */ ({ scope: "/app/", type: "module", updateViaCache: "imports" });
  let registration;
  try {
    registration = await navigator.serviceWorker.register(workerAddress(), options);
  } catch (error) {
    // without a worker the app needs a network to open; saved answers stay saved
    console.warn("no service worker", error);
    return;
  }
  let asked = performance.now();
  let changing = false;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (had && changing) location.reload();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible") return;
    if (registration.waiting && !isBusy()) {
      changing = true;
      registration.waiting.postMessage({ type: "take-over" });
    } else if (performance.now() - asked > ASKED_EVERY_MS) {
      asked = performance.now();
      registration.update().catch(() => {});
    }
  });
  await keepWords();
};

/** Let the worker keep the words that this page uses; call it after the language has changed. */
export const keepWords = async () => {
  if (!navigator.serviceWorker) return;
  const { active } = await navigator.serviceWorker.ready;
  active?.postMessage({ type: "keep", addresses: usedWords() });
};

/** Addresses of the catalogues of words this page has loaded. */
const usedWords = () =>
  performance
    .getEntriesByType("resource")
    .map(({ name }) => new URL(name).pathname)
    .filter((path) => /^\/static\/\w+\/words\//.test(path));
