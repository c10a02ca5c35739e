// My curve: the answers on this phone, what the server makes of them, and the day that is read.
import { Problem, SignInNeeded, Unreachable } from "../../shared/api.js";
import { daysOf, isDense, moved } from "../../shared/curve.js";
import { plus, today } from "../../shared/days.js";
import { changesOf, firstTablet } from "../../shared/treatments.js";
import { fetched, kept, RECENT } from "../curve_data.js";
import { entriesBetween, firstDay } from "../diary.js";

/** @typedef {import("../app.js").App} App */
/** @typedef {"weeks" | "months" | "all"} Span */

const DAYS = { weeks: 28, months: RECENT };
const ROWS = 28;
const [GUTTER, WIDE_GUTTER, WIDE_FROM, MEASURE_REM] = [16, 20, 360, 36];

const fresh = () => ({
  span: /** @type {Span} */ ("months"), read: null, curve: null, isOld: false, isLoading: true, cursor: null,
  hasTable: false, rows: ROWS, hasStiffness: false, ...size(),
});

/** Width of the page and size of its text, in px; the chart is drawn at both. */
const size = () => {
  const root = document.documentElement;
  const rem = parseFloat(getComputedStyle(root).fontSize);
  const gutter = root.clientWidth >= WIDE_FROM ? WIDE_GUTTER : GUTTER;
  return { rem, width: Math.round(Math.min(root.clientWidth, MEASURE_REM * rem + 2 * gutter)) };
};

/** @param {any} state */
export const model = (state) => {
  const { curve = fresh(), me, online, offlineSince } = state;
  const days = curve.read?.days ?? [];
  return {
    ...curve,
    days,
    cursor: curve.cursor ?? lastAnswered(days),
    first: curve.read?.first ?? null,
    unsent: curve.read?.unsent ?? 0,
    since: firstTablet(curve.read?.treatments ?? [], me?.ai_started_on ?? null),
    hasChanges: days.some((/** @type {any} */ each) => each.changes.length),
    today: today(),
    online,
    offlineSince,
  };
};

/** @param {any[]} days */
const lastAnswered = (days) => {
  const found = days.findLastIndex((/** @type {any} */ each) => each.isAnswered);
  return found < 0 ? days.length - 1 : found;
};

/** @param {App} app @param {Record<string, any>} changes */
const set = (app, changes) => app.set({ curve: { ...(app.state.curve ?? fresh()), ...changes } });

let follows = false;

/** @param {App} app */
export const enter = async (app) => {
  set(app, { ...size(), isLoading: !app.state.curve?.read });
  if (!follows) addEventListener("resize", () => app.state.route.name === "curve" && set(app, size()));
  follows = true;
  await readAll(app, true);
};

/** Something on the phone has changed. @param {App} app */
export const changed = (app) => readAll(app, false);

let asking = false;

/** Show what the phone keeps, then ask the server if there may be something new.
 * @param {App} app @param {boolean} isArrival */
const readAll = async (app, isArrival) => {
  const before = app.state.curve.read?.stamp;
  await readHere(app);
  const { read, isOld } = app.state.curve;
  if (asking || !(isArrival || isOld || read.stamp !== before)) return;
  asking = true;
  const reach = reachOf(app);
  try {
    await fetched(reach, today());
    set(app, { isOld: false });
    await readHere(app);
  } catch (error) {
    if (![Problem, SignInNeeded, Unreachable].some((kind) => error instanceof kind)) throw error;
    set(app, { isOld: true });
  } finally {
    asking = false;
    set(app, { isLoading: false });
  }
  if (reachOf(app) !== reach) await readAll(app, true); // another time was chosen meanwhile
};

/** @param {App} app */
const reachOf = (app) => (app.state.curve.span === "all" ? "all" : "recent");

/** @param {App} app */
const readHere = async (app) => {
  const { span } = app.state.curve;
  const [first, curve, recent] = await Promise.all([firstDay(), kept(reachOf(app)), kept("recent")]);
  const until = today();
  const weeks = plus(until, 1 - DAYS.weeks);
  const whole = first && first < weeks ? first : weeks;
  const from = span === "all" ? whole : plus(until, 1 - DAYS[/** @type {"weeks" | "months"} */ (span)]);
  const entries = (await entriesBetween(from, until)).filter((each) => !each.isWithdrawn);
  const { scores = [], treatments = [] } = curve ?? recent ?? {};
  const days = daysOf(entries, scores, { from, until }, changesOf(treatments));
  const sent = entries.filter(({ state }) => state === "sent");
  const read = {
    days,
    treatments,
    first: first ?? days.find((each) => each.isAnswered)?.day ?? null,
    unsent: entries.length - sent.length,
    stamp: `${span} ${sent.length} ${sent.reduce((sum, { version }) => sum + (version ?? 0), 0)}`,
  };
  if (app.state.curve.span !== span) return;
  set(app, { read, curve: recent ?? curve, isLoading: !recent && !curve && app.state.curve.isLoading });
};

/** @param {App} app @param {Span} span */
export const show = async (app, span) => {
  set(app, { span, cursor: null, rows: ROWS });
  await readAll(app, true);
};

/** @param {App} app */
export const toggleStiffness = (app) => set(app, { hasStiffness: !app.state.curve.hasStiffness });

/** @param {App} app */
export const toggleTable = (app) => set(app, { hasTable: !app.state.curve.hasTable });

/** @param {App} app */
export const moreRows = (app) => set(app, { rows: app.state.curve.rows + 3 * ROWS });

/** Read a day. @param {App} app @param {number} place */
export const pick = (app, place) => set(app, { cursor: place });

/** Read an earlier or a later day. @param {App} app @param {number} by */
export const move = (app, by) => {
  const { days, cursor, first } = model(app.state);
  pick(app, moved(days, cursor, by, isDense(days, first, today())));
};
