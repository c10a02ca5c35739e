// What was done about an alert, in words.
import { dayAndClock, t } from "../../shared/words.js";
import { outcomeWords } from "./finding_words.js";

/** What was done, in few words. @param {any} alert */
export const doneOf = ({ status, outcome }) => {
  if (outcome) return outcomeWords(outcome);
  if (status === "retracted") return t("withdrawn: the entries no longer show it");
  if (status === "acknowledged") return t("seen, not answered yet");
  return status === "snoozed" ? t("put off") : t("open");
};

/** Who did it, and when. @param {any} alert */
export const doneBy = ({ closed_at, resolved_by, acknowledged_at, acknowledged_by, reopens_at, status }) => {
  if (closed_at) return [resolved_by?.name, dayAndClock(closed_at)].filter(Boolean).join(", ");
  if (status === "snoozed" && reopens_at) return t("until {when}", { when: dayAndClock(reopens_at) });
  return acknowledged_at ? [acknowledged_by?.name, dayAndClock(acknowledged_at)].filter(Boolean).join(", ") : "";
};

/** @param {any} alert */
export const isOpen = ({ status }) => ["open", "acknowledged", "snoozed"].includes(status);
