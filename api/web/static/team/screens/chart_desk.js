// What the curve has on the desk of the care team beside what the patient's own has: alerts, questionnaires, days of which
// nothing is known, interference, and the values at the ends of the lines.
//
//   chart({ …, desk: deskOf({ id, days, today, alerts, questionnaires, hasStiffness, hasInterference }) }, act)
import { nothing, svg } from "../../vendor/lit-html/lit-html.js";
import { round } from "../../shared/chart_geometry.js";
import { oneDecimal } from "../../shared/chart_labels.js";
import { levels } from "../../shared/chart_marks.js";
import { gapsOf, runsOf } from "../../shared/curve.js";
import { c, t } from "../../shared/words.js";

/** @typedef {import("../../shared/curve.js").CurveDay} CurveDay */
/** @typedef {import("../../shared/chart_geometry.js").Shape} Shape */
/** @typedef {{ day: string, number: number, tier: string, isAnswered: boolean }} AlertMark in the order of their days */
/** @typedef {{ day: string, letter: string, words: string }} QuestionnaireMark in the order of their days */

/**
 * @param {object} shown
 * @param {string} shown.id @param {CurveDay[]} shown.days @param {string} shown.today
 * @param {AlertMark[]} shown.alerts @param {QuestionnaireMark[]} shown.questionnaires
 * @param {boolean} shown.hasStiffness @param {boolean} shown.hasInterference
 * @returns {import("../../shared/chart.js").Desk}
 */
export const deskOf = ({ id, days, today, alerts, questionnaires, hasStiffness, hasInterference }) => {
  const [first, last] = [days[0]?.day, days[days.length - 1]?.day];
  const isIn = (/** @type {{ day: string }} */ { day }) => day >= first && day <= last;
  const [told, done] = [alerts.filter(isIn), questionnaires.filter(isIn)];
  return {
    names: {
      weeks: t("Weeks"), alerts: t("Alerts"), ten: `10 ${worst()}`, zero: `0 ${t("no pain")}`, worst: worst(),
      missing: t("No answer"), tablets: t("Tablets"), questionnaires: done.length ? t("Questionnaires") : "",
    },
    ends: endNames(),
    has: { hasAlerts: told.length > 0, hasQuestionnaires: done.length > 0 },
    under: (shape) => svg`${unknown(id, days, today, shape)}
      ${hasInterference
        ? svg`<path class="c-interference-level" d=${levels(days, "interferenceLevel", shape)}/><path class="c-interference" d=${squares(days, shape)}/>`
        : nothing}
      ${told.length ? alertMarks(days, told, shape) : nothing}`,
    after: (shape) => endLabels(days, { hasStiffness, hasInterference }, shape),
    stiffness: (shape) => (shape.step < CLOSE_PX ? along(days, "stiffnessLevel", shape, diamond) : null),
    strips: (shape) => (done.length ? questionnaireMarks(days, done, shape) : nothing),
  };
};

const worst = () => c("end of the scale", "worst");

const R = 7;
const SHAPES = /** @type {Record<string, string>} */ ({
  same_day: `M-3 ${-R}h6l4 4v6l-4 4h-6l-4 -4v-6z`,
  routine: `M0 ${-R}l${R + 1} ${2 * R - 1}h${-2 * R - 2}z`,
  self_care: `M${-R} 0a${R} ${R} 0 1 0 ${2 * R} 0a${R} ${R} 0 1 0 ${-2 * R} 0z`,
});

/** The shape of a tier, for a chart and its legend. @param {string} tier @param {boolean} isAnswered */
export const alertShape = (tier, isAnswered) => svg`
  <path class="c-alert c-alert-${tier === "same_day" ? "same-day" : tier === "self_care" ? "self-care" : "routine"} ${isAnswered ? "c-alert-answered" : ""}" d=${SHAPES[tier] ?? SHAPES.routine}/>
  ${isAnswered ? svg`<path class="c-tick" d="M-3 1l2.5 2.5l4 -5.5"/>` : nothing}`;

