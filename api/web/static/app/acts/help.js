// Help: whom to call, and what to tell somebody who looks into a fault; nothing about the patient is among it.
import { phoneZone } from "../../shared/days.js";
import { phoneNumberOf } from "../../shared/phone_number.js";
import { t } from "../../shared/words.js";
import { status } from "../sync.js";

/** @typedef {import("../app.js").App} App */

const version = /\/static\/(\w+)\//.exec(import.meta.url)?.[1] ?? "-";

/** @param {any} state */
export const model = (state) => ({
  copied: Boolean(state.help?.copied),
  details: state.help?.details ?? "",
  version,
  team: state.me?.care_team ?? null,
  phone: phoneNumberOf(state.me?.care_team),
  can: (/** @type {string} */ screen) => state.screens.includes(screen),
});

/** @param {App} app */
export const enter = async (app) => {
  app.set({ help: { copied: false, details: "" } });
  app.set({ help: { copied: false, details: await details(app.state) } });
};

/** What this app and this phone are: in English, for those who mend it. @param {any} state */
const details = async (state) => {
  const { phase, waiting } = state.sync ?? status();
  const isKept = await navigator.storage?.persisted?.().catch(() => null);
  const lines = {
    app: version,
    language: state.language,
    browser: navigator.userAgent,
    "time zone": phoneZone(),
    online: state.online,
    sending: phase,
    waiting,
    "storage kept": isKept ?? "unknown",
    "works offline": Boolean(navigator.serviceWorker?.controller),
    notifications: "Notification" in globalThis ? Notification.permission : "none",
    installed: matchMedia("(display-mode: standalone)").matches,
    window: `${innerWidth} x ${innerHeight}`,
  };
  return Object.entries(lines).map(([name, value]) => `${name}: ${value}`).join("\n");
};

/** @param {App} app */
export const copy = async (app) => {
  await navigator.clipboard.writeText(app.state.help.details);
  app.set({ help: { ...app.state.help, copied: true } });
  app.announce(t("Copied"));
};
