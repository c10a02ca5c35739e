"""Wording of the check-in in English: every question an app may ask, with the words of its answers.

Wording of our own, of no published questionnaire; the catalogue has the other languages. A clinician of the
site reviews it before patients use it.
"""

from dataclasses import dataclass
from enum import StrEnum

from api.domain.entries.optional_questions import (
    GAP_QUESTION,
    OPTIONAL_QUESTIONS,
    SELF_HARM_QUESTION,
    USUAL_QUESTION,
    QuestionWording,
    WordedAnswer,
)
from api.domain.entries.questions import EMERGENCY_FLAGS

SELF_HARM_FLAG = SELF_HARM_QUESTION.name
FORMER_FLAGS = frozenset({"sudden_severe_back_pain"})
"""Red flags with a newer and wider name: read and accepted, and not offered."""

NOT_WORDED = frozenset({"wants_to_stop", "asked"})
"""Questions without a wording. A wish to stop is taken where it is stated and never asked for; what led to
an entry is known to the app."""


class Asked(StrEnum):
    """Occasion on which a question is asked."""

    ALWAYS = "always"  # in every check-in
    MORE = "more"  # where the patient wants to add more
    LISTED = "listed"  # while `questions` of GET /v1/me, or an extra check-in, names it


class FlagGroup(StrEnum):
    """Urgency of a red flag."""

    EMERGENCY = "emergency"
    SAME_DAY = "same_day"


@dataclass(frozen=True, slots=True)
class CheckInQuestion:
    """Wording of one question.

    Attributes:
        name: Name of the question on the wire.
        label: A few words that name it, such as in a list or a table.
        text: The question about today.
        asked: When it is asked.
        hint: A sentence below the question.
        options: Words of both ends of a scale, of numbers that are offered, or of each choice.
        past: The question about an earlier day; None: the same.
        unanswered: Words of the choice that sends no answer.
    """

    name: str
    label: str
    text: str
    asked: Asked = Asked.MORE
    hint: str | None = None
    options: tuple[WordedAnswer, ...] = ()
    past: str | None = None
    unanswered: str | None = None


@dataclass(frozen=True, slots=True)
class WordedSite:
    """Words of a body site, and of the site with each of its sides."""

    site: str
    text: str
    sides: tuple[WordedAnswer, ...]


def _words(*pairs: tuple[str, str]) -> tuple[WordedAnswer, ...]:
    return tuple(WordedAnswer(*pair) for pair in pairs)


_PAIN = _words(("0", "no pain"), ("10", "worst pain imaginable"))
_YES_NO = _words(("true", "Yes"), ("false", "No"))


def _paired(site: str, text: str, one: str) -> WordedSite:
    sides = (("left", f"left {one}"), ("right", f"right {one}"), ("both", f"both {text.lower()}"))
    return WordedSite(site, text, _words(*sides))


def _single(site: str, text: str) -> WordedSite:
    return WordedSite(site, text, _words(("middle", text)))


BODY_SITES = (
    _paired("hand", "Hands", "hand"),
    _paired("wrist", "Wrists", "wrist"),
    _paired("knee", "Knees", "knee"),
    _paired("foot", "Feet", "foot"),
    _paired("ankle", "Ankles", "ankle"),
    _paired("elbow", "Elbows", "elbow"),
    _paired("shoulder", "Shoulders", "shoulder"),
    _paired("hip", "Hips", "hip"),
    _single("neck", "Neck"),
    _single("upper_back", "Upper back"),
    _single("lower_back", "Lower back"),
    _single("chest", "Chest"),
    _single("head", "Head"),
    WordedSite(
        "other",
        "Somewhere else",
        _words(
            ("left", "somewhere else, left"),
            ("right", "somewhere else, right"),
            ("both", "somewhere else, both sides"),
            ("middle", "somewhere else, in the middle"),
        ),
    ),
)
"""In the order in which these symptoms are frequent, hands first."""

SIDES = _words(("left", "left"), ("right", "right"), ("both", "both"), ("middle", "here"))
"""Words of the sides by themselves, such as on buttons; left and right are the patient's own."""

FLAGS = _words(
    ("new_weakness", "New weakness in an arm or a leg"),
    ("bladder_bowel_or_saddle_numbness", "New trouble with bladder or bowel, or numbness between the legs"),
    ("trouble_walking", "New trouble walking"),
    ("chest_pain", "Chest pain"),
    ("breathless", "Short of breath"),
    ("back_pain_worse_at_night_or_after_fall", "Back pain that is worse at night or came after a fall"),
    ("sudden_severe_back_pain", "Sudden, severe back pain"),
    ("persistent_bone_pain", "Bone pain that does not go away"),
    ("hot_swollen_joint", "A joint that is hot and swollen"),
    ("fever_with_joint_pain", "Fever with joint pain"),
    ("leg_swelling", "A swollen leg"),
)
"""Every red flag but thoughts of self-harm, which have a group and a page of their own."""


def group_of(flag: str) -> FlagGroup:
    """Return how soon a red flag is looked at."""
    return FlagGroup.EMERGENCY if flag in EMERGENCY_FLAGS else FlagGroup.SAME_DAY