/**
 * Where marks stand that need room: as near to their days as they can without touching.
 * @param {number[]} at in order @param {number} room of each @param {number} low @param {number} high
 */
export const spread = (at, room, low, high) => {
  const gap = Math.min(room, (high - low) / Math.max(at.length - 1, 1));
  const found = [...at];
  found.forEach((each, place) => {
    found[place] = Math.max(each, place ? found[place - 1] + gap : low);
  });
  for (let place = found.length - 1, limit = high; place >= 0; place -= 1, limit = found[place + 1] - gap)
    found[place] = Math.min(found[place], limit);
  return found.map(round);
};

/** @param {CurveDay[]} days */
const placesOf = (days) => new Map(days.map(({ day }, place) => [day, place]));

/** Numbered marks of alerts on the upper edge, each with a line down to its day.
 * @param {CurveDay[]} days @param {AlertMark[]} alerts @param {Shape} shape */
const alertMarks = (days, alerts, { x, left, right, rows, top, bottom, font, wide, name }) => {
  const places = placesOf(days);
  const shown = alerts.flatMap((alert) => (places.has(alert.day) ? [{ ...alert, at: x(places.get(alert.day) ?? 0) }] : []));
  const stands = spread(shown.map(({ at }) => at), Math.max(2 * R + 4, wide("00") + 3), left + R, right);
  const hasRoom = stands.every((each, place) => place === 0 || each - stands[place - 1] >= wide(String(shown[place].number)) + 2);
  return svg`<text x=${name.x} text-anchor=${name["text-anchor"]} y=${rows.alerts}>${t("Alerts")}</text>
    <path class="c-alert-line" d=${shown.map(({ at }, place) => `M${stands[place]} ${rows.alertsAt + R + 1}L${at} ${top}V${bottom}`).join("")}/>
    ${shown.map(
      ({ number, tier, isAnswered }, place) => svg`<g transform="translate(${stands[place]} ${rows.alertsAt})">${alertShape(tier, isAnswered)}
        ${hasRoom ? svg`<text class="strong" text-anchor="middle" y=${-R - font * 0.2}>${number}</text>` : nothing}</g>`,
    )}`;
};

/** Letters of questionnaires with score and direction, where there is room.
 * @param {CurveDay[]} days @param {QuestionnaireMark[]} done @param {Shape} shape */
const questionnaireMarks = (days, done, { x, left, right, rows, font, wide, name }) => {
  const places = placesOf(days);
  const shown = done.flatMap((each) => (places.has(each.day) ? [{ ...each, at: x(places.get(each.day) ?? 0) }] : []));
  const stands = spread(shown.map(({ at }) => at), 20, left + 8, right - 8);
  const y = rows.questionnairesAt;
  return svg`<text x=${name.x} text-anchor=${name["text-anchor"]} y=${rows.questionnaires}>${t("Questionnaires")}</text>
    ${shown.map(({ letter, words }, place) => {
      const at = stands[place];
      const hasRoom = at + 14 + wide(words) < (stands[place + 1] ?? right + 12) - 10;
      return svg`<rect class="c-questionnaire" x=${at - 8} y=${y} width="16" height="16"/>
        <text class="strong" text-anchor="middle" x=${at} y=${y + 8 + font * 0.35}>${letter}</text>
        ${hasRoom ? svg`<text x=${at + 12} y=${y + 8 + font * 0.35}>${words}</text>` : nothing}`;
    })}`;
};

/** Days between which nothing is known, as a pattern with its words. @param {string} id @param {CurveDay[]} days @param {string} today @param {Shape} shape */
const unknown = (id, days, today, { x, top, bottom, font, wide }) => {
  const words = t("not known");
  return svg`<defs><pattern id="${id}-hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path class="c-hatch" d="M0 0v6"/></pattern></defs>
    ${gapsOf(days, today).map(({ from, until }) => {
      const [start, end] = [x(from), x(until)];
      const hasRoom = end - start > wide(words) + 4;
      return svg`<rect fill="url(#${id}-hatch)" x=${start} y=${top} width=${round(end - start)} height=${round(bottom - top)}/>
        ${hasRoom ? svg`<text class="strong halo-text" text-anchor="middle" x=${round((start + end) / 2)} y=${bottom - font}>${words}</text>` : nothing}`;
    })}`;
};

