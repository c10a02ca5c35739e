// A copy of everything that is kept about the patient: asked for, made by the server, fetched, saved as a file.
import { api } from "../../shared/api.js";
import { t } from "../../shared/words.js";
import { asked, changeAt, clear, readInto } from "./at_server.js";

/** @typedef {import("../app.js").App} App */

const PATH = "/v1/me/exports";
const KEY = "copy";
const LOOK_EVERY_MS = 3_000;
const FETCH_WITHIN_MS = 600_000;

/** @param {any} state */
export const model = (state) => ({
  asked: asked(state, KEY),
  file: state[KEY]?.file ?? null,
  online: state.online,
  offlineSince: state.offlineSince,
});

/** @param {App} app */
export const enter = (app) => {
  const { file } = app.state[KEY] ?? {};
  if (file) URL.revokeObjectURL(file.address);
  clear(app, KEY);
  return again(app);
};

/** Look how far it is, and once more as long as it is being made and this is open. @param {App} app */
export const again = async (app) => {
  await readInto(app, KEY, async (device) => (await api.get(PATH, { device })).body.items[0] ?? "none");
  const { value } = asked(app.state, KEY);
  if (value?.state === "pending") setTimeout(() => app.state.route.name === KEY && again(app), LOOK_EVERY_MS);
  if (value?.state === "ready") app.announce(t("Your copy is ready."));
};

/** Ask for a copy; while one is being made it is the same. @param {App} app */
export const order = async (app) => {
  await changeAt(app, KEY, (device) => api.post(PATH, { device }));
  await again(app);
};

/** Fetch the file, so that the patient can save it. @param {App} app */
export const fetched = (app) =>
  changeAt(app, KEY, async (device) => {
    const { id, requested_at } = asked(app.state, KEY).value;
    const { body } = await api.get(`${PATH}/${id}/file`, { device, timeoutMs: FETCH_WITHIN_MS });
    const file = { address: URL.createObjectURL(body), name: `aimss-${requested_at.slice(0, 10)}.zip` };
    app.set({ [KEY]: { ...app.state[KEY], file } });
  });
