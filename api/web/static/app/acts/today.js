// What the screen Today shows.

/** @typedef {import("../app.js").App} App */

/** @param {any} state */
export const model = (state) => ({
  today: state.today ?? localDay(),
  loading: state.loading,
  online: state.online,
  offlineSince: state.offlineSince,
  due: state.due && state.due.filter((/** @type {any} */ item) => item.kind === "assessment"),
});

const localDay = () => new Intl.DateTimeFormat("en-CA", { year: "numeric", month: "2-digit", day: "2-digit" }).format();

/** @param {App} app */
export const enter = (app) => app.set({});
