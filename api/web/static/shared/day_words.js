// One day of a curve as it is read out.
import { oneDecimal } from "./chart_labels.js";
import { changeInWords } from "./treatments.js";
import { t } from "./words.js";

/** What was answered about the tablet. @param {string | null} dose */
export const doseInWords = (dose) => {
  if (dose === "taken") return t("tablet taken");
  if (dose === "missed") return t("tablet not taken");
  return dose === "skipped" ? t("tablet not taken, on purpose") : "";
};

/** @param {import("./curve.js").CurveDay} day */
export const reading = ({ isAnswered, pain, others, level, usual, stiffness, dose, changes }) => {
  const parts = [
    pain === null ? "" : t("worst pain {level}", { level: pain }),
    others.length ? t("also {levels}", { levels: others.map(String).join(", ") }) : "",
    level === null ? "" : t("level {level}", { level: oneDecimal(level) }),
    usual === null ? "" : t("usual {level}", { level: oneDecimal(usual) }),
    stiffness === null ? "" : t("stiffness {level}", { level: stiffness }),
    doseInWords(dose),
    ...changes.map(changeInWords),
  ].filter(Boolean);
  if (!isAnswered) return [t("no answer"), ...parts].join(", ");
  return parts.join(", ") || t("answered, but not about pain");
};
