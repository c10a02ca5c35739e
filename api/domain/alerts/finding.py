"""Findings of the rules: their kinds, with the defaults of each kind, and their urgency."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Self

from api.domain.policy import JUDGEMENT, Threshold


class Tier(StrEnum):
    """Urgency: how soon a finding must be answered."""

    SAME_DAY = "same_day"
    ROUTINE = "routine"
    SELF_CARE = "self_care"


class Severity(StrEnum):
    """Present severity of symptoms."""

    NONE = "none"
    MILD = "mild"
    MODERATE = "moderate"
    SEVERE = "severe"


@dataclass(frozen=True, slots=True)
class KindDefaults:
    """Defaults of a kind of finding; all are clinical judgement, unverified.

    Attributes:
        weight: Order on the worklist within a tier; higher is worse.
        harm: Harm, 0 to 10, if the finding is true and no one acts. None: 10, and never held back.
        tier: Tier unless the site chooses another one.
        allowed: Tiers that a site may choose.
        probability: Name of the finding's number that holds the probability, 0 to 1, that it is true.
        requested: True for what the patient asks for: no engine finds or withdraws it, no site changes
            its tier, and it is no part of an engine's version.
    """

    weight: int
    harm: Threshold | None = None
    tier: Tier = Tier.ROUTINE
    allowed: tuple[Tier, ...] = tuple(Tier)
    probability: str | None = None
    requested: bool = False


def _harm(value: float, unit: str) -> Threshold:
    return Threshold(value, f"harm of 10: {unit}", JUDGEMENT)


_NO_DEFAULTS = KindDefaults(weight=0)


class FindingKind(StrEnum):
    """Kind of finding; at most one alert is open for each kind and patient.

    Each member carries its ``defaults``. Tiers, budget weights, worklist order, database constraints
    and schemas are derived from this list.

    >>> FindingKind("red_flag") is FindingKind.RED_FLAG, FindingKind.RED_FLAG.defaults.tier.value
    (True, 'same_day')
    """

    defaults: KindDefaults

    def __new__(cls, value: str, defaults: KindDefaults = _NO_DEFAULTS) -> Self:
        """Create a member: its value is the text, and the defaults are an attribute."""
        kind = str.__new__(cls, value)
        kind._value_ = value
        kind.defaults = defaults
        return kind

    RED_FLAG = "red_flag", KindDefaults(90, tier=Tier.SAME_DAY, allowed=(Tier.SAME_DAY,))
    WISH_TO_STOP = "wish_to_stop", KindDefaults(80, allowed=(Tier.SAME_DAY, Tier.ROUTINE))
    SEVERE_SYMPTOMS = "severe_symptoms", KindDefaults(60, _harm(6, "symptoms are severe already"))
    WORSENING = (
        "worsening",
        KindDefaults(50, _harm(5, "symptoms have risen, times p_worsening"), probability="p_worsening"),
    )
    LIKELY_DISCONTINUATION = (
        "likely_discontinuation",
        KindDefaults(70, _harm(10, "the patient stops, times risk_90d"), probability="risk_90d"),
    )
    ADHERENCE_GAP = "adherence_gap", KindDefaults(40, _harm(4, "tablets are being left out"))
    ATYPICAL = "atypical", KindDefaults(30, _harm(4, "another cause may be behind it"))
    SILENCE = "silence", KindDefaults(20, _harm(3, "nothing is known of the patient any more"))
    CALLBACK = "callback", KindDefaults(75, allowed=(Tier.ROUTINE,), requested=True)


REQUESTED = frozenset(kind for kind in FindingKind if kind.defaults.requested)
"""Kinds that patients ask for."""

FOUND = tuple(kind for kind in FindingKind if kind not in REQUESTED)
"""Kinds that the engine finds."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Result of a rule on one day.

    Attributes:
        kind: Kind of finding.
        tier: Its urgency.
        key: Unique per patient and kind, and the same in every replay of the same entries: the entry's
            id where a single statement is the cause, the day where a run of days is.
        day: The local day of the finding.
        raised_at: The moment of the entry that shows it.
        reason: The reason in one sentence with its numbers.
        numbers: Every input a nurse needs to check it by hand.
        source: Where the rule and its threshold come from.
        statement: True for an explicit statement in one entry: each one needs its own answer.
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
