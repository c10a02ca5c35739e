// The curve as a table: the same numbers, newest first, a part at a time.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { oneDecimal } from "../../shared/chart_labels.js";
import { table } from "../../shared/table.js";
import { changeInWords } from "../../shared/treatments.js";
import { day as dayOf, c, t } from "../../shared/words.js";

/** @typedef {import("../../shared/curve.js").CurveDay} CurveDay */

const DOSES = () => /** @type {Record<string, string>} */ ({
  taken: t("taken"), missed: t("not taken"), skipped: t("not taken, on purpose"),
});

/** @param {{ days: CurveDay[], rows: number }} model @param {any} act */
export const curveTable = ({ days, rows }, act) => {
  const hasChanges = days.some(({ changes }) => changes.length);
  const shown = days.filter(({ isAnswered, changes }) => isAnswered || changes.length).reverse();
  return html`
    ${table({
      id: "table",
      caption: hasChanges
        ? t("Your answers and changes of tablets by day, newest first. Other days are left out.")
        : t("Your answers by day, newest first. Days without an answer are left out."),
      columns: [t("Day"), t("Worst pain"), t("Stiffness"), t("Tablet"), c("of pain", "Level"), c("of pain", "Usual")],
      rows: shown.slice(0, rows).map(row),
    })}
    ${shown.length > rows
      ? html`<button class="button button-low" type="button" @click=${() => act.moreRows()}>${t("Show older days")}</button>`
      : nothing}
  `;
};

/** @param {CurveDay} day */
const row = ({ day, pain, others, stiffness, dose, level, usual, changes }) => [
  dayOf(day, "short"),
  pain === null ? "" : [pain, ...others].map(String).join(", "),
  stiffness === null ? "" : String(stiffness),
  [...(dose === null ? [] : [DOSES()[dose]]), ...changes.map(changeInWords)].join(", "),
  level === null ? "" : oneDecimal(level),
  usual === null ? "" : oneDecimal(usual),
];
