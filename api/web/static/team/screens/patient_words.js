// The course of a patient in one sentence with its numbers, and why there is none; never calm where little is known.
import { oneDecimal } from "../../shared/chart_labels.js";
import { between } from "../../shared/days.js";
import { day as dayOf, n, number, t } from "../../shared/words.js";

/** A share in words, such as *91%*. @param {number} value */
export const percent = (value) => number(100 * value) + "%";

/** @param {any} course @returns {string[]} sentences */
export const sentence = (course) => {
  const { standing, newest } = course;
  if (standing.kind === "unscored") return [];
  if (standing.kind === "silent") return [silence(course)];
  const { last } = standing;
  return [comparison(course, last), ...rising(last), ...severity(newest)];
};

/** @param {any} course @param {any} last */
const comparison = ({ standing: { direction, since, isMuch } }, last) => {
  const of = { level: oneDecimal(last.level), usual: oneDecimal(last.usual), day: since ? dayOf(since, "plain") : "" };
  if (direction > 0) {
    if (since) return isMuch
      ? t("Worse than usual since about {day}: worst pain {level} against a usual {usual}.", of)
      : t("A little worse than usual since about {day}: worst pain {level} against a usual {usual}.", of);
    return isMuch ? t("Worse than usual: worst pain {level} against a usual {usual}.", of) : t("A little worse than usual: worst pain {level} against a usual {usual}.", of);
  }
  if (direction < 0) {
    return since
      ? t("Better than usual since about {day}: worst pain {level} against a usual {usual}.", of)
      : t("Better than usual: worst pain {level} against a usual {usual}.", of);
  }
  return t("About as usual: worst pain {level}, usual {usual}.", of);
};

/** @param {any} last */
const rising = ({ rising: p }) => (p !== null && p >= 0.5 ? [t("A lasting rise has probably begun ({share}).", { share: percent(p) })] : []);

/** Pain that is as bad as always is bad all the same. @param {any} newest */
const severity = (newest) => (newest?.severity === "severe" ? [t("It is severe, whatever is usual.")] : []);

/** @param {any} course */
const silence = ({ scores, today }) => {
  const last = scores.at(-1)?.day;
  if (!last) return t("There is no answer in this time. How the patient is now is not known.");
  const days = between(last, today);
  return n("The last answer is {n} day old. How the patient is now is not known.", "The last answer is {n} days old. How the patient is now is not known.", days);
};

/**
 * Why there is no score, with what is missing; null where there is one.
 * @param {string} status @returns {{ lead: string, more: string } | null}
 */
export const unscored = (status) => {
  const look = t("Look at the entries yourself; nothing here is worked out from them.");
  switch (status) {
    case "scored":
      return null;
    case "empty":
      return { lead: t("No entry yet."), more: t("The course begins with the first answer.") };
    case "no_baseline":
      return { lead: t("Not scored: what is usual is not known yet."), more: t("It needs worst pain on 3 days of 28 that are at least a week old. Until then a change cannot be told.") };
    case "too_few_answers":
      return { lead: t("Not scored: too few answers."), more: t("A level needs worst pain on 3 of the last 7 days, or in a sparse diary the last 3 answers.") };
    case "no_pain_answer":
      return { lead: t("Not scored: no recent answer about pain."), more: look };
    default:
      return { lead: t("Not scored: the entries could not be worked out."), more: `${t("The answers are kept.")} ${look}` };
  }
};

const DAYS_OF = 28;

/**
 * What is not known, each with what follows from it.
 * @param {any} course @param {any} trajectory
 * @returns {{ lead: string, more: string }[]}
 */
export const unknowns = ({ gaps, newest, days, today, placesNow }, { discontinuation_risk: risk, functional_status: status }) => [
  ...gaps.map((/** @type {any} */ { from, until }) => {
    const of = { from: dayOf(from, "short"), until: dayOf(until, "short") };
    const count = between(from, until) + 1;
    return {
      lead: until === today ? t("Since {from}", of) : t("{from} to {until}", of),
      more: n("no level for {n} day; nothing is drawn there.", "no level for {n} days; nothing is drawn there.", count),
    };
  }),
  ...(newest?.unknown_doses_28d
    ? [{
        lead: n("{n} tablet of the last 28", "{n} tablets of the last 28", newest.unknown_doses_28d),
        more: t("not reported. They count neither as taken nor as left out."),
      }]
    : []),
  ...places(days, placesNow.told),
  ...(status ? [] : [{ lead: t("Function"), more: t("no questionnaire that counts at present.") }]),
  ...(risk.missing_covariates.length
    ? [{ lead: t("For the risk"), more: t("not known: {what}. They change it in neither direction.", { what: risk.missing_covariates.join("; ") }) }]
    : []),
  { lead: t("Why"), more: t("No finding says that pain comes from the tablet. Another cause is not excluded.") },
];

/** Where it hurts was said on few days. @param {any[]} days @param {number} told */
const places = (days, told) => {
  const hurts = days.slice(-DAYS_OF).some(({ pain }) => pain > 0);
  return hurts && told < 3 ? [{ lead: t("Where it hurts"), more: n("told on {n} of 28 days.", "told on {n} of 28 days.", told) }] : [];
};
