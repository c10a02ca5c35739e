// T6: one patient. What is asked for when the page opens, when a tab or another time is chosen, and the day that is read.
import { Unreachable } from "../../shared/api.js";
import { isDense, moved } from "../../shared/curve.js";
import { today } from "../../shared/days.js";
import { routeOf, staying } from "../app.js";
import { courseIn, firstDayOf } from "../course.js";
import { courseOf, longer } from "../patient_data.js";
import { loadTab } from "../patient_tabs.js";
import { screensFor } from "../routes.js";

import { setTreatments } from "./patient_care.js";

export * from "./patient_care.js";

/** @typedef {import("../app.js").App} App */

const ROWS = 28;
/** Under this width the chart of half a year would have no room for its days. */
const NARROW_PX = 640;

/** @param {string} id */
const fresh = (id) => ({
  id, found: null, isOld: false, span: isNarrow() ? "weeks" : "half", cursor: null, hasTable: false, rows: ROWS,
  hasStiffness: true, hasInterference: false, width: 900, rem: 16, tabs: {}, shownEntries: ROWS,
  measuring: null, treating: null, asks: null,
});

const isNarrow = () => document.documentElement.clientWidth < NARROW_PX;

/** @param {any} state */
export const model = (state) => {
  const { patient = fresh(""), route, online, me } = state;
  const { found, span } = patient;
  const course = found ? inCourse(found, span) : null;
  const days = course?.days ?? [];
  return {
    ...patient, course, online, me,
    tab: route.params.tab || "course",
    cursor: patient.cursor === null ? null : Math.min(patient.cursor, days.length - 1),
    screens: screensFor(me),
    isOld: patient.isOld || !online,
    mayWrite: online && !patient.isOld && me.scopes.includes("patients:write"),
    isNarrow: isNarrow(),
    problem: state.problem,
  };
};

/** @type {{ found: any, span: any, course: any }} */
let last = { found: null, span: null, course: null };

/** The course, worked out once for each answer and span. @param {any} found @param {any} span */
const inCourse = (found, span) => {
  if (last.found !== found || last.span !== span) last = { found, span, course: courseIn(found, span) };
  return last.course;
};

/** @param {App} app @param {Record<string, any>} changes */
export const set = (app, changes) => app.set({ patient: { ...app.state.patient, ...changes } });

/** Measure the room that the chart has, once it is there and when that changes. @param {App} app */
export const fit = (app) => {
  const { name } = app.state.route;
  const main = document.querySelector(".chart-frame") ?? document.querySelector("main .main, main");
  if (name !== "patient" || !main) return;
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const width = Math.round(main.clientWidth);
  if (width && (width !== app.state.patient.width || rem !== app.state.patient.rem)) set(app, { width, rem });
};

let follows = false;

/** @param {App} app @param {Record<string, string>} params */
export const enter = async (app, { id, tab = "course" }) => {
  const known = app.state.patient;
  if (known?.id !== id) app.set({ patient: fresh(id) });
  if (!follows) addEventListener("resize", () => fit(app));
  follows = true;
  const isNew = known?.id !== id || !known.found;
  await Promise.all([isNew || tab === "course" ? read(app) : null, loadTab(app, id, tab)]);
};

/** Ask for the patient; where nobody answers, what was known stays, with its date. @param {App} app */
export const read = async (app) => {
  const { id, span } = app.state.patient;
  const isHere = staying(app);
  const isSame = () => app.state.patient?.id === id;
  try {
    const found = await courseOf(id, firstDayOf(span === "all" ? "all" : "half", today()));
    if (isSame()) set(app, { found, isOld: false });
  } catch (error) {
    if (!(error instanceof Unreachable) || !isSame() || !app.state.patient.found) throw error;
    set(app, { isOld: true });
  }
  if (isHere()) requestAnimationFrame(() => fit(app));
};

/** Ask once more, after nobody answered. @param {App} app */
export const again = async (app) => {
  app.set({ problem: null });
  await enter(app, app.state.route.params);
};

/** Forget who was looked at, unless it goes on with the same patient. @param {App} app */
export const leave = (app) => {
  const { name, params } = routeOf(location.hash);
  if (["patient", "visit"].includes(name) && params.id === app.state.patient?.id) return;
  last = { found: null, span: null, course: null };
  if (app.state.patient) app.set({ patient: undefined });
};

/** @param {App} app @param {import("../course.js").Span} span */
export const show = async (app, span) => {
  const { found } = app.state.patient;
  set(app, { span, cursor: null, rows: ROWS });
  if (span === "all" && found?.from) await lengthen(app);
};

/** All entries, and the course since its beginning. @param {App} app */
export const allEntries = async (app) => {
  set(app, { span: "all" });
  await lengthen(app);
};

/** @param {App} app */
const lengthen = async (app) => {
  const { found: before, id } = app.state.patient;
  const found = await longer(before);
  if (app.state.patient?.id === id) set(app, { found });
};

/** @param {App} app @param {any[]} rows */
export const treat = async (app, rows) => {
  const { id } = app.state.patient;
  if ((await setTreatments(app, rows)) && app.state.patient?.id === id) await read(app);
};

/** Show or hide a layer, or the table. @param {App} app @param {"hasStiffness" | "hasInterference"} layer */
export const toggle = (app, layer) => set(app, { [layer]: !app.state.patient[layer] });

/** @param {App} app */
export const toggleTable = (app) => set(app, { hasTable: !app.state.patient.hasTable });

/** @param {App} app */
export const moreRows = (app) => set(app, { rows: app.state.patient.rows + 3 * ROWS });

/** Read a day. @param {App} app @param {number} place */
export const pick = (app, place) => set(app, { cursor: place });

/** No longer read a day. @param {App} app */
export const leaveDay = (app) => set(app, { cursor: null });

/** Read an earlier or a later day. @param {App} app @param {number} by */
export const move = (app, by) => {
  const { days, first, today: day } = model(app.state).course;
  const { cursor } = app.state.patient;
  if (cursor === null) pick(app, lastAnswered(days));
  else pick(app, moved(days, cursor, by, isDense(days, first, day)));
};

/** @param {any[]} days */
const lastAnswered = (days) => {
  const found = days.findLastIndex((each) => each.isAnswered);
  return found < 0 ? days.length - 1 : found;
};
