// P7: lines of what was sent: who entered it, what became of it, and when it was read.
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { icon } from "../../shared/icons.js";
import { clock, dayAndClock, t } from "../../shared/words.js";

/** @param {string} picture @param {string} words @param {string} [look] */
export const line = (picture, words, look = "") => html`<p class="state ${look}">${icon(picture)}<span>${words}</span></p>`;

/** Who entered it, where it was not this patient. @param {any} entry */
export const origin = ({ copy }) => {
  if (copy?.via && copy.via !== "app") return line("pen", t("Written down by your team"));
  return copy?.reported_by === "proxy" ? line("pen", t("Entered by a person who helps you")) : nothing;
};

/** @param {any} entry */
export const became = (entry) => {
  const { state, at, version, isOfDay } = entry;
  if (state !== "sent") return line("phone", state === "sending" ? t("Sending now…") : t("Saved on this phone"));
  if (!at) return line("sent", t("Sent"));
  if (version > 1) return line("pen", t("Corrected on {when}", { when: dayAndClock(at) }));
  return line("sent", isOfDay ? t("Sent at {time}", { time: clock(at) }) : t("Sent on {when}", { when: dayAndClock(at) }));
};

/** @param {any} entry */
export const wasRead = ({ readAt }) =>
  readAt ? line("eye", t("Read by your team on {when}", { when: dayAndClock(readAt) }), "state-done") : nothing;
