// What the tabs of a patient show beside the course, each asked for when it is opened.
import { api } from "../shared/api.js";

/** @typedef {import("./app.js").App} App */

/** Change what is known of a patient. An answer that comes after the page was left, or when it shows another patient,
 * is dropped. @param {App} app @param {string} id @param {(patient: any) => Record<string, any>} changes */
export const setPatient = (app, id, changes) => {
  const { patient } = app.state;
  if (patient?.id === id) app.set({ patient: { ...patient, ...changes(patient) } });
};

/** @param {App} app @param {string} id @param {string} tab @param {(before: any) => any} content */
const keepTab = (app, id, tab, content) => setPatient(app, id, ({ tabs }) => ({ tabs: { ...tabs, [tab]: content(tabs[tab]) } }));

/** @type {Record<string, (id: string, me: any) => Promise<any>>} */
const LOADERS = {
  entries: async () => ({ questions: (await api.get("/v1/check-in")).body.questions }),
  measurements: async (id) => ({ items: (await api.get(`/v1/patients/${id}/measurements?limit=100`)).body.items }),
  messages: async (id) => (await api.get(`/v1/patients/${id}/messages?limit=50`)).body,
  plan: async (id) => (await api.get(`/v1/patients/${id}/plan`)).body,
  access: async (id, me) => {
    const [devices, uses] = await Promise.all([
      api.get(`/v1/patients/${id}/devices`),
      me.scopes.includes("audit:read") ? api.get(`/v1/audit?patient_id=${id}&limit=50`) : null,
    ]);
    return { devices: devices.body.items, uses: uses && uses.body };
  },
};

/** @param {App} app @param {string} id @param {string} tab */
export const loadTab = async (app, id, tab) => {
  const load = LOADERS[tab];
  if (!load) return;
  const content = await load(id, app.state.me);
  keepTab(app, id, tab, () => content);
};

/** Older messages, or older uses. @param {App} app @param {"messages" | "access"} tab */
export const loadMore = async (app, tab) => {
  const { id, tabs } = app.state.patient;
  const { next } = tab === "messages" ? tabs.messages : tabs.access.uses;
  const path = tab === "messages" ? `/v1/patients/${id}/messages?limit=50` : `/v1/audit?patient_id=${id}&limit=50`;
  const { body } = await api.get(`${path}&cursor=${encodeURIComponent(next)}`);
  const longer = (/** @type {any} */ before) => ({ ...body, items: [...before.items, ...body.items] });
  keepTab(app, id, tab, (now) => (tab === "messages" ? longer(now) : { ...now, uses: longer(now.uses) }));
};

/** The former versions of an entry. @param {App} app @param {string} entry */
export const loadVersions = async (app, entry) => {
  const { id } = app.state.patient;
  const { body } = await api.get(`/v1/patients/${id}/entries/${entry}/versions`);
  keepTab(app, id, "versions", (before) => ({ ...before, [entry]: body.items }));
};

/** An alert in full: with history and guidance. @param {App} app @param {string} alert */
export const loadAlert = async (app, alert) => {
  const { id } = app.state.patient;
  const { body } = await api.get(`/v1/alerts/${alert}`);
  keepTab(app, id, "alertsInFull", (before) => ({ ...before, [alert]: body }));
};

/** What was refused of what the patient sent. @param {App} app */
export const loadRejected = async (app) => {
  const { id } = app.state.patient;
  const { body } = await api.get(`/v1/patients/${id}/rejected-entries?limit=50`);
  keepTab(app, id, "rejected", () => body);
};
