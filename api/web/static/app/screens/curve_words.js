// What a curve says in words: a sentence first, never calm where little is known.
import { oneDecimal } from "../../shared/chart_labels.js";
import { standingOf } from "../../shared/standing.js";
import { day as dayOf, number, t } from "../../shared/words.js";

/** @typedef {import("../../shared/curve.js").Score} Score */
/** @typedef {import("../curve_data.js").Kept} Kept */

/**
 * The sentence of a curve, and what follows it.
 * @param {Kept | null} curve null: the server was not asked yet
 * @returns {{ heading: string, more: string[] }}
 */
export const summary = (curve) => {
  if (curve === null) return { heading: t("My curve"), more: [t("What your answers point to is worked out by your clinic. It needs the internet once.")] };
  const standing = standingOf(curve);
  if (standing.kind === "unscored") return unscored(curve.status);
  if (standing.last === null) return silent(curve.lastDay);
  return { heading: heading(standing), more: [comparison(standing.last), ...burden(standing.last)] };
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

/** @param {import("../../shared/standing.js").Standing} standing */
const heading = ({ direction, since, isMuch, isOpen }) => {
  if (direction === 0) return isOpen ? t("Perhaps a little worse than your usual. It is too early to say.") : t("About as usual for you.");
  const day = since ? dayOf(since, "plain") : "";
  if (direction > 0) {
    if (!since) return isMuch ? t("Worse than your usual.") : t("A little worse than your usual.");
    return isMuch ? t("Worse than your usual since about {day}.", { day }) : t("A little worse than your usual since about {day}.", { day });
  }
  if (!since) return isMuch ? t("Better than your usual.") : t("A little better than your usual.");
  return isMuch ? t("Better than your usual since about {day}.", { day }) : t("A little better than your usual since about {day}.", { day });
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
