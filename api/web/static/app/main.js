// The phone app: from the address to a screen, from the state to the page.
import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { boundTo, fetchScreen, focusFirst } from "../shared/app.js";
import { apply, read } from "../shared/look.js";
import { problemOf, problemView } from "../shared/problem.js";
import { loading } from "../shared/states.js";
import { start, words } from "./acts/start.js";
import { makeApp, routeOf } from "./app.js";
import { frame } from "./frame.js";
import { ROUTES, screensFor } from "./routes.js";
import { watchForUpdates } from "./updates.js";
import { followPhone } from "./zone.js";

/** @param {any} acts */
const bound = (acts) => boundTo(app, acts);

let focusDue = false;

/** @param {any} state */
const draw = (state) => {
  const { screen, acts, tab } = ROUTES[state.route.name];
  state.screens = screensFor(state.me);
  const model = acts.model(state);
  const act = bound(acts);
  const parts = {
    head: screen.head?.(model, act),
    main: state.broken
      ? [html`<h1 tabindex="-1">AIMSS Monitor</h1>`, problemView(state.broken)]
      : state.loading
        ? loading()
        : [screen.view(model, act), problemView(state.problem)],
    bar: screen.bar?.(model, act) ?? nothing,
    tab: state.signedIn ? (model.tab ?? tab) : null,
    announced: state.announced,
    careTeam: state.me?.care_team,
    diaryOf: state.me?.kind === "proxy" ? { name: state.me.name, mayWrite: state.me.scopes.includes("report") } : null,
    screens: state.screens,
  };
  document.title = `${screen.title(model)} - AIMSS Monitor`;
  render(frame(parts), document.body);
  if (focusDue) focusDue = !focusFirst();
};

export const app = makeApp(draw);

/**
 * Follow the address; `first` at the start, where the focus stays at the top of the page.
 * @param {boolean} [first]
 */
const follow = async (first = false) => {
  const route = routeOf(location.hash);
  const there = ROUTES[route.name];
  if (!there || !screensFor(app.state.me).includes(route.name)) return app.go("today", {}, { replace: true });
  if (!app.state.signedIn && !there.open) return app.go("activate", {}, { replace: true });
  if (!there.acts && !(await fetchScreen(app, there, first))) return;
  focusDue = !first;
  app.set({ route, from: app.state.route.name, problem: null, broken: null, announced: "", loading: false });
  await bound(there.acts).enter(route.params);
};

/** Something that the phone keeps has changed: tell the screen that is open. */
const changed = () => {
  const { acts } = ROUTES[app.state.route.name];
  if (acts.changed) bound(acts).changed();
};

const connection = () => app.set({ online: navigator.onLine, offlineSince: navigator.onLine ? null : Date.now() });

/** A notification was tapped. @param {MessageEvent} event */
const tapped = ({ data }) => data?.type === "open" && app.go("message", data.id ? { id: data.id } : {});

const run = async () => {
  apply(read());
  app.set({ screens: Object.keys(ROUTES) });
  navigator.serviceWorker?.addEventListener("message", tapped);
  await words(app);
  addEventListener("online", connection);
  addEventListener("offline", connection);
  let started = false;
  addEventListener("hashchange", () => started && follow());
  try {
    await start(app, changed);
  } catch (error) {
    return app.set({ loading: false, broken: problemOf(error) });
  }
  started = true;
  follow(true); // not awaited: a screen may wait for the network
  import("./acts/notifications.js").then(({ begin }) => begin(app)).catch(() => {});
  followPhone(app.state.me).catch(() => {}); // at the next opening then
  watchForUpdates(() => Boolean(ROUTES[app.state.route.name].busy));
};

run();
