// P7: a questionnaire among what was sent: what became of it, and the way to its answers.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { n, t } from "../../shared/words.js";
import { hashOf } from "../app.js";
import { became, line, origin, wasRead } from "./sent_lines.js";

/** @param {any} each @param {{ can: (screen: string) => boolean }} model */
export const questionnaire = (each, { can }) => html`<div class="stack entry">
  <h3 id="questionnaire-${each.id}">${each.name ?? t("A questionnaire")}</h3>
  <p>${n("{n} question is answered.", "{n} questions are answered.", each.count)}</p>
  <div class="stack-tight">
    ${origin(each)} ${each.status === "partial" ? line("pen", t("Begun, not finished")) : nothing} ${became({ ...each, version: 1 })} ${wasRead(each)}
  </div>
  <div class="row">
    <a class="button button-low" href=${hashOf("answered", { id: each.id, from: "sent" })} aria-describedby="questionnaire-${each.id}">${t("See the answers")}</a>
    ${each.status === "partial" && can("questionnaire")
      ? html`<a class="button button-low" href=${hashOf("questionnaire", { instrument: each.instrument, id: each.id })}>${t("Go on with it")}</a>`
      : nothing}
  </div>
</div>`;
