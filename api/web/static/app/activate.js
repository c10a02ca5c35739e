// The page /activate: the activation screen alone, before there is anything on this phone.
import { render } from "../vendor/lit-html/lit-html.js";
import { apply, read } from "../shared/look.js";
import { problemOf } from "../shared/problem.js";
import * as acts from "./acts/activate.js";
import { words } from "./acts/start.js";
import { makeApp } from "./app.js";
import { frame } from "./frame.js";
import * as screen from "./screens/activate.js";

const app = makeApp((state) => {
  const model = acts.model(state);
  document.title = `${screen.title(model)} - AIMSS Monitor`;
  const main = screen.view(model, act);
  render(frame({ main, announced: state.announced, careTeam: null, screens: [] }), document.body);
});

const act = Object.fromEntries(
  Object.entries(acts).map(([name, does]) => [
    name,
    async (/** @type {any[]} */ ...given) => {
      try {
        await /** @type {any} */ (does)(app, ...given);
      } catch (error) {
        app.set({ problem: problemOf(error) });
      }
    },
  ]),
);

apply(read());
await words(app);
addEventListener("hashchange", () => acts.enter(app, { code: location.hash.slice(1) }));
await acts.enter(app, { code: location.hash.slice(1) });
