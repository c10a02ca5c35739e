// A patient as the API has them, asked for at once; kept in the memory of the page alone.
//
//   await courseOf(id, from)      six answers: patient, trajectory, entries, alerts, questionnaires, treatments
//   await longer(found)           the same with the course from its beginning
import { api } from "../shared/api.js";
import { plus, today } from "../shared/days.js";

const PAGE = 500;
const PAGES = 20;
const STATUSES = ["open", "acknowledged", "snoozed", "resolved", "retracted"].map((each) => `status=${each}`).join("&");

/**
 * @typedef {object} Found
 * @property {any} patient @property {string | null} etag of the patient
 * @property {any} trajectory @property {any[]} entries newest day first @property {any[]} alerts @property {any[]} assessments
 * @property {any[]} treatments @property {string | null} from the first day that was asked for @property {number} at
 */

/** @param {string} id @param {string | null} from null: everything @returns {Promise<Found>} */
export const courseOf = async (id, from) => {
  const of = `/v1/patients/${id}`;
  const [patient, trajectory, entries, alerts, assessments, treatments] = await Promise.all([
    api.get(of),
    api.get(`${of}/trajectory${from ? `?from_date=${from}` : ""}`),
    entriesOf(id, from ? { from } : { until: plus(today(), 2) }),
    api.get(`${of}/alerts?limit=200&${STATUSES}`),
    api.get(`${of}/assessments?limit=200`),
    api.get(`${of}/treatments`),
  ]);
  return {
    patient: patient.body,
    etag: patient.etag,
    trajectory: trajectory.body,
    entries,
    alerts: alerts.body.items.sort(inTime),
    assessments: assessments.body.items,
    treatments: treatments.body.treatments,
    from,
    at: Date.now(),
  };
};

/** @param {any} one @param {any} other */
const inTime = (one, other) => (dayOfAlert(one) < dayOfAlert(other) ? -1 : dayOfAlert(one) > dayOfAlert(other) ? 1 : 0);

/** The day of what raised an alert. @param {any} alert @returns {string} */
export const dayOfAlert = ({ evidence, opened_at }) => evidence[0]?.day ?? opened_at.slice(0, 10);

/** The same with the course from its beginning; what is there already is not asked for again. @param {Found} found @returns {Promise<Found>} */
export const longer = async (found) => {
  const { patient: { id }, from, entries } = found;
  if (from === null) return found;
  const [trajectory, older] = await Promise.all([api.get(`/v1/patients/${id}/trajectory`), entriesOf(id, { until: plus(from, -1) })]);
  return { ...found, trajectory: trajectory.body, entries: [...entries, ...older], from: null };
};

/** Entries of a period, all pages of them. @param {string} id @param {Record<string, string>} days @returns {Promise<any[]>} */
const entriesOf = async (id, days) => {
  const period = new URLSearchParams(days);
  /** @type {any[]} */
  const found = [];
  let cursor = "";
  for (let page = 0; page < PAGES; page += 1) {
    const { body } = await api.get(`/v1/patients/${id}/entries?${period}&limit=${PAGE}${cursor}`);
    found.push(...body.items);
    if (!body.more) break;
    cursor = `&cursor=${encodeURIComponent(body.next)}`;
  }
  return found;
};
