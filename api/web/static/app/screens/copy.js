// P10: a copy of everything that is kept about the patient.
import { html } from "../../vendor/lit-html/lit-html.js";
import { icon } from "../../shared/icons.js";
import { dayAndClock, number, t } from "../../shared/words.js";
import { back } from "../frame.js";
import { states } from "./asked.js";

export const title = () => t("Get a copy of my data");
export const head = () => back("privacy", t("Privacy"));

/** @param {any} model @param {any} act */
export const view = (model, act) => html`
  <div class="stack">
    <h1 tabindex="-1">${title()}</h1>
    <p>${t("You get one file with everything that is kept about you: a page to read or print (summary.html), tables (CSV), and all of it for other programs (JSON).")}</p>
  </div>
  ${states(model, t("A copy needs the internet."), act, (made) => content(made, model, act))}
`;

/** @param {any} made @param {any} model @param {any} act */
const content = (made, model, act) => {
  if (made.state === "pending") return waiting();
  if (made.state === "ready") return ready(made, model, act);
  return html`
    ${made.state === "failed" ? html`<p role="status"><strong>${t("The copy could not be made.")}</strong> ${t("Please try again.")}</p>` : ""}
    ${button(t("Ask for a copy"), model, () => act.order())}
  `;
};

const waiting = () => html`
  <section class="card" role="status">
    <div class="card-head">${icon("copy", "large")}<h2>${t("Your copy is being made")}</h2></div>
    <p>${t("This takes some minutes. You can leave this page; it goes on.")}</p>
  </section>
`;

/** @param {any} made @param {any} model @param {any} act */
const ready = ({ size, expires_at }, model, act) => html`
  <section class="card">
    <div class="card-head">${icon("sent", "large")}
      <div class="row-words"><h2>${t("Your copy is ready")}</h2><span class="soft">${sizeWords(size)}</span></div>
    </div>
    <p>${t("You can fetch it until {time}; then it is deleted here.", { time: dayAndClock(expires_at) })}</p>
    <p>${t("Whoever has the file can read it. Please keep it where only you can open it.")}</p>
    ${model.file
      ? html`<a class="button button-main" href=${model.file.address} download=${model.file.name}>${t("Save the file on this phone")}</a>`
      : button(model.asked.isSending ? t("Fetching it…") : t("Fetch the file"), model, () => act.fetched())}
  </section>
  <button class="button button-low" type="button" ?disabled=${model.asked.isSending} @click=${() => act.order()}>${t("Ask for a newer copy")}</button>
`;

/** @param {number} bytes */
const sizeWords = (bytes) =>
  bytes < 1_000_000 ? t("{size} kB", { size: number(Math.ceil(bytes / 1000)) }) : t("{size} MB", { size: number(bytes / 1_000_000, 1) });

/** @param {string} label @param {any} model @param {() => void} act */
const button = (label, { asked }, act) =>
  html`<button class="button button-main" type="button" ?disabled=${asked.isSending} @click=${act}>${label}</button>`;
