// Access: phones that are signed in, and for those who may see it who has looked at the patient's data.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { loading } from "../../shared/states.js";
import { dayAndClock, t } from "../../shared/words.js";

/** @param {any} model @param {any} act */
export const accessView = (model, act) => {
  const { access } = model.tabs;
  return access ? [devices(model, act), uses(access.uses, act)] : loading();
};

/** @param {any} model @param {any} act */
const devices = ({ tabs: { access }, asks, mayWrite }, act) => html`<section class="panel stack" aria-labelledby="devices-title">
  <h2 id="devices-title">${t("Phones that are signed in")}</h2>
  ${access.devices.length ? nothing : html`<p>${t("None. Nothing can be sent until there is a code for a phone.")}</p>`}
  <ul class="stack">${access.devices.map(
    (/** @type {any} */ { id, label, created_at: since, refreshed_at: last, push }) => html`<li class="stack-tight">
      <p><b>${label}</b></p>
      <p class="meta">${t("since {when}", { when: dayAndClock(since) })} · ${t("last used {when}", { when: dayAndClock(last) })} · ${pushInWords(push)}</p>
      ${mayWrite
        ? asks === `device ${id}`
          ? html`<div class="cluster"><p>${t("Sign this phone out? It can send nothing after that.")}</p>
              <button class="button button-small" type="button" @click=${() => act.signOutDevice(id)}>${t("Yes, sign it out")}</button>
              <button class="button button-small" type="button" @click=${() => act.ask(null)}>${t("No")}</button></div>`
          : html`<button class="button button-small" type="button" @click=${() => act.ask(`device ${id}`)}>${t("Sign out")}<span class="unseen">: ${label}</span></button>`
        : nothing}
    </li>`,
  )}</ul>
</section>`;

/** @param {any} push */
const pushInWords = (push) => {
  if (!push) return t("no notifications");
  if (!push.reliable) return t("notifications are sent, but none was reported as shown");
  return push.last_receipt_at ? t("last notification shown {when}", { when: dayAndClock(push.last_receipt_at) }) : t("notifications on, none shown yet");
};

/** @param {any} page @param {any} act */
const uses = (page, act) => html`<section class="panel stack" aria-labelledby="uses-title">
  <h2 id="uses-title">${t("Who has looked at the data")}</h2>
  <p class="meta">${t("Every look is recorded, this one too, and the patient can see it.")}</p>
  ${page
    ? html`<div class="scroll" tabindex="0" role="group" aria-labelledby="uses-title"><table class="table">
          <thead><tr><th scope="col">${t("When")}</th><th scope="col">${t("Who")}</th><th scope="col">${t("Act")}</th></tr></thead>
          <tbody>${page.items.map((/** @type {any} */ { at, actor, actor_kind: kind, action }) => html`<tr><th scope="row" class="num">${dayAndClock(at)}</th><td>${actor?.name ?? kind}</td><td>${action}</td></tr>`)}</tbody>
        </table></div>
        ${page.next ? html`<button class="button" type="button" @click=${() => act.more("access")}>${t("Show older ones")}</button>` : nothing}`
    : html`<p>${t("The list is open to the administrators of the site and to the patient.")}</p>`}
</section>`;
