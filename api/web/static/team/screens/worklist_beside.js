// Below the rows, in this order: not scored, refused reports, unheard from, signed out, held back.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { day, dayAndClock, n, t } from "../../shared/words.js";
import { hashOf } from "../app.js";
import { icon } from "../icons.js";
import { kindWords, sentence } from "./finding_words.js";

/** @typedef {any} Model */

/** @param {Model} model */
export const beside = (model) => {
  const { summary } = model;
  return html`<div>
    ${section(t("Not scored ({n})", { n: summary.not_scored.count }), t("not known, which never means well"), summary.not_scored.items.map((/** @type {any} */ each) =>
      line(each, model, badge("not-scored", t("Not scored: look")), t("The entries are kept, and red flags in them still alert.")),
    ))}
    ${section(t("Refused reports ({n})", { n: summary.rejected_entries.count }), t("sent by a phone, not accepted"), summary.rejected_entries.items.map((/** @type {any} */ each) =>
      line(each, model, badge("refused", t("Refused")), n("{n} report, the newest of {moment}.", "{n} reports, the newest of {moment}.", each.count, { moment: dayAndClock(each.newest_at) })),
    ))}
    ${section(t("Unheard from ({n})", { n: summary.unheard_from.count }), t("reminded, and nothing came"), summary.unheard_from.items.map((/** @type {any} */ each) =>
      line(each, model, badge("quiet", t("Silent since {day}", { day: day(each.unanswered_since, "plain") })), html`<span lang="en">${sentence(each.reason)}</span>`),
    ))}
    ${section(t("Signed out ({n})", { n: summary.signed_out.count }), t("cannot send until there is a new code"), summary.signed_out.items.map((/** @type {any} */ each) =>
      line(each, model, badge("quiet", t("Signed out")), dayAndClock(each.signed_out_at)),
    ))}
    ${section(t("Held back ({n})", { n: model.heldBack.length }), t("found, not told yet, to keep within the load; you may answer now"), model.heldBack.map((/** @type {any} */ each) =>
      held(each, model),
    ))}
  </div>`;
};

/** @param {string} words @param {string} hint @param {unknown[]} lines */
const section = (words, hint, lines) =>
  lines.length
    ? html`<details class="more-list">
        <summary><b>${words}</b> <span class="meta">${hint}</span></summary>
        <ul class="lines">${lines}</ul>
      </details>`
    : nothing;

/** @param {string} look @param {string} words */
const badge = (look, words) => html`<span class="tier ${look}">${icon(look)}${words}</span>`;

/** @param {any} patient @param {Model} model @param {unknown} mark @param {unknown} words */
const line = ({ id, name, reference }, { screens }, mark, words) => html`<li>
  <div>
    <div class="cluster">${mark} <b>${screens.includes("patient") ? html`<a href=${hashOf("patient", { id })}>${name}</a>` : name}</b> <span class="meta num">${reference}</span></div>
    ${words}
  </div>
</li>`;

/** @param {any} item @param {Model} model */
const held = ({ patient, alerts, kind, reason, held_back }, { query }) => html`<li>
  <div>
    <div class="cluster">
      ${badge("held", t("Held back until {day}", { day: dayAndClock(held_back.until) }))}
      <b><a href=${hashOf("alert", { ...query, id: alerts[0].id })}>${patient.name}</a></b> <span class="meta num">${patient.reference}</span>
    </div>
    <b>${kindWords(kind)}.</b> <span lang="en">${sentence(reason)}</span>
    <span class="meta">${t("Place {rank} by expected harm.", { rank: held_back.rank })}</span>
  </div>
</li>`;
