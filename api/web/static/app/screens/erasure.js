// P10: asking the clinic to erase the patient's data: what would go, what stays by law, by when there is an answer.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { icon } from "../../shared/icons.js";
import { dayAndClock, t } from "../../shared/words.js";
import { hashOf } from "../app.js";
import { back } from "../frame.js";
import { states } from "./asked.js";

export const title = () => t("Ask for erasure");
export const head = () => back("privacy", t("Privacy"));

/** @param {any} model @param {any} act */
export const view = (model, act) => html`
  <h1 tabindex="-1">${title()}</h1>
  ${states(model, t("Asking needs the internet."), act, (requests) => content(requests, model.asked.isSending, act))}
`;

/** @param {any[]} requests newest first @param {boolean} isOff @param {any} act */
const content = (requests, isOff, act) => {
  const isOpen = requests[0]?.state === "open";
  return html`
    ${requests.slice(0, 1).map((each) => card(each, isOff, act))}
    ${isOpen ? nothing : ask(isOff, act)}
  `;
};

/** @param {any} request @param {boolean} isOff @param {any} act */
const card = (request, isOff, act) => html`
  <section class="card">
    <h2>${stateWords(request.state)}</h2>
    <p>${request.explanation}</p>
    ${request.reason ? html`<p><strong>${t("Reason:")}</strong> ${request.reason}</p>` : nothing}
    <p class="small soft">${t("Asked: {time}", { time: dayAndClock(request.requested_at) })}
      ${request.state === "open" ? html`<br>${t("Answer by: {time}", { time: dayAndClock(request.answer_by) })}` : nothing}
      ${request.closed_at ? html`<br>${t("Closed: {time}", { time: dayAndClock(request.closed_at) })}` : nothing}</p>
    ${request.state === "open"
      ? html`<button class="button" type="button" ?disabled=${isOff} @click=${() => act.takeBack(request.id)}>${t("Take the request back")}</button>`
      : nothing}
  </section>
`;

/** @param {string} state */
const stateWords = (state) =>
  ({ accepted: t("Your clinic has agreed"), refused: t("Your clinic has not agreed"), withdrawn: t("Taken back") })[state] ?? t("Your request is with the clinic");

/** @param {boolean} isOff @param {any} act */
const ask = (isOff, act) => html`
  <section class="stack">
    <h2>${t("What you ask for")}</h2>
    <p>${t("You ask your clinic to erase what this app has about you: your check-ins, questionnaires, curve, messages and phones.")}</p>
    <h2>${t("What may stay")}</h2>
    <p>${t("The law obliges clinics to keep some records of a treatment. Your clinic tells you which, and for how long.")}</p>
    <h2>${t("What happens next")}</h2>
    <p>${t("Your clinic should decide within 30 days, and you see the answer here. Nothing is erased by asking, and you can go on as before.")}</p>
    <p>${t("You may want to keep a copy first.")} <a class="inline" href=${hashOf("copy")}>${t("Get a copy of my data")}</a></p>
  </section>
  <details>
    <summary>${icon("forward")}<span>${t("Ask my clinic")}</span></summary>
    <div class="stack">
      <p>${t("The request goes out at once. You can take it back until your clinic has decided.")}</p>
      <button class="button" type="button" ?disabled=${isOff} @click=${() => act.request()}>${t("Yes, send the request")}</button>
    </div>
  </details>
`;
