"""What a rule saw, with its reason; the words every alert is made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any


class FindingKind(StrEnum):
    """What was seen; one alert at most is open for each kind and patient."""

    RED_FLAG = "red_flag"
    WISH_TO_STOP = "wish_to_stop"
    SEVERE_SYMPTOMS = "severe_symptoms"
    WORSENING = "worsening"
    LIKELY_DISCONTINUATION = "likely_discontinuation"
    ADHERENCE_GAP = "adherence_gap"
    ATYPICAL = "atypical"
    SILENCE = "silence"


class Tier(StrEnum):
    """How soon it must be answered."""

    SAME_DAY = "same_day"
    ROUTINE = "routine"
    SELF_CARE = "self_care"


class Severity(StrEnum):
    """How bad symptoms are at present."""

    NONE = "none"
    MILD = "mild"
    MODERATE = "moderate"
    SEVERE = "severe"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a rule saw on one day.

    ``key`` is unique per patient and kind and the same in every replay of the same entries: the
    entry's id where a single statement is the cause, the day where a run of days is. ``day`` is the
    local day it was seen, ``raised_at`` the moment of the entry that showed it. ``numbers`` holds
    every input a nurse needs to check it by hand; ``source`` is where the rule comes from. A
    ``statement`` is something she said outright in one entry: each asks for its own answer.
    """

    kind: FindingKind
    tier: Tier
    key: str
    day: date
    raised_at: datetime
    reason: str
    numbers: Mapping[str, Any]
    source: str
    statement: bool = False
