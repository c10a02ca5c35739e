// The API over HTTP: the only `fetch` of the pages.
//
//   const { body, etag } = await api.get("/v1/me");
//   await api.put(`/v1/me/entries/${id}`, { body, ifMatch: '"1"' });
//
// Every answer is one of these, and nothing else:
//   an Answer              2xx, or 304 to `ifNoneMatch` (its body is null)
//   throws Problem         the server refused, with its words (RFC 9457): title, detail, errors, slug
//   throws Unreachable     no answer of the server: no network, a timeout, or an answer of something else
//   throws SignInNeeded    the sign-in has ended (see auth.js)
//
// Events on `apiEvents`: "emergency" with the notice of the server in `detail`, to be shown before anything
// else; "clock" after the difference between the phone's clock and the server's was measured.

/** @typedef {{status: number, body: any, etag: string | null, headers: Headers}} Answer */
/** @typedef {{body?: any, ifMatch?: string | number, ifNoneMatch?: string, timeoutMs?: number,
 *   keepalive?: boolean, isOpen?: boolean, device?: string}} Options
 * `isOpen`: send no token. `device`: send only as this sign-in (id of the device). */

export const apiEvents = new EventTarget();

const TIMEOUT_MS = 30_000;
const MIN_MS = 60_000;
/** The time by which a phone may be fast without being told so; the server allows the same. */
export const FAST_MS = 10 * MIN_MS;

