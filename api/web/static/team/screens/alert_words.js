// Kinds of alerts, and what was done about them, in words.
import { dayAndClock, t } from "../../shared/words.js";

/** @param {string} kind as the API names it */
export const kindOf = (kind) => KINDS[kind]?.() ?? kind.replaceAll("_", " ");

const KINDS = /** @type {Record<string, () => string>} */ ({
  red_flag: () => t("red flag"),
  wish_to_stop: () => t("wish to stop"),
  severe_symptoms: () => t("severe symptoms"),
  worsening: () => t("worsening"),
  adherence_gap: () => t("tablets left out"),
  likely_discontinuation: () => t("risk of stopping"),
  atypical: () => t("atypical picture"),
  silence: () => t("silence"),
  callback: () => t("asks for a call"),
  ran_out: () => t("tablets ran out"),
});

const OUTCOMES = /** @type {Record<string, () => string>} */ ({
  called_self_care: () => t("called; self-care agreed"),
  called_no_action: () => t("called; nothing to do"),
  visit_booked: () => t("visit booked"),
  referred: () => t("referred"),
  sent_to_emergency: () => t("sent to emergency care"),
  treatment_reviewed: () => t("treatment reviewed"),
  other_cause_found: () => t("another cause found"),
  could_not_reach: () => t("could not be reached"),
  already_known: () => t("known already"),
  false_alert: () => t("false alert"),
});

/** What was done, in few words. @param {any} alert */
export const doneOf = ({ status, outcome }) => {
  if (outcome) return OUTCOMES[outcome]?.() ?? outcome.replaceAll("_", " ");
  if (status === "retracted") return t("withdrawn: the entries no longer show it");
  if (status === "acknowledged") return t("seen, not answered yet");
  return status === "snoozed" ? t("put off") : t("open");
};

/** Who did it, and when. @param {any} alert */
export const doneBy = ({ closed_at, closed_by_staff, acknowledged_at, acknowledged_by_staff, reopens_at, status }) => {
  if (closed_at) return [closed_by_staff?.name, dayAndClock(closed_at)].filter(Boolean).join(", ");
  if (status === "snoozed" && reopens_at) return t("until {when}", { when: dayAndClock(reopens_at) });
  return acknowledged_at ? [acknowledged_by_staff?.name, dayAndClock(acknowledged_at)].filter(Boolean).join(", ") : "";
};

/** @param {any} alert */
export const isOpen = ({ status }) => ["open", "acknowledged", "snoozed"].includes(status);

const EVENTS = /** @type {Record<string, () => string>} */ ({
  opened: () => t("opened"), acknowledged: () => t("acknowledged"), snoozed: () => t("put off"), resolved: () => t("resolved"),
  retracted: () => t("withdrawn: the entries no longer show it"), noted: () => t("note"), "evidence changed": () => t("the evidence changed"),
});

/** An event of an alert's history. @param {string} action */
export const eventOf = (action) => (EVENTS[action] ?? EVENTS[action.split(":")[0]])?.() ?? action;
