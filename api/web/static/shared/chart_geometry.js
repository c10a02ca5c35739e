// Where things lie in a curve: measures in px from the width of the drawing and the reader's text size.
// A narrow drawing has the names of its rows above them; a wide one on a desk has them beside.

/** Size of text in the chart, in rem; the same as in chart.css. */
const TEXT_REM = 0.8334;
const [PLOT_LOW, PLOT_HIGH] = [150, 240];
const [DESK_LOW, DESK_HIGH] = [200, 280];
/** About the width of a letter. */
const WIDE_EM = 0.58;
/** Narrower days are not drawn one by one in the rows under the axis. */
const FINE_PX = 1.8;
/** Height of a mark of an alert or a questionnaire, with what is free around it. */
const MARK = 24;

/**
 * @typedef {object} Shape
 * @property {number} height @property {number} font px @property {number} edge @property {number} left @property {number} right
 * @property {number} top @property {number} bottom @property {number} foot lower end of the lines of days
 * @property {number} step px of a day @property {number} radius of a dot
 * @property {boolean} isFine whether each day has a mark of its own under the axis
 * @property {boolean} isBeside whether the names of rows stand beside them
 * @property {{ x: number, "text-anchor": string }} name where the name of a row stands
 * @property {(place: number) => number} x @property {(value: number) => number} y
 * @property {(text: string) => number} wide about the width of a text
 * @property {(...texts: string[]) => string} fitting the first text for which there is room; nothing is made smaller
 * @property {Record<string, number>} rows base lines of text, and where marks begin
 */

/**
 * @typedef {object} Asked
 * @property {any[]} days @property {number} width @property {number} rem @property {string | null} since
 * @property {string[]} [names] of rows, where they are to stand beside them
 * @property {string[]} [ends] of lines, for which there must be room after them
 * @property {boolean} [hasAlerts] @property {boolean} [hasQuestionnaires]
 */

/** @param {Asked} chart @returns {Shape} */
export const geometry = ({ days, width, rem, since, names = [], ends = [], hasAlerts = false, hasQuestionnaires = false }) => {
  const font = round(rem * TEXT_REM);
  const wide = (/** @type {string} */ text) => text.length * font * WIDE_EM;
  const isBeside = names.length > 0;
  const edge = isBeside ? round(Math.max(...names.map(wide)) + 4) : 8;
  const left = isBeside ? edge + 10 : Math.max(22, round(font * 1.5));
  const right = width - 10 - (isBeside ? round(Math.max(0, ...ends.map(wide))) : 0);
  const step = (right - left - 4) / Math.max(days.length - 1, 1);
  const isWeeks = since !== null && days.length > 0 && since <= days[days.length - 1].day;
  const isFine = step >= FINE_PX;
  const rows = isBeside ? rowsBeside(font, width, isWeeks, hasAlerts, hasQuestionnaires, isFine) : rowsAbove(font, width, isWeeks, hasAlerts, hasQuestionnaires, isFine);
  const { top, bottom, foot, height } = rows;
  return {
    font, edge, left, right, top, bottom, foot, step, isFine, isBeside, height, rows, wide,
    name: { x: edge, "text-anchor": isBeside ? "end" : "start" },
    radius: step >= 8 ? 3.5 : step >= 3 ? 2.8 : 2,
    x: (place) => round(left + 2 + place * step),
    y: (value) => round(bottom - ((bottom - top) * value) / 10),
    fitting: (...texts) => texts.find((text) => (isBeside ? 0 : edge) + wide(text) < (isBeside ? edge : width)) ?? "",
  };
};

/** Names above their rows. @param {number} font @param {number} width @param {boolean} isWeeks @param {boolean} hasAlerts @param {boolean} hasQuestionnaires @param {boolean} isFine */
const rowsAbove = (font, width, isWeeks, hasAlerts, hasQuestionnaires, isFine) => {
  const line = font * 1.4;
  const weekWords = isWeeks ? font * 1.1 : 0;
  const week = isWeeks ? weekWords + line : 0;
  const alerts = hasAlerts ? week + line : week;
  const alertsAt = hasAlerts ? alerts + font + MARK / 2 : alerts;
  const above = hasAlerts ? alertsAt + MARK / 2 : week;
  const ten = above + (above ? line * (hasAlerts ? 1 : 1.5) : font * 1.1);
  const top = round(ten + font * 0.5);
  const bottom = round(top + Math.min(Math.max(width * 0.48, PLOT_LOW), PLOT_HIGH));
  const dates = bottom + font * 1.45;
  const missing = dates + line * 1.45;
  const tablets = missing + line + 18;
  const end = isFine ? tablets + 34 : missing;
  const questionnaires = end + line;
  const height = Math.ceil((hasQuestionnaires ? questionnaires + MARK : end) + 8);
  return rounded({
    weekWords, week, alerts, alertsAt, ten, top, bottom, foot: bottom, datesAt: bottom, dates, zero: dates,
    missing, missingAt: missing + 8, tablets, tabletsAt: tablets + 9, questionnaires, questionnairesAt: questionnaires + 6, height,
  });
};

/** Names beside their rows. @param {number} font @param {number} width @param {boolean} isWeeks @param {boolean} hasAlerts @param {boolean} hasQuestionnaires @param {boolean} isFine */
const rowsBeside = (font, width, isWeeks, hasAlerts, hasQuestionnaires, isFine) => {
  const week = isWeeks ? font * 1.1 : 0;
  const alertsAt = hasAlerts ? week + font + MARK / 2 : week;
  const above = hasAlerts ? alertsAt + MARK / 2 : week + 6;
  const top = above + font;
  const bottom = top + Math.min(Math.max(width * 0.3, DESK_LOW), DESK_HIGH);
  const missingAt = bottom + 12;
  const tabletsAt = isFine ? missingAt + 18 : missingAt;
  const questionnairesAt = isFine ? tabletsAt + 30 : missingAt + 18;
  const foot = (hasQuestionnaires ? questionnairesAt + MARK : questionnairesAt) + 2;
  const dates = foot + font * 1.45;
  return rounded({
    weekWords: week, week, alerts: alertsAt + font * 0.35, alertsAt, ten: top + font * 0.35, top, bottom, foot, datesAt: foot, dates,
    zero: bottom + font * 0.35, missing: missingAt + 5 + font * 0.35, missingAt, tablets: tabletsAt + 13 + font * 0.35, tabletsAt,
    questionnaires: questionnairesAt + 8 + font * 0.35, questionnairesAt, height: Math.ceil(dates + 8),
  });
};

/** @param {Record<string, number>} rows */
const rounded = (rows) => Object.fromEntries(Object.entries(rows).map(([name, value]) => [name, round(value)]));

/** @param {number} value */
export const round = (value) => Math.round(value * 10) / 10;
