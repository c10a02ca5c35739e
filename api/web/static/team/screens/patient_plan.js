// T8: what is planned, as a list by date; a task may be skipped with a reason, and that undone. Below it the treatments.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { loading } from "../../shared/states.js";
import { day as dayOf, t } from "../../shared/words.js";
import { sent } from "../parts.js";
import { KINDS } from "./measurement_words.js";
import { treatmentsForm } from "./treatments_form.js";
import { treatmentInWords } from "./patient_treatments.js";

/** @param {any} model @param {any} act */
export const planView = (model, act) => {
  const { plan } = model.tabs;
  if (!plan) return loading();
  const coming = plan.slots.filter((/** @type {any} */ { state }) => !PAST.includes(state));
  const past = plan.slots.filter((/** @type {any} */ { state }) => PAST.includes(state)).reverse();
  return html`
    <section class="panel stack" aria-labelledby="plan-title">
      <h2 id="plan-title">${t("Plan: {name}", { name: plan.current.name })}</h2>
      <p class="meta">${origin(plan.current)} ${t("Weeks are counted from {day}.", { day: dayOf(plan.started_on, "date") })}</p>
      ${plan.current.notices.map((/** @type {any} */ { notice }) => html`<p class="banner"><span class="banner-words">${notice}</span></p>`)}
      ${plan.upcoming.map((/** @type {any} */ each) => html`<p>${t("From {day}: {name}", { day: dayOf(each.effective_from, "date"), name: each.name ?? t("the plan of the site") })}</p>`)}
      ${coming.length ? nothing : html`<p>${t("Nothing is planned.")}</p>`}
      <ol class="slots">${coming.map((/** @type {any} */ each) => slot(each, model, act))}</ol>
      ${past.length
        ? html`<details class="computed"><summary>${t("What was before")}</summary><div class="in"><ol class="slots">${past.map((/** @type {any} */ each) => slot(each, model, act))}</ol></div></details>`
        : nothing}
      <details class="computed"><summary>${t("Why at these times")}</summary><div class="in">${sources(plan.slots)}</div></details>
    </section>
    ${treatments(model, act)}
  `;
};

/** The source of each task's interval, once. @param {any[]} slots */
const sources = (slots) =>
  [...new Map(slots.map(({ task, source }) => [source, [task, source]])).values()].map(([, source]) => {
    const tasks = [...new Set(slots.filter((each) => each.source === source).map(({ task }) => taskInWords(task)))];
    return html`<p><b>${tasks.join(", ")}</b>: ${source}</p>`;
  });

const PAST = ["done", "missed"];

/** @param {any} plan */
const origin = ({ origin: from, set_by: by, note }) =>
  [from === "built_in" ? t("Built in.") : from === "site" ? t("The plan of the site.") : t("Set for this patient."), by ? t("Set by {name}.", { name: by }) : "", note ?? ""].filter(Boolean).join(" ");

const STATES = () => /** @type {Record<string, string>} */ ({
  upcoming: t("planned"), due: t("due"), overdue: t("overdue"), done: t("done"), skipped: t("skipped"), missed: t("not done"),
});

/** @param {string} task */
export const taskInWords = (task) => (task === "check_in" ? t("Check-in") : (KINDS()[task] ?? task.toUpperCase()));

/** @param {any} slot @param {any} model @param {any} act */
const slot = (slot, { mayWrite: may, asks }, act) => {
  const { id, task, state, due_on: due, done_on: done, reason, notice } = slot;
  return html`<li class="stack-tight" aria-labelledby="slot-${id}">
    <div class="cluster"><b class="num">${dayOf(due, "date")}</b> <span id="slot-${id}">${taskInWords(task)}</span>
      <span class="verdict ${state === "overdue" ? "" : "weak"}">${STATES()[state] ?? state}</span>${done ? html`<span class="meta">${dayOf(done, "date")}</span>` : nothing}
      ${may && ["due", "overdue", "upcoming"].includes(state) && asks !== `skip ${id}`
        ? html`<button class="button button-small" type="button" @click=${() => act.ask(`skip ${id}`)}>${t("Skip")}<span class="unseen">: ${taskInWords(task)}, ${dayOf(due, "date")}</span></button>`
        : nothing}
      ${may && state === "skipped" ? html`<button class="button button-small" type="button" @click=${() => act.unskip(id)}>${t("Undo")}<span class="unseen">: ${taskInWords(task)}, ${dayOf(due, "date")}</span></button>` : nothing}
    </div>
    ${reason ? html`<p>${t("Skipped: {reason}", { reason })}</p>` : nothing}
    ${notice ? html`<p class="meta">${notice}</p>` : nothing}
    ${asks === `skip ${id}` ? skipForm(id, act) : nothing}
  </li>`;
};

/** @param {string} id @param {any} act */
const skipForm = (id, act) => html`<form class="cluster" @submit=${sent(({ reason }) => act.skip(id, reason))}>
  <div class="field"><label for="skip-reason">${t("Why it is skipped")}</label><input id="skip-reason" name="reason" required maxlength="500" autocomplete="off" data-ask></div>
  <button class="button button-main" type="submit">${t("Skip it")}</button>
  <button class="button" type="button" @click=${() => act.ask(null)}>${t("Cancel")}</button>
</form>`;

/** @param {any} model @param {any} act */
const treatments = (model, act) => {
  const { found, mayWrite, treating } = model;
  return html`<section class="panel stack" aria-labelledby="plan-treatments-title">
    <h2 id="plan-treatments-title">${t("Treatments")}</h2>
    ${treating
      ? treatmentsForm(treating, act)
      : html`
        ${found.treatments.length ? html`<ol class="stack-tight">${found.treatments.map((/** @type {any} */ each) => html`<li>${treatmentInWords(each)}</li>`)}</ol>` : html`<p>${t("No treatment is known.")}</p>`}
        ${mayWrite ? html`<div class="cluster"><button class="button" type="button" @click=${() => act.startTreating()}>${t("Change the treatments")}</button></div>` : nothing}`}
  </section>`;
};
