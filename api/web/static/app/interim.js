// Requests until the client of the API is there.
let token = "";
const headers = { "Content-Type": "application/json", "X-AIMSS": "1" };
const taken = async (/** @type {Response} */ answer) => {
  const content = answer.status === 204 ? null : await answer.json();
  if (!answer.ok) throw Object.assign(new Error(content.title), { problem: { ...content, retryAfter: answer.headers.get("Retry-After") } });
  return content;
};
export const getJson = async (/** @type {string} */ address) =>
  taken(await fetch(address, { headers: token ? { Authorization: `Bearer ${token}` } : {} }));
export const activate = async (/** @type {any} */ body) => {
  const answer = await taken(await fetch("/v1/activations", { method: "POST", headers, body: JSON.stringify(body) }));
  token = answer.access_token;
};
export const refresh = async () => {
  const answer = await fetch("/v1/tokens", { method: "POST", headers, body: JSON.stringify({ transport: "cookie", owner: "patient" }) });
  if (!answer.ok) return false;
  token = (await answer.json()).access_token;
  return true;
};
