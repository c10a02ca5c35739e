// Every number of the course, explained on demand: what it is, from which answers, and by which engine.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { oneDecimal } from "../../shared/chart_labels.js";
import { plus } from "../../shared/days.js";
import { day as dayOf, n, t } from "../../shared/words.js";
import { percent } from "./patient_words.js";

/** @param {any} low @param {any} high @param {(value: number) => string} [words] */
const range = (low, high, words = oneDecimal) => (low === null || high === null ? "" : ` (${t("95% from {low} to {high}", { low: words(low), high: words(high) })})`);

/** @param {any} course @param {any} trajectory */
export const computed = (course, trajectory) => {
  const score = course.newest;
  if (!score) return nothing;
  return html`<details class="computed">
    <summary>${t("How these numbers are worked out")}</summary>
    <div class="in">
      ${lastWeek(course, score)}
      <dl class="pairs pairs-long">${pairs(score).map(([name, value, why]) => html`<dt><b>${name}</b><br><span class="meta">${why}</span></dt><dd>${value}</dd>`)}</dl>
      <p class="meta">${trajectory.notice}</p>
      <p class="meta num">${t("Engine {hash}", { hash: (score.engine ?? trajectory.engine ?? "").slice(0, 12) })}</p>
    </div>
  </details>`;
};

/** The answers of the week whose mean is the level, to add up by hand. @param {any} course @param {any} score */
const lastWeek = ({ days }, { local_date: until, pain_level: level }) => {
  const week = days.filter((/** @type {any} */ { day }) => day > plus(until, -7) && day <= until);
  const known = week.map((/** @type {any} */ { pain }) => pain).filter((/** @type {any} */ pain) => pain !== null);
  if (week.length < 7 || known.length < 3) return nothing;
  return html`<dl class="days7">
      ${week.map((/** @type {any} */ { day, pain }) => html`<div><dt>${dayOf(day, "letters")}</dt><dd>${pain ?? "–"}</dd></div>`)}
    </dl>
    <p class="num">(${known.join(" + ")}) / ${known.length} = ${oneDecimal(level)}</p>`;
};

/** @param {any} score @returns {[string, string, string][]} */
const pairs = (score) => {
  const all = /** @type {[string, any, string, string][]} */ ([
    [t("Level of worst pain"), score.pain_level, range(score.pain_level_low, score.pain_level_high), t("Mean of the days answered in the 7 up to {day}; where these are fewer than 3, of the last 3 answers.", { day: dayOf(score.local_date, "plain") })],
    [t("Usual level"), score.pain_baseline, "", t("Mean of the days before the tablets, or else of the first four weeks of answers. The present week never enters it.")],
    [t("Change in points"), score.pain_change, range(score.pain_change_low, score.pain_change_high), t("Level minus usual level, in points of 10. An interval above 0 is worse, below 0 better; one with 0 in it is neither.")],
    [t("Level of stiffness"), score.stiffness_level, range(score.stiffness_level_low, score.stiffness_level_high), t("As the level of worst pain.")],
    [t("Level of interference"), score.interference_level, "", t("As the level of worst pain.")],
  ]);
  return [
    ...all.filter(([, value]) => value !== null).map(([name, value, interval, why]) => /** @type {[string, string, string]} */ ([name, oneDecimal(value) + interval, why])),
    ...(score.p_worsening === null ? [] : [/** @type {[string, string, string]} */ ([t("A lasting rise has begun"), percent(score.p_worsening), t("Probability, from all answers up to now and how much they vary. Not known is not 0.")])]),
    ...(score.self_reported_pdc_28d === null
      ? []
      : [/** @type {[string, string, string]} */ ([
          t("Tablets taken, 28 days"),
          percent(score.self_reported_pdc_28d),
          `${t("Of the days that were reported. Self-report overstates what was taken.")} ${n("{n} day is not known.", "{n} days are not known.", score.unknown_doses_28d)}`,
        ])]),
  ];
};
