// The sign-in of this browser: the refresh token is in a cookie that no script can read, the access token in
// memory, the same in all tabs.
//
//   await activate("7K2QX-M40ZD", "My phone")   spends a code; then every `api` request is signed
//   await session()                             {token, device} of the sign-in; throws SignInNeeded
//   await signIn({ email, password })           signs a member of staff in, after signInAs("staff")
//   await endSession()                          ends the sign-in at the server
//
// Events on `authEvents`: "signed-in" (detail: {device}), "signed-out" (the sign-in has ended: sign in again).
//
// One tab refreshes at a time (Web Lock "aimss-refresh") and tells the others. A refresh whose answer was
// lost is sent again: the server gives the same successor as long as it is unused.

import { api, Problem, SignInNeeded, signWith } from "./api.js";
import { withLock } from "./locks.js";

export const authEvents = new EventTarget();

const SPARE_MS = 30_000;
const ASK_MS = 60;
let owner = "patient";
/** @type {{token: string, device: string, until: number} | null} */
let current = null;
let hasEnded = false;

// pages only: a service worker that outlives them would keep a token from a sign-in that has ended
const isPage = "document" in globalThis;
const channel = isPage && "BroadcastChannel" in globalThis ? new BroadcastChannel("aimss-auth") : null;
channel?.addEventListener("message", ({ data }) => {
  if (data.owner !== owner) return;
  if (data.kind === "token") adopt(data.token, data.device, data.lastsMs);
  if (data.kind === "ended") end();
  if (data.kind === "ask" && isFresh()) tell();
});

const tell = () => {
  if (current === null) return;
  const { token, device, until } = current;
  channel?.postMessage({ kind: "token", owner, token, device, lastsMs: until - performance.now() });
};

const isFresh = () => current !== null && current.until - performance.now() > SPARE_MS;

/** Whether there is a token that lasts, other than one that was refused. @param {string | null} stale */
const isUsable = (stale) => isFresh() && current?.token !== stale;

const adopt = (/** @type {string} */ token, /** @type {string} */ device, /** @type {number} */ lastsMs) => {
  current = { token, device, until: performance.now() + lastsMs };
  hasEnded = false;
  authEvents.dispatchEvent(new CustomEvent("signed-in", { detail: { device } }));
};

const end = () => {
  const isNew = !hasEnded;
  current = null;
  hasEnded = true;
  if (isNew) authEvents.dispatchEvent(new CustomEvent("signed-out"));
};

/** Take the tokens of an answer, here and in the other tabs.
 * @param {import("./api.js").Answer} answer */
const take = ({ body, headers }) => {
  const now = Date.parse(headers.get("Date") ?? "") || Date.now();
  adopt(body.access_token, body.device_id, Date.parse(body.access_expires_at) - now);
  tell();
};

/** Use the sign-in of a patient (the default) or of staff.
 * @param {"patient" | "staff"} kind */
export const signInAs = (kind) => {
  if (kind === owner) return;
  owner = kind;
  current = null;
  hasEnded = false;
};

/** Whether the sign-in is known to have ended. */
export const isSignedOut = () => hasEnded;

/** Ask the other tabs, and give them a moment to answer.
 * @returns {Promise<void>} */
const asked = () =>
  new Promise((resolve) => {
    if (!channel) return resolve();
    const timer = setTimeout(done, ASK_MS);
    function done() {
      clearTimeout(timer);
      authEvents.removeEventListener("signed-in", done);
      resolve();
    }
    authEvents.addEventListener("signed-in", done);
    channel.postMessage({ kind: "ask", owner });
  });

const refresh = (/** @type {string | null} */ stale) =>
  withLock(`aimss-refresh`, async () => {
    if (isUsable(stale)) return;
    await asked();
    if (isUsable(stale)) return;
    try {
      take(await api.post("/v1/tokens", { body: { transport: "cookie", owner }, isOpen: true }));
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 401) throw error;
      end();
      channel?.postMessage({ kind: "ended", owner });
      throw new SignInNeeded();
    }
  });

/** The sign-in, refreshed if necessary.
 * @param {string | null} [stale] a token that was refused
 * @returns {Promise<{token: string, device: string}>} */
export const session = async (stale = null) => {
  if (hasEnded) throw new SignInNeeded();
  if (!isUsable(stale)) await refresh(stale);
  if (current === null) throw new SignInNeeded();
  return { token: current.token, device: current.device };
};

signWith({
  access: async (stale, device) => {
    const { token, device: mine } = await session(stale);
    if (device && device !== mine) throw new SignInNeeded(); // another person signed in meanwhile
    return token;
  },
});

/** Look once more whether the browser holds a sign-in, after it was reported as ended.
 * @returns {Promise<boolean>} */
export const lookAgain = async () => {
  hasEnded = false;
  try {
    await session();
    return true;
  } catch (error) {
    if (error instanceof SignInNeeded) return false;
    throw error;
  }
};

/** @type {boolean | null} */
let hadSignIn = null;

/** Sign this browser in with a one-time code of the care team.
 *
 * The answer can be lost after the code was spent. So if it fails in a browser that had no sign-in before,
 * the browser is asked whether the sign-in has arrived all the same.
 * @param {string} code
 * @param {string} label name of the device, shown to the patient and the team
 * @returns {Promise<{device: string}>} */
export const activate = async (code, label) => {
  hadSignIn ??= await lookAgain();
  try {
    const body = { code, label, transport: "cookie" };
    take(await api.post("/v1/activations", { body, isOpen: true }));
  } catch (error) {
    if (hadSignIn || !(await lookAgain().catch(() => false))) throw error;
  }
  const { device } = await session();
  return { device };
};

/** Sign a member of staff in, with a one-time code where the account has them.
 * @param {{ email: string, password: string, code?: string }} given
 * @returns {Promise<void>} */
export const signIn = async (given) => {
  take(await api.post("/v1/sessions", { body: { ...given, transport: "cookie" }, isOpen: true }));
};

/** End the sign-in at the server; one that has ended before is fine.
 * @returns {Promise<void>} */
export const endSession = async () => {
  try {
    await api.delete("/v1/tokens/current");
  } catch (error) {
    if (!(error instanceof SignInNeeded)) throw error;
  }
  end();
  channel?.postMessage({ kind: "ended", owner });
};
