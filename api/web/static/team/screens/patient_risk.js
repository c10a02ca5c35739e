// The risk of stopping: with its interval and its contributions as factors in words, never as the logarithms of a model.
import { html, nothing, svg } from "../../vendor/lit-html/lit-html.js";
import { n, number, t } from "../../shared/words.js";
import { covariateOf } from "./risk_words.js";
import { percent } from "./patient_words.js";

const WIDTH = 360;
const [LEFT, RIGHT] = [14, WIDTH - 34];
/** Half of the bar's width stands for this factor or more. */
const FULL = Math.log(2);

/** @param {any} risk */
export const riskPanel = (risk) => html`<section class="panel stack" aria-labelledby="risk-title">
  <h2 id="risk-title">${t("Risk of stopping within 90 days")}</h2>
  ${risk.risk_90d === null ? none(risk) : [size(risk), interval(risk), contributions(risk), reading(risk)]}
</section>`;

/** @param {any} risk */
const none = ({ insufficient_data_reason: why }) => html`
  <p><b>${t("Not known.")}</b> ${why}</p>
  <p class="meta">${t("Not known is not low. Ask the patient.")}</p>
`;

/** @param {any} risk */
const size = ({ risk_90d: risk, risk_90d_low: low, risk_90d_high: high, average_risk_90d: average }) => html`<p>
  <span class="big">${percent(risk)}</span>
  <span class="nowrap">(${t("95% from {low} to {high}", { low: percent(low), high: percent(high) })})</span>${average
    ? html`, ${t("{times} times the {average} of an average patient at this time of the treatment.", { times: number(risk / average, 1, 1), average: percent(average) })}`
    : nothing}
</p>`;

/** A line with the interval on it. @param {any} risk */
const interval = ({ risk_90d: risk, risk_90d_low: low, risk_90d_high: high, average_risk_90d: average }) => {
  const most = [0.1, 0.25, 0.5, 1].find((each) => each >= Math.max(high, risk)) ?? 1;
  const x = (/** @type {number} */ value) => Math.round(LEFT + ((RIGHT - LEFT) * value) / most);
  const steps = [0, 1, 2, 3, 4, 5].map((each) => (most * each) / 5);
  const name = t("{risk}, interval {low} to {high}, average {average}", { risk: percent(risk), low: percent(low), high: percent(high), average: average ? percent(average) : "-" });
  return html`<svg class="interval" viewBox="0 0 ${WIDTH} 52" role="img" aria-label=${name}>
    <path class="rail-line" d="M${LEFT} 26H${RIGHT}"/>
    ${steps.map((each) => svg`<path class="rail-line" d="M${x(each)} 22v8"/><text x=${x(each)} y="48" text-anchor="middle">${percent(each)}</text>`)}
    ${average ? svg`<path class="avg" d="M${x(average)} 8v26"/><text x=${x(average) + 4} y="11">${t("average")}</text>` : nothing}
    <path class="range" d="M${x(low)} 26H${x(high)}M${x(low)} 20v12M${x(high)} 20v12"/>
    <circle class="point" cx=${x(risk)} cy="26" r="5"/>
  </svg>`;
};

/** @param {any} risk */
const contributions = ({ contributions: all }) => {
  const [shown, rest] = [all.slice(0, MOST), all.slice(MOST)];
  return html`${table(t("What raises and what lowers the risk, largest first"), shown)}
    ${rest.length
      ? html`<details class="computed"><summary>${n("{n} smaller effect", "{n} smaller effects", rest.length)}</summary><div class="in">${table(t("Smaller effects"), rest)}</div></details>`
      : nothing}`;
};

/** Contributions that are shown at once. */
const MOST = 8;

/** @param {string} name @param {any[]} all */
const table = (name, all) => html`<table class="contrib">
  <caption class="unseen">${name}</caption>
  <thead class="unseen"><tr><th scope="col">${t("What is known")}</th><th scope="col">${t("Bar")}</th><th scope="col">${t("Effect")}</th></tr></thead>
  <tbody>${all.map(contribution)}</tbody>
</table>`;

/** @param {any} contribution */
const contribution = (contribution) => {
  const { log_hazard_ratio: adds } = contribution;
  const wide = Math.round(50 * Math.min(Math.abs(adds) / FULL, 1) * 10) / 10;
  const factor = number(Math.exp(adds), 2, 2);
  return html`<tr>
    <th scope="row">${covariateOf(contribution)}</th>
    <td class="graph"><svg viewBox="0 0 100 18" preserveAspectRatio="none" aria-hidden="true">
      <rect class=${adds > 0 ? "up" : "down"} x=${adds > 0 ? 50 : 50 - wide} y="2.5" width=${wide} height="13"/><path class="zero" d="M50 0v18"/></svg></td>
    <td class="value"><span class="nowrap">×${factor},</span> ${Math.abs(adds) < 0.005 ? t("typical") : adds > 0 ? t("raises") : t("lowers")}</td>
  </tr>`;
};

/** @param {any} risk */
const reading = ({ notice, base_rate_12_months: base, base_rate_source: source, model, as_of: day }) => html`
  <p class="meta">${t("A statement about patients who answer like this one, not about this one. A low risk does not mean that the patient will go on: ask.")}</p>
  <details class="computed"><summary>${t("How the risk is worked out")}</summary><div class="in">
    <p>${t("Each line is a factor against the typical value; the factors multiply. Of all patients, {share} are assumed to stop within 12 months.", { share: percent(base) })}</p>
    <p class="meta">${source}</p><p class="meta">${notice}</p>
    <p class="meta num">${t("Model {hash}, as of {day}", { hash: model.slice(0, 12), day: day ?? "-" })}</p>
  </div></details>
`;
