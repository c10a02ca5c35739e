// The care-team pages: from the address to a screen, from the state to the page.
import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { boundTo, fetchScreen, focusFirst } from "../shared/app.js";
import { loadWords } from "../shared/language.js";
import { apply, read } from "../shared/look.js";
import { problemView } from "../shared/problem.js";
import { loading } from "../shared/states.js";
import { HOME, makeApp, routeOf } from "./app.js";
import { frame } from "./frame.js";
import { problemOf } from "./problem.js";
import { ROUTES, screensFor } from "./routes.js";
import { begin, mustSetUpCodes, signOut } from "./session.js";

const WIDE = matchMedia("(min-width: 64rem)");

/** @param {any} acts */
const bound = (acts) => boundTo(app, acts, problemOf);

let focusDue = false;

/** @param {any} state */
const draw = (state) => {
  const { screen, acts, rail, open } = ROUTES[state.route.name];
  if (state.loading || state.broken || !screen || !(state.me || open)) return render(frame(waiting(state)), document.body);
  state.screens = screensFor(state.me);
  const model = acts.model(state);
  const act = bound(acts);
  document.title = `${screen.title(model)} - AIMSS Monitor`;
  render(
    frame({
      main: screen.view(model, act),
      pane: screen.pane?.(model, act),
      problem: problemView(state.problem),
      rail: state.me ? rail : null,
      announced: state.announced,
      me: state.me,
      screens: state.screens,
      signOut: bound({ signOut: leave }).signOut,
    }),
    document.body,
  );
  if (focusDue) focusDue = !focusFirst();
};

/** Before there is a page, or where there is none. @param {any} state */
const waiting = ({ broken, announced, me }) => ({
  main: broken ? html`<h1 tabindex="-1">AIMSS Monitor</h1>${problemView(broken)}` : loading(),
  problem: nothing,
  rail: null,
  announced,
  me,
  screens: [],
  signOut: () => {},
});

const app = makeApp(draw);

/**
 * Follow the address; `first` at the start, where the focus stays at the top of the page.
 * @param {boolean} [first]
 */
const follow = async (first = false) => {
  const route = routeOf(location.hash);
  const { me } = app.state;
  const there = ROUTES[route.name];
  const elsewhere = insteadOf(route.name, me);
  if (elsewhere) return app.go(elsewhere.name, elsewhere.params, { replace: true });
  if (!there.acts && !(await fetchScreen(app, there, first, problemOf))) return;
  ROUTES[app.state.route.name].acts?.leave?.(app);
  focusDue = !first;
  app.set({ route, problem: null, broken: null, announced: me ? "" : app.state.announced, loading: false });
  await bound(there.acts).enter(route.params);
};

/**
 * Where to go instead of a screen that cannot be shown now.
 * @param {string} name @param {any} me @returns {{ name: string, params?: Record<string, string> } | null}
 */
const insteadOf = (name, me) => {
  if (!me) return name === "sign-in" ? null : { name: "sign-in", params: wanted() };
  if (mustSetUpCodes(me)) return name === "second-factor" ? null : { name: "second-factor" };
  return name === "sign-in" || !screensFor(me).includes(name) ? { name: HOME } : null;
};

/** The address to come back to after the sign-in. @returns {Record<string, string>} */
const wanted = () => {
  const next = location.hash.replace(/^#\/?/, "");
  return next && next !== HOME ? { next } : {};
};

/** @param {import("./app.js").App} app */
const leave = async (app) => {
  await signOut(app);
  app.go("sign-in", {}, { replace: true });
};

const ended = () => {
  app.set({ hasEnded: true });
  app.go("sign-in", wanted(), { replace: true });
};

const connection = () => app.set({ online: navigator.onLine, offlineSince: navigator.onLine ? null : Date.now() });
const width = () => app.set({ isWide: WIDE.matches });

const run = async () => {
  apply(read());
  app.set({ language: await loadWords("team-"), isWide: WIDE.matches });
  addEventListener("online", connection);
  addEventListener("offline", connection);
  WIDE.addEventListener("change", width);
  let started = false;
  addEventListener("hashchange", () => started && follow());
  try {
    await begin(app, ended);
  } catch (error) {
    return app.set({ loading: false, broken: problemOf(error) });
  }
  started = true;
  follow(true); // not awaited: a screen may wait for the network
};

run();
