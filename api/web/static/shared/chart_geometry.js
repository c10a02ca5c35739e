// Where things lie in a curve: measures in px from the width of the drawing and the reader's text size.

/** Size of text in the chart, in rem; the same as in chart.css. */
const TEXT_REM = 0.8334;
const [PLOT_LOW, PLOT_HIGH] = [150, 240];
/** About the width of a letter. */
const WIDE_EM = 0.58;
/** Narrower days are not drawn one by one in the rows under the axis. */
const FINE_PX = 1.8;

/**
 * @typedef {object} Shape
 * @property {number} height @property {number} font px @property {number} edge @property {number} left @property {number} right
 * @property {number} top @property {number} bottom @property {number} step px of a day @property {number} radius of a dot
 * @property {boolean} isFine whether each day has a mark of its own under the axis
 * @property {(place: number) => number} x @property {(value: number) => number} y
 * @property {(text: string) => number} wide about the width of a text
 * @property {(...texts: string[]) => string} fitting the first text for which there is room; nothing is made smaller
 * @property {Record<string, number>} rows base lines of text
 */

/**
 * @param {{ days: any[], width: number, rem: number, since: string | null, today: string }} chart
 * @returns {Shape}
 */
export const geometry = ({ days, width, rem, since }) => {
  const font = round(rem * TEXT_REM);
  const line = font * 1.4;
  const [edge, left, right] = [8, Math.max(22, round(font * 1.5)), width - 10];
  const step = (right - left - 4) / Math.max(days.length - 1, 1);
  const isWeeks = since !== null && days.length > 0 && since <= days[days.length - 1].day;
  const weekWords = isWeeks ? font * 1.1 : 0;
  const week = isWeeks ? weekWords + line : 0;
  const ten = week + (isWeeks ? line * 1.5 : font * 1.1);
  const top = round(ten + font * 0.5);
  const bottom = round(top + Math.min(Math.max(width * 0.48, PLOT_LOW), PLOT_HIGH));
  const dates = bottom + font * 1.45;
  const isFine = step >= FINE_PX;
  const missing = dates + line * 1.45;
  const tablets = missing + line + 18;
  return {
    font, edge, left, right, top, bottom, step, isFine,
    height: Math.ceil((isFine ? tablets + 34 : missing) + 8),
    radius: step >= 8 ? 3.5 : step >= 3 ? 2.8 : 2,
    x: (place) => round(left + 2 + place * step),
    y: (value) => round(bottom - ((bottom - top) * value) / 10),
    wide: (text) => text.length * font * WIDE_EM,
    fitting: (...texts) => texts.find((text) => edge + text.length * font * WIDE_EM < width) ?? "",
    rows: { weekWords: round(weekWords), week: round(week), ten: round(ten), dates: round(dates), missing: round(missing), tablets: round(tablets) },
  };
};

/** @param {number} value */
export const round = (value) => Math.round(value * 10) / 10;
