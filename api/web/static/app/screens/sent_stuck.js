// P7: what the server did not take, with its reason, and what differs from another phone; both need a decision.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { icon } from "../../shared/icons.js";
import { t } from "../../shared/words.js";
import { hashOf } from "../app.js";
import { dayInWords, factList } from "./parts.js";

/** @param {any} each @param {any} model @param {any} act */
export const notAccepted = (each, model, act) => html`
  <section class="banner banner-refused" aria-labelledby="stuck-${each.id}">
    ${icon("offline")}
    <div class="banner-words stack">
      <h2 id="stuck-${each.id}">${heading(each, model)}</h2>
      ${each.isConflict ? conflict(each, act) : refused(each, act)}
    </div>
  </section>
`;

/** @param {any} each @param {any} model */
const heading = ({ day, kind, name, isConflict }, model) => {
  if (day && isConflict) return t("{day}: changed elsewhere", { day: dayInWords(day, model) });
  if (day) return t("{day}: not accepted", { day: dayInWords(day, model) });
  if (kind === "assessment" && isConflict) return t("{name}: changed elsewhere", { name: name ?? t("A questionnaire") });
  if (kind === "assessment") return t("{name}: not accepted", { name: name ?? t("A questionnaire") });
  if (kind === "call") return t("Your wish for a call: not accepted");
  return kind === "settings" ? t("Your settings: not accepted") : t("Not accepted");
};

/** @param {any} each @param {any} act */
const refused = (each, act) => html`
  ${each.kind === "withdrawal" ? html`<p>${t("You wanted to withdraw this.")}</p>` : nothing}
  <p><strong>${each.problem?.title}</strong> ${each.problem?.detail}</p>
  ${each.wrong.length
    ? html`<ul>${each.wrong.map((/** @type {any} */ { name, words }) => html`<li>${name ? html`<strong>${name}</strong>: ` : nothing}${words}</li>`)}</ul>`
    : nothing}
  ${each.mine ? factList(each.mine) : nothing}
  <p>${t("It is safe on this phone. It does not count yet.")}</p>
  <div class="row">
    ${mend(each, act)} ${look(each)}
    <button class="button button-low button-plain" type="button" @click=${() => act.ask("discard", each.id)}>${t("Discard")}</button>
  </div>
`;

/** The answers of a questionnaire stand on a page of their own. @param {any} each */
const look = ({ kind, subject }) =>
  kind === "assessment" ? html`<a class="button button-low" href=${hashOf("answered", { id: subject, from: "sent" })}>${t("See the answers")}</a>` : nothing;

/** @param {any} each @param {any} act */
const mend = ({ id, kind, day, subject, mine }, act) =>
  mine && day
    ? html`<a class="button button-low button-main" href=${hashOf("checkin", { day, entry: subject })}>${t("Mend it")}</a>`
    : html`<button class="button button-low button-main" type="button" @click=${() => act.again(id)}>${t("Try again")}</button>`;

/** @param {any} each @param {any} act */
const conflict = ({ id, kind, subject, isOfDiary, mine, theirs }, act) => html`
  <p>${isOfDiary ? t("This day was changed on another phone. Which answers are right?") : t("It was changed on another phone. Which answers are right?")}</p>
  ${isOfDiary ? side(t("On this phone"), mine) : nothing} ${isOfDiary ? side(t("At your team’s"), theirs) : nothing}
  <div class="row">
    ${look({ kind, subject })}
    <button class="button button-low" type="button" @click=${() => act.choose(id, "mine")}>${t("Those on this phone")}</button>
    <button class="button button-low" type="button" @click=${() => act.choose(id, "theirs")}>${t("Those of the other phone")}</button>
  </div>
`;

/** @param {string} name @param {any} facts */
const side = (name, facts) => html`<div class="stack-tight">
  <h3>${name}</h3>
  ${facts ? factList(facts) : html`<p>${t("Withdrawn")}</p>`}
</div>`;
