// P11: what to do when something is not as usual, whom to call, and what to tell those who mend the app.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { icon } from "../../shared/icons.js";
import { t } from "../../shared/words.js";
import { back } from "../frame.js";
import { callButton } from "./parts.js";

export const title = () => t("Help");
export const head = () => back("settings", t("Settings"));

/** @param {any} model @param {any} act */
export const view = (model, act) => html`
  <h1 tabindex="-1">${title()}</h1>
  ${whomToCall(model)}
  <section class="stack-tight" aria-labelledby="questions">
    <h2 id="questions">${t("What to do when…")}</h2>
    ${answers(model).map(([question, ...told]) => entry(question, told))}
  </section>
  ${technical(model, act)}
`;

/** @param {any} model */
const whomToCall = ({ team, phone }) => html`
  <section class="stack" aria-labelledby="call">
    <h2 id="call">${t("Call")}</h2>
    <p>${t("Do not wait for an answer in this app if you feel very unwell.")}</p>
    ${callButton(phone, t("Call your breast-care team"), [phone, team?.hours].filter(Boolean).join(", "), "")}
    ${!phone && team?.contact ? html`<p>${t("Your team: {contact}", { contact: team.contact })}</p>` : nothing}
    ${team?.emergency_number
      ? callButton(team.emergency_number, t("Emergency: {number}", { number: team.emergency_number }), null, "button-urgent-second")
      : html`<p>${t("In an emergency, call the emergency number where you are.")}</p>`}
  </section>
`;

/** Questions, each with the paragraphs of its answer. @param {any} model @returns {string[][]} */
const answers = ({ team, can }) => [
  [
    t("There is no internet"),
    t("Answer as usual. What you save is kept on this phone, and goes out by itself as soon as there is internet. You can close the app."),
  ],
  [
    t("I sent a wrong answer"),
    t("Open “Sent”, and choose “Correct” or “Withdraw” at that day. Your team can still see what stood there before."),
  ],
  [t("I missed a day"), t("You can fill in today and the last 7 days. A day without an answer is all right.")],
  [
    t("I did not take my tablet"),
    t("You can say so in the check-in; your team wants to know, and nobody blames you. If you would like to talk about it, ask for a call on “Today”."),
  ],
  [
    t("I want to know who reads what I send, and when"),
    [t("Your team reads it, but not at once."), team?.read_when].filter(Boolean).join(" "),
    t("“Sent” shows what your clinic tells you of it."),
  ],
  [
    t("I have a new phone"),
    can("phones")
      ? t("On the old phone, open “Settings” and “My phones”, and make a code for the new one. Or ask your team for a code.")
      : t("Ask your team for a new code."),
    t("What your team has received is safe, and comes back on the new phone."),
  ],
  [t("I lost my phone"), t("Call your team. They can sign it out, and give you a code for another one.")],
];

/** @param {string} question @param {string[]} told */
const entry = (question, told) => html`<details>
  <summary>${icon("forward")}<span>${question}</span></summary>
  <div class="stack-tight">${told.map((each) => html`<p>${each}</p>`)}</div>
</details>`;

/** @param {any} model @param {any} act */
const technical = ({ version, details, copied }, act) => html`
  <section class="stack" aria-labelledby="technical">
    <h2 id="technical">${t("Technical details")}</h2>
    <p>${t("For those who look into a fault of the app. Nothing of what you answered is among them.")}</p>
    <p class="small soft">${t("Version {version}", { version })}</p>
    <button class="button button-low" type="button" @click=${() => act.copy()}>
      ${icon(copied ? "tick" : "copy")}<span>${copied ? t("Copied") : t("Copy technical details")}</span>
    </button>
    <details>
      <summary>${icon("forward")}<span>${t("Show them")}</span></summary>
      <p class="lines small">${details}</p>
    </details>
  </section>
`;
