// How an alert was computed: each finding with its numbers, the source of its rule, and the engine.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { day, dayAndClock, number, t } from "../../shared/words.js";
import { sentence } from "./finding_words.js";

const SHORT_HASH = 12;
const DECIMALS = 2;

/** @param {any} alert @param {{ isOpen?: boolean }} [how] */
export const evidence = ({ evidence: found, score }, { isOpen = true } = {}) => html`<details class="computed" ?open=${isOpen}>
  <summary>${t("How it was computed")}</summary>
  <div class="in">${found.map(finding)} ${score ? levels(score) : nothing}</div>
</details>`;

/** @param {any} finding */
const finding = ({ day: on, reason, values, source, engine, withdrawn_at, from_rejected_entry }) => html`<div class="stack-2">
  <p><b>${day(on, "plain")}</b> <span lang="en">${sentence(reason)}</span></p>
  ${withdrawn_at ? html`<p class="meta">${t("The entries no longer show this since {moment}.", { moment: dayAndClock(withdrawn_at) })}</p>` : nothing}
  ${from_rejected_entry ? html`<p class="meta">${t("Read in an entry that was refused: look at that entry.")}</p>` : nothing}
  ${Object.entries(values).filter(([, value]) => isByDay(value)).map(([, value]) => days(value))}
  ${numbers(values)}
  <p class="meta">${t("Source: {source}.", { source: source.replace(/\.$/, "") })} ${t("Engine {hash}", { hash: engine.slice(0, SHORT_HASH) })}</p>
</div>`;

/** @param {unknown} value */
const isByDay = (value) => value !== null && typeof value === "object" && !Array.isArray(value) && Object.keys(value).length > 0 && Object.keys(value).every((key) => /^\d{4}-\d\d-\d\d$/.test(key));

/** @param {any} answers by day */
const days = (answers) => html`<dl class="days7">
  ${Object.entries(answers).map(([on, value]) => html`<div><dt>${day(on, "number")}</dt><dd>${shown(value)}</dd></div>`)}
</dl>`;

/** @param {Record<string, any>} values */
const numbers = (values) => {
  const plain = Object.entries(values).filter(([, value]) => !isByDay(value) && value !== null && !isNested(value));
  return plain.length
    ? html`<dl class="pairs">${plain.map(([name, value]) => html`<dt lang="en">${name.replaceAll("_", " ")}</dt><dd lang="en">${shown(value)}</dd>`)}</dl>`
    : nothing;
};

/** @param {unknown} value */
const isNested = (value) => typeof value === "object" && !Array.isArray(value);

/** @param {any} value @returns {string} */
const shown = (value) => {
  if (typeof value === "number") return number(value, DECIMALS);
  if (Array.isArray(value)) return value.map((each) => (typeof each === "object" ? JSON.stringify(each) : String(each).replaceAll("_", " "))).join(", ");
  return String(value).replaceAll("_", " ");
};

/** The present score, each number with its interval. @param {any} score */
const levels = ({ local_date, pain_level, pain_level_low, pain_level_high, pain_baseline, p_worsening, engine }) =>
  pain_level === null
    ? nothing
    : html`<div class="stack-2">
        <p><b>${t("Score of {day}", { day: day(local_date, "plain") })}</b></p>
        <dl class="pairs">
          <dt>${t("worst pain, present level")}</dt><dd>${number(pain_level, 1, 1)} ${interval(pain_level_low, pain_level_high)}</dd>
          ${pain_baseline === null ? nothing : html`<dt>${t("usual level")}</dt><dd>${number(pain_baseline, 1, 1)}</dd>`}
          ${p_worsening === null ? nothing : html`<dt>${t("probability that a lasting rise has begun")}</dt><dd>${t("{percent} %", { percent: number(p_worsening * 100) })}</dd>`}
        </dl>
        <p class="meta">${t("Not calibrated on patients: how strongly the answers speak for a rise. It does not say why.")} ${t("Engine {hash}", { hash: engine.slice(0, SHORT_HASH) })}</p>
      </div>`;

/** @param {number | null} low @param {number | null} high */
const interval = (low, high) => (low === null || high === null ? "" : t("({low} to {high})", { low: number(low, 1, 1), high: number(high, 1, 1) }));
