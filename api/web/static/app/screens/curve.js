// P5: the patient's own curve. The sentence first, then the drawing, the same as a table, and what it cannot tell.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { chart } from "../../shared/chart.js";
import { chartKeys } from "../../shared/chart_keys.js";
import { reading } from "../../shared/day_words.js";
import { icon } from "../../shared/icons.js";
import { loading } from "../../shared/states.js";
import { day as dayOf, dayAndClock, n, t } from "../../shared/words.js";
import { away, shown } from "./banners.js";
import { curveTable } from "./curve_table.js";
import { legend } from "./curve_legend.js";
import { summary } from "./curve_words.js";

/** @typedef {any} Model */

export const title = () => t("My curve");

/** @param {Model} model @param {any} act */
export const view = (model, act) => (model.isLoading ? [heading(t("My curve"), []), loading()] : content(model, act));

/** @param {string} words @param {string[]} more @param {string} [above] */
const heading = (words, more, above = "") => html`
  <div class="stack-tight">
    ${above ? html`<p class="eyebrow">${above}</p>` : nothing}
    <h1 tabindex="-1">${words}</h1>
    ${more.filter(Boolean).map((each) => html`<p>${each}</p>`)}
  </div>
`;

/** @param {Model} model @param {any} act */
const content = (model, act) => {
  const said = summary(model.curve);
  const hasMarks = model.days.some((/** @type {any} */ each) => each.isAnswered);
  return html`
    ${heading(said.heading, said.more, said.heading === t("My curve") ? "" : t("My curve"))} ${age(model)}
    ${model.unsent ? html`<p class="state">${icon("phone")}<span>${unsent(model.unsent)}</span></p>` : nothing}
    ${spans(model, act)}
    ${hasMarks ? drawing(model, said.heading, act) : html`<p class="soft">${t("There is no answer in this time.")}</p>`}
    ${hasMarks ? legend(model, act) : nothing} ${limits(model)}
  `;
};

/** @param {number} count */
const unsent = (count) =>
  n("{n} answer is still on this phone; it is drawn, but not counted yet.", "{n} answers are still on this phone; they are drawn, but not counted yet.", count);

/** How old it is, where it could not be asked for. @param {Model} model */
const age = ({ curve, isOld, online, offlineSince }) => {
  if (!isOld) return nothing;
  const words = curve ? t("This is what was known on {when}.", { when: dayAndClock(curve.at) }) : t("Only what you answered is shown.");
  return shown("offline", html`<p><strong>${online ? t("The clinic's computer cannot be reached.") : away(offlineSince)}</strong> ${words}</p>`);
};

/** @param {Model} model @param {any} act */
const spans = ({ span }, act) => html`
  <div class="chips spans" role="radiogroup" aria-label=${t("Time shown")}>
    ${[["weeks", t("4 weeks")], ["months", t("3 months")], ["all", t("All")]].map(
      ([name, words]) => html`<label class="pick">
        <input type="radio" name="span" .checked=${span === name} @change=${() => act.show(name)}><span class="face">${words}</span>
      </label>`,
    )}
  </div>
`;

/** @param {Model} model @param {string} sentence @param {any} act */
const drawing = (model, sentence, act) => {
  const { days, hasTable } = model;
  const span = { from: dayOf(days[0].day, "date"), until: dayOf(days[days.length - 1].day, "date") };
  const named = { ...model, id: "curve", title: t("Worst pain, {from} to {until}", span), summary: sentence, details: hasTable ? "table" : "table-button" };
  return html`<section class="stack" aria-label=${t("Curve")} @keydown=${chartKeys(model, act)}>
    <figure class="chart">${chart(named, { pick: act.pick })}</figure>
    ${readOut(model, act)}
    <button class="button button-low" type="button" id="table-button" aria-expanded=${hasTable ? "true" : "false"}
      aria-keyshortcuts="T" @click=${() => act.toggleTable()}>
      ${icon("calendar")}<span>${hasTable ? t("Hide the table") : t("Show as a table")}</span>
    </button>
    ${hasTable ? curveTable(model, act) : nothing}
  </section>`;
};

/** The day that is read, and the way to others. @param {Model} model @param {any} act */
const readOut = ({ days, cursor }, act) => html`
  <div class="row reading">
    <button class="button button-low" type="button" @click=${() => act.move(-1)}>${icon("back")}<span>${t("Earlier")}</span></button>
    <button class="button button-low" type="button" @click=${() => act.move(1)}><span>${t("Later")}</span>${icon("forward")}</button>
  </div>
  <p role="status" class="read-out"><strong>${dayOf(days[cursor].day)}</strong><br>${reading(days[cursor])}</p>
`;

/** Open where a change of tablets is drawn, as it may be taken for a cause. @param {Model} model */
const limits = ({ hasChanges }) => html`
  <details ?open=${hasChanges}>
    <summary>${icon("forward")}<span>${t("What this cannot tell")}</span></summary>
    <div class="stack soft">
      <p>${t("The curve shows what you told us. It cannot say why something changed, and a low level does not mean that all is well. Pain goes up and down by itself. Your team looks at it with you.")}</p>
      ${hasChanges ? html`<p>${t("A line marks a day on which your tablets changed. What follows it need not come from it: other things change too.")}</p>` : nothing}
    </div>
  </details>
`;
