// T6p: the visit sheet of a patient: the same answers as the course, and what it takes to print them.
import { api } from "../../shared/api.js";
import { today } from "../../shared/days.js";
import { courseIn, firstDayOf } from "../course.js";
import { courseOf } from "../patient_data.js";
import { leave as leavePatient, set } from "./patient.js";

/** @typedef {import("../app.js").App} App */

/** @param {any} state */
export const model = ({ patient, me, problem }) => ({
  found: patient?.found ?? null,
  id: patient?.id,
  course: patient?.found ? courseIn(patient.found, "half") : null,
  questions: patient?.questions ?? null,
  printedAt: patient?.printedAt ?? Date.now(),
  me,
  problem,
});

/** @param {App} app @param {Record<string, string>} params */
export const enter = async (app, { id }) => {
  if (app.state.patient?.id !== id) app.set({ patient: { id, found: null, tabs: {}, span: "half" } });
  const { found } = app.state.patient;
  const [fresh, { body }] = await Promise.all([
    found && Date.now() - found.at < FRESH_MS ? found : courseOf(id, firstDayOf("half", today())),
    api.get("/v1/check-in"),
  ]);
  if (app.state.patient?.id === id) set(app, { found: fresh, questions: body.questions, printedAt: Date.now() });
};

const FRESH_MS = 60_000;

export const leave = leavePatient;

/** @param {App} app */
export const print = (app) => {
  set(app, { printedAt: Date.now() });
  requestAnimationFrame(() => globalThis.print());
};
