// The app's own words of the check-in, until those of the API have been fetched once. A test holds them equal.
import { current, t } from "../shared/words.js";

/** @param {any} question */
const asked = (question) => ({
  asked: "always", hint: null, unanswered_text: null, lowest: null, highest: null, higher_is: null, sides: [], ...question,
});

/** @param {string} zero @param {string} ten */
const scale = (zero, ten) => ({
  kind: "scale", lowest: 0, highest: 10, higher_is: "worse", options: [option("0", zero), option("10", ten)],
});

/** @param {string} value @param {string} text */
const option = (value, text) => ({ value, text, group: null, offered: true, sides: [] });
/** @param {string} value @param {string} text */
const now = (value, text) => ({ ...option(value, text), group: "emergency" });
/** @param {string} value @param {string} text */
const sameDay = (value, text) => ({ ...option(value, text), group: "same_day" });

/** The check-in as the API words it, in the language in use: three questions and the red flags. */
export const fallback = () => ({
  language: current(),
  revision: "",
  questions: [
    asked({
      name: "pain_worst",
      label: t("Worst pain"),
      text: t("How bad was your worst joint pain today?"),
      past_text: t("How bad was your worst joint pain on that day?"),
      ...scale(t("no pain"), t("worst pain imaginable")),
    }),
    asked({
      name: "stiffness",
      label: t("Stiffness"),
      text: t("How stiff were your joints today?"),
      past_text: t("How stiff were your joints on that day?"),
      ...scale(t("not stiff"), t("stiffest imaginable")),
    }),
    asked({
      name: "dose",
      label: t("Tablet"),
      kind: "choice",
      text: t("And today's tablet?"),
      past_text: t("And the tablet of that day?"),
      hint: t("Tablets get missed; it helps us to know."),
      options: [option("taken", t("Taken")), option("missed", t("Not taken")), option("skipped", t("Not taken, on purpose"))],
      unanswered_text: t("I'd rather not say"),
    }),
    asked({
      name: "red_flags",
      label: t("Any of these"),
      kind: "choices",
      asked: "more",
      text: t("Any of these since your last check-in?"),
      past_text: t("Any of these since your last check-in?"),
      hint: t("Tick all that fit."),
      options: flags(),
      unanswered_text: t("None of these"),
    }),
  ],
  self_harm: {
    flag: "thoughts_of_self_harm",
    offered: false,
    text: "",
    option_text: "",
    crisis_text: t("You do not have to be alone with thoughts of harming yourself. Please talk to someone now."),
    crisis_line: null,
    answered_by: null,
  },
});

const flags = () => [
  now("new_weakness", t("New weakness in an arm or a leg")),
  now("bladder_bowel_or_saddle_numbness", t("New trouble with bladder or bowel, or numbness between the legs")),
  now("trouble_walking", t("New trouble walking")),
  now("chest_pain", t("Chest pain")),
  now("breathless", t("Short of breath")),
  sameDay("back_pain_worse_at_night_or_after_fall", t("Back pain that is worse at night or came after a fall")),
  sameDay("persistent_bone_pain", t("Bone pain that does not go away")),
  sameDay("hot_swollen_joint", t("A joint that is hot and swollen")),
  sameDay("fever_with_joint_pain", t("Fever with joint pain")),
  sameDay("leg_swelling", t("A swollen leg")),
];
