// Words for what the engine finds and for what a team answers: kinds of findings, outcomes, what happened.
import { t } from "../../shared/words.js";

const KINDS = /** @type {Record<string, () => string>} */ ({
  red_flag: () => t("Red flag"),
  wish_to_stop: () => t("Wish to stop"),
  severe_symptoms: () => t("Severe symptoms"),
  worsening: () => t("Worsening"),
  likely_discontinuation: () => t("Likely discontinuation"),
  adherence_gap: () => t("Adherence gap"),
  atypical: () => t("Atypical picture"),
  silence: () => t("Silence"),
  callback: () => t("Wants to talk"),
  ran_out: () => t("Ran out of tablets"),
});

/** @param {string} kind */
export const kindWords = (kind) => KINDS[kind]?.() ?? kind;

/** Outcomes in the order in which they are offered. @returns {[string, string][]} */
export const outcomes = () => [
  ["called_self_care", t("Called: self-care agreed")],
  ["called_no_action", t("Called: nothing needed")],
  ["visit_booked", t("Visit booked")],
  ["referred", t("Referred")],
  ["sent_to_emergency", t("Sent to emergency care")],
  ["treatment_reviewed", t("Treatment reviewed")],
  ["other_cause_found", t("Another cause found")],
  ["could_not_reach", t("Could not be reached")],
  ["already_known", t("Already known")],
  ["false_alert", t("False alert")],
];

/** @param {string} outcome */
export const outcomeWords = (outcome) => outcomes().find(([value]) => value === outcome)?.[1] ?? outcome;

const EVENTS = /** @type {Record<string, () => string>} */ ({
  opened: () => t("Found"),
  "evidence changed": () => t("The evidence changed"),
  unassigned: () => t("Assigned to nobody"),
  "withdrawn by the patient": () => t("Withdrawn again"),
  acknowledged: () => t("Acknowledged"),
  snoozed: () => t("Snoozed"),
  assigned: () => t("Assigned"),
  resolved: () => t("Resolved"),
  "retracted: the entries no longer show it": () => t("The entries no longer show it"),
  "held back: this week's alert budget is full": () => t("Held back to keep within the load"),
  noted: () => t("Note"),
});

/** @param {string} action */
export const eventWords = (action) => EVENTS[action]?.() ?? sentence(action);

/** A sentence of the engine, which begins with a small letter. @param {string} reason */
export const sentence = (reason) => reason.charAt(0).toUpperCase() + reason.slice(1);
