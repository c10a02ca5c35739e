"""The questions of an entry, each with its range and direction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from api.domain.entries.answer_types import (
    AnswerType,
    BodySites,
    Choice,
    Choices,
    FlagAnswer,
    IdentifierAnswer,
    ScaleAnswer,
    TextAnswer,
)
from api.domain.entries.origin import EntryVia, ReportedBy


@dataclass(frozen=True, slots=True)
class Question:
    """A question of an entry: its name on the wire, meaning, and type of answer."""

    name: str
    meaning: str
    kind: AnswerType


PAIN = ScaleAnswer(0, 10, higher_is="worse")
SITES = (
    "hand", "wrist", "elbow", "shoulder", "hip", "knee", "ankle", "foot",
    "neck", "upper_back", "lower_back", "chest", "head", "other",
)  # fmt: skip
EMERGENCY_FLAGS = (
    "new_weakness",
    "bladder_bowel_or_saddle_numbness",
    "trouble_walking",
    "chest_pain",
    "breathless",
)
"""Red flags that are an emergency now: cord or cauda equina compression, heart, lung. The patient
is given the emergency number in the answer. Sources: docs/explanation/clinicians.md; a clinician of the site
signs the list off."""

SAME_DAY_FLAGS = (
    "back_pain_worse_at_night_or_after_fall",
    "sudden_severe_back_pain",
    "persistent_bone_pain",
    "hot_swollen_joint",
    "fever_with_joint_pain",
    "leg_swelling",
    "thoughts_of_self_harm",
)
"""Red flags to look at the same day: metastasis or fracture of the spine, recurrence in bone,
infected or inflamed joint, thrombosis, self-harm. ``sudden_severe_back_pain`` is the older and
narrower name of the first, and stays readable."""

RED_FLAGS = EMERGENCY_FLAGS + SAME_DAY_FLAGS
"""Every red flag by its name on the wire, the most urgent first."""

DOSE_REASONS = (
    "forgot",
    "side_effects",
    "ran_out",
    "cost",
    "told_to_pause",
    "travel",
    "worried_about_harm",
    "other",
)

GAP_REASONS = ("forgot", "too_unwell", "hospital", "technical", "do_not_want")

QUESTIONS: tuple[Question, ...] = (
    Question("pain_worst", "Worst joint pain of the day, 0 none to 10 as bad as can be imagined.", PAIN),
    Question("pain_average", "Average joint pain of the day, 0 to 10, higher is worse.", PAIN),
    Question("pain_at_rest", "Joint pain at rest, 0 to 10, higher is worse.", PAIN),
    Question("pain_on_moving", "Joint pain on moving, 0 to 10, higher is worse.", PAIN),
    Question("pain_at_night", "Joint pain at night, 0 to 10, higher is worse.", PAIN),
    Question("pain_in_the_morning", "Joint pain in the morning, 0 to 10, higher is worse.", PAIN),
    Question("stiffness", "Joint stiffness of the day, 0 to 10, higher is worse.", PAIN),
    Question(
        "morning_stiffness_minutes",
        "How long the morning stiffness lasted, in minutes, 0 to 720; blank is not 0.",
        ScaleAnswer(0, 720, higher_is="worse", unit="minutes"),
    ),
    Question("interference", "How far symptoms got in the way of the day, 0 to 10, higher is worse.", PAIN),
    Question(
        "body_sites",
        "Where it hurts, with the side; symmetry is part of the picture.",
        BodySites(SITES, ("left", "right", "both", "middle")),
    ),
    Question(
        "dose",
        "The day's tablet: taken, missed, or skipped on purpose; left out is unknown.",
        Choice(("taken", "missed", "skipped")),
    ),
    Question(
        "doses_missed_7d",
        "How many tablets of the last 7 days, this one included, were not taken, 0 to 7.",
        ScaleAnswer(0, 7, higher_is="worse", unit="doses"),
    ),
    Question("dose_reasons", "Why tablets were not taken.", Choices(DOSE_REASONS)),
    Question(
        "confidence",
        "Confidence to go on with the tablets, 0 none to 10 certain; higher is better.",
        ScaleAnswer(0, 10, higher_is="better"),
    ),
    Question(
        "side_effects_bother",
        "How much unwanted effects have bothered the patient in the last 7 days, whatever their cause, "
        "0 not at all to 10 extremely; optional.",
        PAIN,
    ),
    Question("doubt", "Doubt about the need for the tablets, 0 none to 10 very much; optional.", PAIN),
    Question("cost_trouble", "Trouble to pay for the tablets or to get them; optional.", FlagAnswer()),
    Question("sleep_trouble", "Trouble sleeping; optional.", FlagAnswer()),
    Question("wants_to_stop", "A wish to stop the tablets.", FlagAnswer()),
    Question(
        "red_flags",
        "Signs that are an emergency now (the first five) or need to be looked at the same day.",
        Choices(RED_FLAGS),
    ),
    Question(
        "several_swollen_joints",
        "Several joints swollen for more than two weeks. No red flag: an atypical picture, routine.",
        FlagAnswer(),
    ),
    Question(
        "gap_reason",
        "Why there was no entry for a while. It may be the only answer of an entry, which then counts as a "
        "reason and not as a report.",
        Choice(GAP_REASONS),
    ),
    Question(
        "asked",
        "What led to the entry: the patient's own wish, a planned prompt, or an extra check-in; left out "
        "is unknown.",
        Choice(("own", "prompted", "burst")),
    ),
    Question(
        "is_this_usual",
        "Whether this is like the patient's usual bad days, or something has changed; asked with an extra "
        "check-in, optional, and without effect on the score.",
        Choice(("usual", "changed")),
    ),
    Question("note", "Free text for the care team.", TextAnswer(2000)),
)

MARKS: tuple[Question, ...] = (
    Question(
        "via", "How the entry came in. Set by the server; a value sent is not used.", Choice(tuple(EntryVia))
    ),
    Question(
        "reported_by",
        "Whose report the entry is. Set by the server; a value sent is not used.",
        Choice(tuple(ReportedBy)),
    ),
)
"""Marks that the server sets on an entry of an app."""

PRESENTATION: tuple[Question, ...] = (
    Question(
        "client",
        "App that the entry was written in, with its version, such as `aimss-app/0.1.0`. Without effect "
        "on the score.",
        IdentifierAnswer(60),
    ),
    Question(
        "scale",
        "Presentation of the scales from 0 to 10, such as `nrs11-buttons-1`: another layout has another "
        "id. Without effect on the score.",
        IdentifierAnswer(60),
    ),
    Question(
        "seconds",
        "Seconds from opening the check-in to sending it, 0 to 86400; send 86400 for more. Without effect "
        "on the score.",
        ScaleAnswer(0, 86_400, higher_is="longer", unit="seconds"),
    ),
)
"""Presentation of an entry, as the app states it: stored with the answers and shown, never scored."""

PRESENTED = frozenset(question.name for question in PRESENTATION)

NO_REPORT = frozenset({"gap_reason", "asked", *PRESENTED, *(mark.name for mark in MARKS)})
"""Answers that do not tell how the patient is."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a patient about a local date; blank answers are absent.

    ``claimed_at`` and ``claimed_date`` are the phone's values where its clock was ahead and the
    moment and the day were corrected; otherwise None.
    """

    id: UUID
    recorded_at: datetime
    local_date: date
    answers: Mapping[str, Any]
    claimed_at: datetime | None = None
    claimed_date: date | None = None

    @property
    def is_reason_only(self) -> bool:
        """True if the only answer is the reason for a gap: the entry reports nothing else."""
        return "gap_reason" in self.answers and self.answers.keys() <= NO_REPORT
