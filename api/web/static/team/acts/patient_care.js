// What is done on a patient's page beside looking: measure, plan, change treatments, sign a phone out, look at what was refused.
import { api, Problem } from "../../shared/api.js";
import { t } from "../../shared/words.js";
import { todayOf } from "../course.js";
import { measurementOf } from "../measurement_body.js";
import { loadAlert, loadMore, loadRejected, loadTab, loadVersions, setPatient } from "../patient_tabs.js";

/** @typedef {import("../app.js").App} App */

/** @param {App} app @param {Record<string, any>} changes */
const set = (app, changes) => app.set({ patient: { ...app.state.patient, ...changes } });

/** Ask whether something is meant; null: it is not. @param {App} app @param {string | null} asks */
export const ask = (app, asks) => {
  set(app, { asks });
  requestAnimationFrame(() => /** @type {HTMLElement | null} */ (document.querySelector("[data-ask]"))?.focus());
};

/** @param {App} app @param {string} entry */
export const versions = loadVersions;
export const alertInFull = loadAlert;
export const showRejected = loadRejected;
export const more = loadMore;

const MORE = 28;

/** @param {App} app */
export const moreEntries = (app) => set(app, { shownEntries: app.state.patient.shownEntries + MORE });

/** All that was refused up to the newest has been looked at. @param {App} app */
export const reviewed = async (app) => {
  const { id, tabs } = app.state.patient;
  await api.post(`/v1/patients/${id}/rejected-entries/review`, { body: { until: tabs.rejected.items[0].received_at } });
  setPatient(app, id, ({ found }) => ({ found: { ...found, patient: { ...found.patient, rejected_entries: 0 } } }));
  if (app.state.patient?.id === id) await loadRejected(app);
  app.announce(t("Noted that they were looked at."));
};

/** @param {App} app @param {string} device */
export const signOutDevice = async (app, device) => {
  const { id } = app.state.patient;
  await api.delete(`/v1/patients/${id}/devices/${device}`);
  setPatient(app, id, () => ({ asks: null }));
  await loadTab(app, id, "access");
  app.announce(t("The phone is signed out."));
};

/** @param {App} app */
export const startMeasuring = (app) => {
  const today = todayOf(app.state.patient.found);
  set(app, { measuring: { id: crypto.randomUUID(), kind: "grip_strength", values: { measured_on: today }, today, problem: null, isUnlikely: false, confirmed: false } });
  requestAnimationFrame(() => document.getElementById("m-kind")?.focus());
};

/** @param {App} app */
export const stopMeasuring = (app) => {
  set(app, { measuring: null });
  requestAnimationFrame(() => document.getElementById("measure")?.focus());
};

/** Another kind or joint has other fields. @param {App} app @param {Record<string, string>} values @param {string} name of the field that changed */
export const changeMeasuring = (app, values, name) => {
  const { measuring } = app.state.patient;
  const { kind, measured_on, note = "" } = values;
  set(app, { measuring: { ...measuring, kind, values: name === "kind" ? { measured_on, note } : values, problem: null, isUnlikely: false } });
};

/** The value is right although it is unlikely. @param {App} app */
export const confirmMeasuring = (app) => set(app, { measuring: { ...app.state.patient.measuring, confirmed: true } });

/** @param {App} app @param {Record<string, string>} values */
export const measure = async (app, values) => {
  const { id, measuring } = app.state.patient;
  const isSame = JSON.stringify(values) === JSON.stringify(measuring.sent);
  const body = { id: measuring.id, ...measurementOf(values), ...(measuring.confirmed && isSame ? { confirmed: true } : {}) };
  try {
    await api.post(`/v1/patients/${id}/measurements`, { body });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const isUnlikely = error.slug === "implausible-measurement";
    return setPatient(app, id, () => ({ measuring: { ...measuring, values, sent: values, problem: error.problem, isUnlikely, confirmed: false } }));
  }
  if (app.state.patient?.id === id) stopMeasuring(app);
  await loadTab(app, id, "measurements");
  app.announce(t("The measurement is recorded."));
};

/** @param {App} app @param {string} slot @param {string} reason */
export const skip = async (app, slot, reason) => {
  const { id } = app.state.patient;
  await api.post(`/v1/patients/${id}/plan/skips`, { body: { slot, reason } });
  setPatient(app, id, () => ({ asks: null }));
  await loadTab(app, id, "plan");
  app.announce(t("Skipped. It can be undone."));
};

/** @param {App} app @param {string} slot */
export const unskip = async (app, slot) => {
  const { id } = app.state.patient;
  await api.delete(`/v1/patients/${id}/plan/skips/${encodeURIComponent(slot)}`);
  await loadTab(app, id, "plan");
  app.announce(t("It is planned again."));
};

const NONE = { ai: null, from: null, until: null, why_stopped: null };

/** @param {App} app */
export const startTreating = (app) => {
  const { treatments } = app.state.patient.found;
  set(app, { treating: { rows: treatments.length ? treatments : [NONE], problem: null } });
};

/** @param {App} app */
export const stopTreating = (app) => set(app, { treating: null });

/** @param {App} app @param {any[]} rows */
export const addTreatment = (app, rows) => set(app, { treating: { rows: [...rows, NONE], problem: null } });

/** @param {App} app @param {any[]} rows @param {number} place */
export const removeTreatment = (app, rows, place) => set(app, { treating: { rows: rows.filter((_, each) => each !== place), problem: null } });

/** Set all treatments; where the patient was changed meanwhile, the form stays. @param {App} app @param {any[]} rows @returns {Promise<boolean>} */
export const setTreatments = async (app, rows) => {
  const { id, found } = app.state.patient;
  try {
    await api.put(`/v1/patients/${id}/treatments`, { body: { treatments: rows }, ifMatch: found.etag });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.status !== 412) {
      setPatient(app, id, () => ({ treating: { rows, problem: error.problem } }));
      return false;
    }
    const { body, etag } = await api.get(`/v1/patients/${id}`);
    const problem = { title: t("The patient was changed meanwhile."), detail: t("Please look at what stands here, and set it again.") };
    setPatient(app, id, (known) => ({ found: { ...known.found, patient: body, etag }, treating: { rows, problem } }));
    return false;
  }
  setPatient(app, id, () => ({ treating: null }));
  app.announce(t("The treatments are set."));
  return true;
};

