// Messages: what went out to the patient, and to the team about the patient, and what became of it. None holds an answer.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { loading } from "../../shared/states.js";
import { dayAndClock, t } from "../../shared/words.js";

const KINDS = () => /** @type {Record<string, string>} */ ({
  alert: t("to the team: alert"), not_scored: t("to the team: not scored"), check_in: t("reminder of the check-in"),
  reassessment: t("reminder of a questionnaire"), summary: t("reminder of several things"), signed_out: t("to the team: phone signed out"),
  erasure_requested: t("to the site: erasure asked for"), probe: t("test notification"), account_changed: t("account changed"),
});
const CHANNELS = () => /** @type {Record<string, string>} */ ({ web_push: t("notification"), email: t("e-mail"), webhook: t("program of the site"), call: t("call list") });
const STATES = () => /** @type {Record<string, string>} */ ({
  pending: t("waits"), delivered: t("delivered"), dead: t("could not be delivered"), cancelled: t("no longer needed"), rehearsed: t("rehearsed only"),
});

/** @param {any} model @param {any} act */
export const messagesView = ({ tabs: { messages } }, act) => {
  if (!messages) return loading();
  if (!messages.items.length) return html`<p>${t("No message yet.")}</p>`;
  return html`
    <div class="scroll panel" tabindex="0" role="region" aria-labelledby="messages-title">
      <table class="table">
        <caption id="messages-title">${t("Messages, newest first")}</caption>
        <thead><tr><th scope="col">${t("When")}</th><th scope="col">${t("What")}</th><th scope="col">${t("How")}</th><th scope="col">${t("What became of it")}</th></tr></thead>
        <tbody>${messages.items.map(row)}</tbody>
      </table>
    </div>
    ${messages.next ? html`<button class="button" type="button" @click=${() => act.more("messages")}>${t("Show older ones")}</button>` : nothing}
  `;
};

/** @param {any} message */
const row = ({ kind, channel, state, created_at: at, settled_at: settled, shown_at: shown, opened_at: opened, attempts, last_outcome: outcome }) => html`<tr>
  <th scope="row" class="num">${dayAndClock(at)}</th>
  <td>${KINDS()[kind] ?? kind.replaceAll("_", " ")}</td>
  <td>${CHANNELS()[channel] ?? channel}</td>
  <td>${[
    STATES()[state] ?? state,
    settled ? dayAndClock(settled) : "",
    attempts > 1 ? t("after {n} attempts", { n: attempts }) : "",
    state === "dead" ? outcome : "",
    opened ? t("opened {when}", { when: dayAndClock(opened) }) : shown ? t("shown {when}", { when: dayAndClock(shown) }) : "",
  ].filter(Boolean).join(", ")}</td>
</tr>`;
