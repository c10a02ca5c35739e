// Notifications of this phone: asked for once after a check-in, switched, and tried out.
import { current, t } from "../../shared/words.js";
import { api } from "../../shared/api.js";
import { confirm } from "../identity.js";
import { isShown, markAsked, resync, sendTest, situation, turnOff, turnOn } from "../push.js";
import { getMeta, setMeta } from "../store.js";

/** @typedef {import("../app.js").App} App */

const TEST_MS = 60_000;
const ASK_EVERY_MS = 2_000;

/** @param {any} state */
export const model = (state) => ({
  push: state.push ?? null,
  test: state.pushTest ?? null,
  isSending: Boolean(state.pushSending),
  chosen: state.pushChosen ?? null,
  me: state.me,
  code: state.handOver ?? null,
});

/** @param {App} app */
const look = async (app) => app.set({ push: await situation() });

/** At each opening: look, let server and phone agree, and look again. @param {App} app */
export const begin = async (app) => {
  await look(app);
  const words = { title: t("You have a message."), lang: current() };
  if ((await getMeta("neutral"))?.title !== words.title) await setMeta("neutral", words);
  await sync(app);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && sync(app));
};

/** A failure is no fault of the patient: it is tried again at the next opening. @param {App} app */
const sync = async (app) => {
  await resync().catch(() => {});
  await look(app);
};

/** The question, on a screen of its own. @param {App} app */
export const enter = async (app) => {
  app.set({ pushTest: null, handOver: null });
  await markAsked();
  await look(app);
};

/** Ask the phone, register, and send a test. Must begin in a tap: browsers ask at no other time. @param {App} app */
export const turn = async (app, /** @type {boolean} */ isOn) => {
  app.set({ pushSending: true, pushChosen: isOn, problem: null, pushTest: null });
  try {
    const answer = await (isOn ? turnOn() : turnOff());
    await look(app);
    if (answer === "granted") test(app).catch(() => {});
    if (answer === "default") app.set({ pushTest: "unanswered" });
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    app.set({ pushTest: "failed" }); // of the browser or of its push service
  } finally {
    await look(app);
    app.set({ pushSending: false, pushChosen: null });
  }
};

/** Send a test to this phone, and wait for its receipt. @param {App} app */
export const test = async (app) => {
  app.set({ pushTest: "sending" });
  try {
    const id = await sendTest();
    const hasCome = await arrival(id);
    app.set({ pushTest: hasCome ? "works" : "nothing" });
    if (hasCome) app.announce(t("It works."));
  } catch (error) {
    app.set({ pushTest: null });
    throw error;
  }
  await look(app);
};

/** Whether a test comes within a minute. @param {string} id */
const arrival = async (id) => {
  const until = Date.now() + TEST_MS;
  for (;;) {
    const answer = await isShown(id);
    if (answer !== null) return answer;
    if (Date.now() > until) return false;
    await pause();
  }
};

/** Some time, or until the service worker has shown something. @returns {Promise<void>} */
const pause = () =>
  new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      navigator.serviceWorker.removeEventListener("message", done);
      resolve();
    };
    const timer = setTimeout(done, ASK_EVERY_MS);
    navigator.serviceWorker.addEventListener("message", done);
  });

/** Move to the app on the home screen: a code for it, as for a second phone. @param {App} app */
export const makeCode = async (app) => {
  const { device } = await confirm();
  const { body } = await api.post("/v1/me/activations", { device });
  app.set({ handOver: body.code });
};

/** @param {App} app */
export const copyCode = async (app) => {
  await navigator.clipboard.writeText(app.state.handOver);
  app.announce(t("Copied"));
};