def _listed(wording: QuestionWording, label: str) -> CheckInQuestion:
    options = wording.options or _YES_NO
    return CheckInQuestion(wording.name, label, wording.text, asked=Asked.LISTED, options=options)


CHECK_IN: tuple[CheckInQuestion, ...] = (
    CheckInQuestion(
        "pain_worst",
        "Worst pain",
        "How bad was your worst joint pain today?",
        asked=Asked.ALWAYS,
        options=_PAIN,
        past="How bad was your worst joint pain on that day?",
    ),
    CheckInQuestion(
        "stiffness",
        "Stiffness",
        "How stiff were your joints today?",
        asked=Asked.ALWAYS,
        options=_words(("0", "not stiff"), ("10", "stiffest imaginable")),
        past="How stiff were your joints on that day?",
    ),
    CheckInQuestion(
        "dose",
        "Tablet",
        "And today's tablet?",
        asked=Asked.ALWAYS,
        hint="Tablets get missed; it helps us to know.",
        options=_words(("taken", "Taken"), ("missed", "Not taken"), ("skipped", "Not taken, on purpose")),
        past="And the tablet of that day?",
        unanswered="I'd rather not say",
    ),
    CheckInQuestion(
        "dose_reasons",
        "How it came about",
        "If you like: how did it come about?",
        options=_words(
            ("forgot", "Forgotten"),
            ("side_effects", "Unwanted effects"),
            ("ran_out", "Ran out"),
            ("cost", "Too expensive"),
            ("told_to_pause", "A pause agreed with my team"),
            ("travel", "Travelling"),
            ("worried_about_harm", "Worried about harm"),
            ("other", "Another reason"),
        ),
    ),
    CheckInQuestion(
        "doses_missed_7d",
        "Tablets not taken in 7 days",
        "In the last 7 days, today included, how many tablets were not taken?",
        hint="Tablets get missed; it helps us to know.",
        past="In the 7 days up to that day, how many tablets were not taken?",
    ),
    CheckInQuestion(
        "pain_average",
        "Average pain",
        "How bad was your joint pain today on average?",
        options=_PAIN,
        past="How bad was your joint pain on average on that day?",
    ),
    CheckInQuestion(
        "pain_at_night",
        "Pain at night",
        "How bad was your joint pain last night?",
        options=_PAIN,
        past="How bad was your joint pain in the night before?",
    ),
    CheckInQuestion(
        "pain_in_the_morning",
        "Pain in the morning",
        "How bad was your joint pain this morning?",
        options=_PAIN,
        past="How bad was your joint pain on that morning?",
    ),
    CheckInQuestion(
        "pain_at_rest",
        "Pain at rest",
        "How bad was your joint pain today when you were resting?",
        options=_PAIN,
        past="How bad was your joint pain on that day when you were resting?",
    ),
    CheckInQuestion(
        "pain_on_moving",
        "Pain on moving",
        "How bad was your joint pain today when you were moving?",
        options=_PAIN,
        past="How bad was your joint pain on that day when you were moving?",
    ),
    CheckInQuestion(
        "morning_stiffness_minutes",
        "Morning stiffness",
        "For how long were your joints stiff this morning?",
        hint="From getting up until it was at its best. Leave it blank if you like.",
        options=_words(
            ("0", "not at all"),
            ("15", "up to 15 minutes"),
            ("30", "up to 30 minutes"),
            ("60", "up to 60 minutes"),
        ),
        past="For how long were your joints stiff on that morning?",
    ),
    CheckInQuestion(
        "interference",
        "Daily life",
        "How much did this get in the way of your day today?",
        options=_words(("0", "not at all"), ("10", "completely")),
        past="How much did this get in the way of your day then?",
    ),
    CheckInQuestion(
        "body_sites",
        "Where it hurts",
        "Where does it hurt today?",
        hint="Left and right mean your own left and your own right.",
        past="Where did it hurt on that day?",
    ),
    CheckInQuestion(
        "confidence",
        "Confidence",
        "How confident are you that you will go on with the tablets?",
        options=_words(("0", "not confident at all"), ("10", "completely confident")),
    ),
    CheckInQuestion(
        "red_flags",
        "Any of these",
        "Any of these since your last check-in?",
        hint="Tick all that fit.",
        options=FLAGS,
        unanswered="None of these",
    ),
    CheckInQuestion(
        "several_swollen_joints",
        "Swollen joints",
        "Have several joints been swollen for more than two weeks?",
        options=_YES_NO,
    ),
    CheckInQuestion(
        "note",
        "Note",
        "Is there anything else you want to tell your team?",
        hint="Please do not use this for an emergency.",
    ),
    *(
        _listed(wording, label)
        for wording, label in zip(
            OPTIONAL_QUESTIONS, ("Unwanted effects", "Doubt", "Cost and supply", "Sleep"), strict=True
        )
    ),
    _listed(GAP_QUESTION, "Time without an entry"),
    _listed(USUAL_QUESTION, "Usual or changed"),
)
"""The questions in the order in which they are asked."""
