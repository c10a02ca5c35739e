// Entries: what was answered day by day, corrections as old and new, who sent it and how; and what was refused.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { factsOf } from "../../shared/answers.js";
import { loading } from "../../shared/states.js";
import { clock, day as dayOf, dayAndClock, n, t } from "../../shared/words.js";
import { icon } from "../icons.js";

const VIA = () => /** @type {Record<string, string>} */ ({
  app: t("by the app"), phone: t("by telephone"), paper: t("on paper"), visit: t("at a visit"),
});

/** @param {any} model @param {any} act */
export const entriesView = (model, act) => {
  const { found, tabs, shownEntries } = model;
  if (!tabs.entries) return loading();
  const all = found.entries;
  return html`
    <h2 class="unseen">${t("Entries")}</h2>
    ${refused(model, act)}
    ${all.length ? nothing : html`<p>${t("There is no entry in this time.")}</p>`}
    <ol class="panel diary">${all.slice(0, shownEntries).map((/** @type {any} */ each) => entry(each, model, act))}</ol>
    ${all.length > shownEntries
      ? html`<button class="button" type="button" @click=${() => act.moreEntries()}>${t("Show older entries")}</button>`
      : found.from
        ? html`<button class="button" type="button" @click=${() => act.allEntries()}>${t("Show everything since the beginning")}</button>`
        : nothing}
  `;
};

/** @param {any} entry @param {any} model @param {any} act */
const entry = (entry, { tabs }, act) => {
  const versions = tabs.versions?.[entry.id];
  return html`<li aria-labelledby="entry-${entry.id}">
    <h3 id="entry-${entry.id}">${dayOf(entry.local_date, "full")}</h3>
    <div class="stack-tight">
    ${entry.withdrawn ? html`<p><b>${t("Withdrawn by the patient. It does not count any more.")}</b></p>` : answers(entry, tabs.entries.questions)}
    <p class="meta">${origin(entry)}</p>
    ${entry.version > 1 ? changes(entry, versions, tabs.entries.questions, act) : nothing}
    </div></li>`;
};

/** How it came, from whom, and when. @param {any} entry */
const origin = ({ recorded_at: at, received_at: received, via, reported_by: by, claimed_at: claimed }) => [
  t("recorded {when}", { when: dayAndClock(at) }),
  VIA()[via] ?? via,
  by && by !== "patient" ? t("reported by somebody else than the patient") : "",
  Date.parse(received) - Date.parse(at) > LATE_MS ? t("arrived {when}", { when: dayAndClock(received) }) : "",
  claimed ? t("the clock of the phone was ahead; corrected from {time}", { time: clock(claimed) }) : "",
].filter(Boolean).join(" · ");

const LATE_MS = 3_600_000;

/** @param {any} entry @param {any[]} questions */
const answers = (entry, questions) => html`
  <dl class="who-facts">${factsOf(questions.filter(({ name }) => name !== "note"), entry).map(({ name, value }) => html`<div><dt>${name}</dt> <dd>${value}</dd></div>`)}</dl>
  ${entry.note ? html`<blockquote class="quote">${entry.note}</blockquote>` : nothing}
`;

/** @param {any} entry @param {any[] | undefined} versions @param {any[]} questions @param {any} act */
const changes = (entry, versions, questions, act) =>
  versions
    ? html`<ol class="log">${versions.map((/** @type {any} */ former, /** @type {number} */ place) => {
        const next = versions[place + 1] ?? { ...entry, answers: entry };
        return html`<li><time>${dayAndClock(former.superseded_at)}</time><div>${entry.withdrawn && place === versions.length - 1
          ? t("withdrawn")
          : differences(factsOf(questions, former.answers), factsOf(questions, next.answers ?? next))} <span class="meta">${VIA()[next.via] ?? next.via}</span></div></li>`;
      })}</ol>`
    : html`<button class="button button-small" type="button" @click=${() => act.versions(entry.id)}>${n("Changed {n} time: show old and new", "Changed {n} times: show old and new", entry.version - 1)}</button>`;

/** @param {{ name: string, value: string }[]} old @param {{ name: string, value: string }[]} present */
const differences = (old, present) => {
  const before = new Map(old.map(({ name, value }) => [name, value]));
  const names = [...new Set([...old, ...present].map(({ name }) => name))];
  const after = new Map(present.map(({ name, value }) => [name, value]));
  const changed = names.filter((name) => before.get(name) !== after.get(name));
  return changed.length
    ? changed.map((name) => html`<span class="difference">${name}: <del>${before.get(name) ?? t("not answered")}</del> → <ins>${after.get(name) ?? t("not answered")}</ins></span> `)
    : t("nothing that is shown here was changed");
};

/** @param {any} model @param {any} act */
const refused = ({ found: { patient }, tabs, me, isOld }, act) => {
  const { rejected } = tabs;
  if (!patient.rejected_entries && !rejected?.items.length) return nothing;
  return html`<section class="panel stack" aria-labelledby="refused-title">
    <h3 id="refused-title">${t("Refused")}</h3>
    <p>${t("What could not be taken in. Look whether it says something that matters; it counts for nothing else.")}</p>
    ${rejected
      ? html`<ul class="stack">${rejected.items.map(
          (/** @type {any} */ each) => html`<li class="stack-tight"><p><b>${dayAndClock(each.received_at)}</b> ${each.problem.detail} ${each.count > 1 ? n("{n} entry", "{n} entries", each.count) : nothing}</p>
            <pre class="raw" tabindex="0">${each.body}</pre>
            <p class="meta">${each.replaced_at ? t("replaced {when}", { when: dayAndClock(each.replaced_at) }) : nothing} ${each.reviewed_at ? t("looked at {when}", { when: dayAndClock(each.reviewed_at) }) : nothing}</p></li>`,
        )}</ul>
        ${patient.rejected_entries && !isOld && me.scopes.includes("alerts:write")
          ? html`<button class="button" type="button" @click=${() => act.reviewed()}>${icon("tick")}${t("I have looked at them")}</button>`
          : nothing}`
      : html`<button class="button button-small" type="button" @click=${() => act.showRejected()}>${t("Show what was refused")}</button>`}
  </section>`;
};