/** A refusal by the server, with its words. */
export class Problem extends Error {
  /** @param {number} status @param {any} body @param {Headers} headers */
  constructor(status, body, headers) {
    super(body.detail || body.title || `HTTP ${status}`);
    this.name = "Problem";
    this.status = status;
    /** Last part of the type, such as "version-moved". */
    this.slug = String(body.type ?? "").replace(/.*\//, "");
    this.title = body.title ?? "";
    this.detail = body.detail ?? "";
    /** Words by field. */
    this.errors = body.errors ?? {};
    /** Id of the request, for the clinic. */
    this.instance = body.instance ?? "";
    this.retryAfterMs = retryAfter(headers);
    this.body = body;
  }

  /** Whether the same request may succeed later. */
  get isForNow() {
    return this.status >= 500 || [401, 408, 425, 429].includes(this.status);
  }

  /** What is kept and shown of it, as plain data. */
  get problem() {
    const { status, slug, title, detail, errors, instance } = this;
    return { status, slug, title, detail, errors, instance };
  }
}

/** There was no answer of our server. `reason`: "offline", "timeout" or "foreign" (something else answered,
 * such as the sign-in page of a hotel's network). */
export class Unreachable extends Error {
  constructor(/** @type {"offline" | "timeout" | "foreign"} */ reason) {
    super(`no answer of the server: ${reason}`);
    this.name = "Unreachable";
    this.reason = reason;
  }
}

/** The sign-in has ended: the patient must sign in again; everything on the phone is kept. */
export class SignInNeeded extends Error {
  constructor() {
    super("the sign-in has ended");
    this.name = "SignInNeeded";
  }
}

/** @typedef {{access: (stale: string | null, device?: string) => Promise<string>}} Signer */
/** @type {Signer | null} */
let signer = null;
/** Register who gives tokens. Done by auth.js. @param {Signer} tokens */
export const signWith = (tokens) => {
  signer = tokens;
};

let language = "";
/** Set the language in which the server words its problems and notices.
 * @param {string} chosen */
export const speak = (chosen) => {
  language = chosen;
};

/** @type {{skew: number, at: number, ticks: number} | null} */
let measured = null;
/** The time by which the phone's clock is ahead of the server's, in ms (negative: behind).
 *
 * Null: not known, because no answer came yet or the clock was moved (or the phone slept) since the last one.
 * @returns {number | null} */
export const skew = () => {
  if (measured === null) return null;
  const moved = Date.now() - measured.at - (performance.now() - measured.ticks);
  return Math.abs(moved) > MIN_MS ? null : measured.skew;
};

const measure = (/** @type {Headers} */ headers, /** @type {number} */ sentAt) => {
  const server = Date.parse(headers.get("Date") ?? "");
  const now = Date.now();
  if (Number.isNaN(server) || now - sentAt > MIN_MS) return; // the phone slept meanwhile
  measured = { skew: Math.round((sentAt + now) / 2 - (server + 500)), at: now, ticks: performance.now() };
  apiEvents.dispatchEvent(new CustomEvent("clock", { detail: measured.skew }));
};

const retryAfter = (/** @type {Headers} */ headers) => {
  const seconds = Number(headers.get("Retry-After"));
  return Number.isFinite(seconds) ? seconds * 1000 : 0;
};

/** @param {Options} options @param {string | null} token */
const headersOf = ({ body, ifMatch, ifNoneMatch }, token) => {
  /** @type {Record<string, string>} */
  const headers = { Accept: "application/json, application/problem+json, application/zip", "X-AIMSS": "1" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (token) headers.Authorization = `Bearer ${token}`;
  if (language) headers["Accept-Language"] = language;
  if (ifMatch !== undefined && ifMatch !== null) headers["If-Match"] = quoted(ifMatch);
  if (ifNoneMatch) headers["If-None-Match"] = ifNoneMatch;
  return headers;
};

const quoted = (/** @type {string | number} */ version) => `"${String(version).replace(/^W\/|"/g, "")}"`;
/** @param {string} method @param {string} path @param {Options} options @param {string | null} token */
const send = async (method, path, options, token) => {
  const { body, timeoutMs = TIMEOUT_MS, keepalive = false } = options;
  const [sentAt, patience] = [Date.now(), new AbortController()];
  const timer = setTimeout(() => patience.abort(), timeoutMs);
  try {
    const response = await fetch(path, {
      method,
      keepalive,
      headers: headersOf(options, token),
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: patience.signal,
      credentials: "same-origin",
      cache: "no-store",
      redirect: "error",
    });
    const answer = await read(response);
    measure(response.headers, sentAt);
    return answer;
  } catch (error) {
    if (error instanceof Unreachable) throw error;
    throw new Unreachable(patience.signal.aborted ? "timeout" : "offline");
  } finally {
    clearTimeout(timer);
  }
};

/** @param {Response} response @returns {Promise<Answer>} */
const read = async (response) => {
  const { status, headers } = response;
  const media = headers.get("Content-Type") ?? "";
  if (status === 204 || status === 304) return { status, body: null, etag: headers.get("ETag"), headers };
  if (media === "application/zip") return { status, body: await response.blob(), etag: null, headers };
  if (!/^application\/([\w.-]+\+)?json/.test(media)) throw new Unreachable("foreign");
  if (status >= 400 && !media.startsWith("application/problem+json")) throw new Unreachable("foreign");
  return { status, body: await response.json(), etag: headers.get("ETag"), headers };
};

/** Whether it is the token that was refused, not a password in the body. @param {Answer} answer */
const isTokenRefused = ({ status, body }) => status === 401 && /(unauthorized|token-refused)$/.test(body?.type);

/** @param {string} method @param {string} path @param {Options} [options] @returns {Promise<Answer>} */
const call = async (method, path, options = {}) => {
  const access = options.isOpen ? null : signer?.access;
  const token = access ? await access(null, options.device) : null;
  let answer = await send(method, path, options, token);
  if (access && isTokenRefused(answer)) answer = await send(method, path, options, await access(token, options.device));
  if (answer.body?.emergency)
    apiEvents.dispatchEvent(new CustomEvent("emergency", { detail: answer.body.emergency }));
  if (access && isTokenRefused(answer)) throw new SignInNeeded();
  if (answer.status >= 400) throw new Problem(answer.status, answer.body, answer.headers);
  return answer;
};

/** A file of the app, such as a catalogue of words; the browser may keep it.
 * @param {string} path @returns {Promise<any>} */
export const file = async (path) => {
  const response = await fetch(path, { credentials: "same-origin" });
  if (!response.ok) throw new Unreachable("foreign");
  return response.json();
};

/** @typedef {(path: string, options?: Options) => Promise<Answer>} Call */

/** One function a method. @type {Record<"get" | "post" | "put" | "patch" | "delete", Call>} */
export const api = {
  get: (path, options) => call("GET", path, options),
  post: (path, options) => call("POST", path, options),
  put: (path, options) => call("PUT", path, options),
  patch: (path, options) => call("PATCH", path, options),
  delete: (path, options) => call("DELETE", path, options),
};
