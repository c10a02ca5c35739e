"""What a patient can say in one entry: every answer with its range and direction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from api.domain.answer_kinds import BodySites, Choice, Choices, Flag, Kind, Scale, Text


@dataclass(frozen=True, slots=True)
class Answer:
    """One thing an entry may hold: its name on the wire, what it means, and what may be said."""

    name: str
    meaning: str
    kind: Kind


PAIN = Scale(0, 10, higher_is="worse")
SITES = (
    "hand", "wrist", "elbow", "shoulder", "hip", "knee", "ankle", "foot",
    "neck", "upper_back", "lower_back", "chest", "head", "other",
)  # fmt: skip
RED_FLAGS = (
    "hot_swollen_joint",
    "sudden_severe_back_pain",
    "new_weakness",
    "persistent_bone_pain",
    "chest_pain",
    "leg_swelling",
    "thoughts_of_self_harm",
)
"""Reasons to look the same day: infection or inflammatory arthritis, fracture, cord compression,
recurrence in bone, thrombosis, self-harm. Clinical judgement, unverified; a site signs them off."""

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

ANSWERS: tuple[Answer, ...] = (
    Answer("pain_worst", "Worst joint pain of the day, 0 none to 10 as bad as can be imagined.", PAIN),
    Answer("pain_average", "Average joint pain of the day, 0 to 10, higher is worse.", PAIN),
    Answer("pain_at_rest", "Joint pain at rest, 0 to 10, higher is worse.", PAIN),
    Answer("pain_on_moving", "Joint pain on moving, 0 to 10, higher is worse.", PAIN),
    Answer("pain_at_night", "Joint pain at night, 0 to 10, higher is worse.", PAIN),
    Answer("pain_in_the_morning", "Joint pain in the morning, 0 to 10, higher is worse.", PAIN),
    Answer("stiffness", "Joint stiffness of the day, 0 to 10, higher is worse.", PAIN),
    Answer(
        "morning_stiffness_minutes",
        "How long the morning stiffness lasted, in minutes, 0 to 720; blank is not 0.",
        Scale(0, 720, higher_is="worse", unit="minutes"),
    ),
    Answer("interference", "How far symptoms got in the way of the day, 0 to 10, higher is worse.", PAIN),
    Answer(
        "body_sites",
        "Where it hurts, with the side; symmetry is part of the picture.",
        BodySites(SITES, ("left", "right", "both", "middle")),
    ),
    Answer(
        "dose",
        "The day's tablet: taken, missed, or skipped on purpose; left out is unknown.",
        Choice(("taken", "missed", "skipped")),
    ),
    Answer(
        "doses_missed_7d",
        "How many tablets of the last 7 days, this one included, were not taken, 0 to 7.",
        Scale(0, 7, higher_is="worse", unit="doses"),
    ),
    Answer("dose_reasons", "Why tablets were not taken.", Choices(DOSE_REASONS)),
    Answer(
        "confidence",
        "Confidence to go on with the tablets, 0 none to 10 certain; higher is better.",
        Scale(0, 10, higher_is="better"),
    ),
    Answer("wants_to_stop", "She says that she wants to stop the tablets.", Flag()),
    Answer("red_flags", "Signs that need to be looked at the same day.", Choices(RED_FLAGS)),
    Answer("note", "Her own words, for the care team.", Text(2000)),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing a patient reported at a moment about a local day; blank answers are absent."""

    id: UUID
    recorded_at: datetime
    local_date: date
    answers: Mapping[str, Any]
