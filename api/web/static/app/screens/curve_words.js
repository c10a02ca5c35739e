// What a curve says in words: a sentence first, never calm where little is known; and what one day was.
import { between } from "../../shared/days.js";
import { oneDecimal } from "../../shared/chart_labels.js";
import { changeInWords } from "../../shared/treatments.js";
import { day as dayOf, number, t } from "../../shared/words.js";

/** @typedef {import("../../shared/curve.js").Score} Score */
/** @typedef {import("../curve_data.js").Kept} Kept */

/** Days after which an answer says nothing about now. */
const FRESH = 14;
/** Points from which a change is more than a little. */
const MUCH = 2;
/** The probability of a lasting rise from which it is too early to say "as usual". */
const LIKELY = 0.5;

/**
 * The sentence of a curve, and what follows it.
 * @param {Kept | null} curve null: the server was not asked yet
 * @returns {{ heading: string, more: string[] }}
 */
export const summary = (curve) => {
  if (curve === null) return { heading: t("My curve"), more: [t("What your answers point to is worked out by your clinic. It needs the internet once.")] };
  if (curve.status !== "scored") return unscored(curve.status);
  const last = curve.scores.findLast(({ change }) => change !== null);
  if (!last || !curve.lastDay || between(curve.lastDay, curve.day) > FRESH) return silent(curve.lastDay);
  return { heading: heading(curve.scores, last), more: [comparison(last), ...burden(last)] };
};

/** @param {string} status @returns {{ heading: string, more: string[] }} */
const unscored = (status) => {
  const call = t("If you are worse, please call your team.");
  switch (status) {
    case "empty":
      return { heading: t("Your curve begins with your first check-in."), more: [] };
    case "no_baseline":
      return { heading: t("It is too early to say."), more: [t("What is usual for you is not known yet; it takes answers on more days."), call] };
    case "too_few_answers":
      return { heading: t("There are too few answers to say."), more: [t("It takes answers on a few more days."), call] };
    case "no_pain_answer":
      return { heading: t("There is no recent answer about your pain."), more: [t("Without one, the curve cannot say how you are now."), call] };
    case "not_scored":
      return { heading: t("Your curve cannot be worked out at the moment."), more: [t("Your answers are kept, and your team has been told."), call] };
    default:
      return { heading: t("Your curve cannot be worked out at the moment."), more: [t("Your answers are kept."), call] };
  }
};

/** @param {string | null} last */
const silent = (last) => ({
  heading: last ? t("There are no answers since {day}.", { day: dayOf(last, "plain") }) : t("There is no recent answer about your pain."),
  more: [t("Without one, the curve cannot say how you are now."), t("If you are worse, please call your team.")],
});

/** @param {Score[]} scores @param {Score} last */
const heading = (scores, last) => {
  const isMuch = Math.abs(last.change ?? 0) >= MUCH;
  const direction = directionOf(last);
  if (direction === 0) {
    const isOpen = (last.rising ?? 0) >= LIKELY;
    return isOpen ? t("Perhaps a little worse than your usual. It is too early to say.") : t("About as usual for you.");
  }
  const since = begin(scores, direction);
  const day = since ? dayOf(since, "plain") : "";
  if (direction > 0) {
    if (!since) return isMuch ? t("Worse than your usual.") : t("A little worse than your usual.");
    return isMuch ? t("Worse than your usual since about {day}.", { day }) : t("A little worse than your usual since about {day}.", { day });
  }
  if (!since) return isMuch ? t("Better than your usual.") : t("A little better than your usual.");
  return isMuch ? t("Better than your usual since about {day}.", { day }) : t("A little better than your usual since about {day}.", { day });
};

/** 1 worse, -1 better, 0 neither is sure. @param {Score} score */
const directionOf = ({ changeLow, changeHigh }) => {
  if (changeLow !== null && changeLow > 0) return 1;
  return changeHigh !== null && changeHigh < 0 ? -1 : 0;
};

/** The day on which it began; null where that lies before what is known. @param {Score[]} scores @param {number} direction */
const begin = (scores, direction) => {
  const known = scores.filter(({ change }) => change !== null);
  const before = known.findLastIndex((each) => directionOf(each) !== direction);
  return before < 0 ? null : known[before + 1].day;
};

/** @param {Score} score */
const comparison = ({ level, usual }) => {
  if (level === null || usual === null) return "";
  const isSame = Math.round(level) === Math.round(usual);
  const as = (/** @type {number} */ value) => (isSame ? oneDecimal(value) : number(value));
  return t("Your usual worst pain is {usual}. Lately it is nearer {level}.", { usual: as(usual), level: as(level) });
};

/** Pain that is as bad as always is bad all the same. @param {Score} score */
const burden = ({ severity }) => (severity === "severe" ? [t("If it is hard to bear, please call your team.")] : []);

/** What was answered about the tablet. @param {string | null} dose */
export const doseInWords = (dose) => {
  if (dose === "taken") return t("tablet taken");
  if (dose === "missed") return t("tablet not taken");
  return dose === "skipped" ? t("tablet not taken, on purpose") : "";
};

/**
 * A day as it is read out.
 * @param {import("../../shared/curve.js").CurveDay} day
 */
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
