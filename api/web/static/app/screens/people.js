// P10: the people whom the patient has let in to the diary, and ending their access.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { icon } from "../../shared/icons.js";
import { empty } from "../../shared/states.js";
import { dayAndClock, t } from "../../shared/words.js";
import { hashOf } from "../app.js";
import { back } from "../frame.js";
import { states } from "./asked.js";

export const title = () => t("People I let in");
export const head = () => back("privacy", t("Privacy"));

/** @param {any} model @param {any} act */
export const view = (model, act) => html`
  <div class="stack">
    <h1 tabindex="-1">${title()}</h1>
    <p>${t("You can let somebody you trust see your diary, or also write in it. You can end this at any time.")}</p>
  </div>
  ${states(model, t("This list needs the internet."), act, () => list(model, act))}
  <a class="button" href=${hashOf("invite")}>${t("Let somebody in")}</a>
`;

/** @param {any} model @param {any} act */
const list = ({ live, past, asked }, act) => html`
  ${live.length ? live.map((/** @type {any} */ each) => card(each, asked.isSending, act)) : empty(t("Nobody else can open your diary."))}
  ${past.length ? html`<details>
    <summary>${icon("forward")}<span>${t("Earlier")}</span></summary>
    <ul class="stack-tight">${past.map((/** @type {any} */ each) => html`<li>${each.name}: ${t("until {time}", { time: dayAndClock(each.ended_at ?? each.until) })}</li>`)}</ul>
  </details>` : nothing}
`;

/** @param {string[]} scopes */
const may = (scopes) => (scopes.includes("write") ? t("may read and write") : t("may read"));

/** @param {any} person @param {boolean} isOff @param {any} act */
const card = ({ id, name, scopes, until, signed_in_at }, isOff, act) => html`
  <section class="card">
    <div class="card-head"><div class="row-words"><h2>${name}</h2>
      <span class="soft">${may(scopes)}, ${t("until {time}", { time: dayAndClock(until) })}</span></div></div>
    <p class="small soft">${signed_in_at ? t("Signed in: {time}", { time: dayAndClock(signed_in_at) }) : t("The code was not used yet.")}</p>
    <details>
      <summary>${icon("forward")}<span>${t("End the access of {name}", { name })}</span></summary>
      <div class="stack">
        <p>${t("The person can then no longer open your diary. What was written in it stays.")}</p>
        <button class="button" type="button" ?disabled=${isOff} @click=${() => act.end(id)}>${t("Yes, end it now")}</button>
      </div>
    </details>
  </section>
`;
