// What stands around every screen: live region, foot with whom to call, navigation.
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { ifDefined } from "../vendor/lit-html/directives/if-defined.js";
import { icon } from "../shared/icons.js";
import { phoneNumberOf } from "../shared/phone_number.js";
import { t } from "../shared/words.js";
import { hashOf } from "./app.js";

const TABS = () => [
  { name: "today", words: t("Today"), picture: "home" },
  { name: "curve", words: t("My curve"), picture: "curve" },
  { name: "sent", words: t("Sent"), picture: "list" },
  { name: "settings", words: t("Settings"), picture: "sliders" },
];

/**
 * @param {object} parts
 * @param {unknown} [parts.head] above the page: the way back, where one is
 * @param {unknown} parts.main
 * @param {unknown} [parts.bar] buttons at the lower edge; then there is no navigation
 * @param {string | null} [parts.tab] the part of the navigation that is open; null: no navigation
 * @param {string} parts.announced
 * @param {any} parts.careTeam
 * @param {{ name: string, mayWrite: boolean } | null} [parts.diaryOf] the patient who let this person in; null: it is the patient's own app
 * @param {string[]} parts.screens that there are
 */
export const frame = ({ head = nothing, main, bar = nothing, tab = null, announced, careTeam, diaryOf = null, screens }) => html`
  <p class="unseen" role="status" aria-live="polite">${announced}</p>
  ${head}
  <main class="page">${diaryOf ? whose(diaryOf) : nothing}${main}</main>
  ${foot(careTeam, screens)} ${bar !== nothing ? bar : tab ? tabs(tab, screens) : nothing}
`;

/** Whose diary it is, on every screen of somebody whom the patient let in. @param {{ name: string, mayWrite: boolean }} patient */
const whose = ({ name, mayWrite }) => html`<p class="whose">
  ${icon(mayWrite ? "pen" : "eye")}<span>${mayWrite ? t("You are writing for {name}.", { name }) : t("You are reading the diary of {name}.", { name })}</span>
</p>`;

/** @param {string} open @param {string[]} screens */
const tabs = (open, screens) => html`
  <nav class="tabs" aria-label=${t("Main")}>
    <ul>
      ${TABS()
        .filter(({ name }) => screens.includes(name))
        .map(
          ({ name, words, picture }) =>
            html`<li>
              <a href=${hashOf(name)} aria-current=${ifDefined(name === open ? "page" : undefined)}>
                ${icon(picture)}<span>${words}</span>
              </a>
            </li>`,
        )}
    </ul>
  </nav>
`;

/** @param {any} team null: nobody is signed in @param {string[]} screens */
const foot = (team, screens) => {
  const phone = phoneNumberOf(team);
  return html`<footer class="foot">
    <div class="foot-in">
      <p>${team?.notice ?? t("This is not an emergency line.")} ${team?.read_when ?? nothing}</p>
      ${phone ? call(phone) : team?.contact ? html`<p>${t("Your team: {contact}", { contact: team.contact })}</p>` : nothing}
      ${team && screens.includes("help") ? html`<a class="foot-help" href=${hashOf("help")}>${t("Help")}</a>` : nothing}
    </div>
  </footer>`;
};

/** @param {string} phone */
const call = (phone) => html`
  <a href="tel:${phone.replace(/[^\d+]/g, "")}">
    ${icon("call")}<span>${t("Call the clinic: {phone}", { phone })}</span>
  </a>
`;

/**
 * The way back, at the top of a screen.
 * @param {string} name @param {string} words @param {unknown} [count] @param {Record<string, string>} [params]
 */
export const back = (name, words, count = nothing, params = {}) => html`
  <header class="head">
    <a href=${hashOf(name, params)}>${icon("back")}<span>${words}</span></a>
    ${count === nothing ? nothing : html`<span class="count">${count}</span>`}
  </header>
`;