/** Closer answers of a second line would hide those about pain: marks along its level then tell it apart. */
const CLOSE_PX = 8;
const APART_PX = 40;

/** @param {number} x @param {number} y */
const diamond = (x, y) => `M${round(x - 4)} ${y}l4 -4l4 4l-4 4z`;

/** @param {number} x @param {number} y */
const square = (x, y) => `M${round(x - 3)} ${round(y - 3)}h6v6h-6z`;

/** Marks along a line, some way from each other. @param {CurveDay[]} days @param {"stiffnessLevel" | "interferenceLevel"} name
 * @param {Shape} shape @param {(x: number, y: number) => string} mark */
const along = (days, name, { x, y, step }, mark) => {
  const every = Math.max(1, Math.round(APART_PX / step));
  return runsOf(days, name)
    .flatMap((run) => run.filter((_, nth) => nth === run.length - 1 || nth % every === 0))
    .map((place) => mark(x(place), y(/** @type {number} */ (days[place][name]))))
    .join("");
};

/** Answers about interference, as squares. @param {CurveDay[]} days @param {Shape} shape */
const squares = (days, shape) => {
  const { x, y, step } = shape;
  if (step < CLOSE_PX) return along(days, "interferenceLevel", shape, square);
  return days.map(({ interference: value }, place) => (value === null ? "" : square(x(place), y(value)))).join("");
};

/** @param {CurveDay} day @param {boolean} hasStiffness @param {boolean} hasInterference */
const valuesOf = ({ level, usual, stiffnessLevel, interferenceLevel }, hasStiffness, hasInterference) => [
  { kind: "c-end-level", value: level, words: level === null ? "" : t("level {level}", { level: oneDecimal(level) }) },
  { kind: "", value: usual, words: usual === null ? "" : t("usual {level}", { level: oneDecimal(usual) }) },
  { kind: "c-end-stiffness", value: hasStiffness ? stiffnessLevel : null, words: t("stiffness {level}", { level: oneDecimal(stiffnessLevel ?? 0) }) },
  { kind: "", value: hasInterference ? interferenceLevel : null, words: c("level of it", "interference {level}", { level: oneDecimal(interferenceLevel ?? 0) }) },
];

/** Texts for which there must be room after the lines. */
const endNames = () => [t("stiffness {level}", { level: oneDecimal(10) }), t("level {level}", { level: oneDecimal(10) }), t("usual {level}", { level: oneDecimal(10) })];

/** The newest values after their lines, apart from each other; those of lines that ended long before say nothing of now.
 * @param {CurveDay[]} days @param {{ hasStiffness: boolean, hasInterference?: boolean }} chart @param {Shape} shape */
const endLabels = (days, { hasStiffness, hasInterference = false }, { right, y, top, bottom, font }) => {
  const last = runsOf(days, "level").at(-1)?.at(-1);
  const newest = days.findLast(({ usual }) => usual !== null);
  const known = last === undefined || days.length - 1 - last > 9 ? undefined : days[last];
  const found = valuesOf(known ?? { .../** @type {CurveDay} */ (newest), level: null, stiffnessLevel: null, interferenceLevel: null }, hasStiffness, hasInterference)
    .filter(({ value }) => value !== null && value !== undefined)
    .sort((one, other) => Number(other.value) - Number(one.value));
  const stands = spread(found.map(({ value }) => y(Number(value))), font * 1.2, top, bottom);
  return found.map(({ kind, words }, place) => svg`<text class="strong ${kind}" x=${right + 8} y=${round(stands[place] + font * 0.35)}>${words}</text>`);
};
