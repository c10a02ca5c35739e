"""Status of an alert: states, resolutions, worklist priority, and how long an answer holds."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from api.domain.alerts.finding import FindingKind, Tier


class AlertStatus(StrEnum):
    """Status of an alert. The first three are on the worklist; the last two are closed."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"
    RETRACTED = "retracted"


CLOSED = frozenset({AlertStatus.RESOLVED, AlertStatus.RETRACTED})


class AlertResolution(StrEnum):
    """Action of the team that closed an alert."""

    CALLED_SELF_CARE = "called_self_care"
    CALLED_NO_ACTION = "called_no_action"
    VISIT_BOOKED = "visit_booked"
    REFERRED = "referred"
    SENT_TO_EMERGENCY = "sent_to_emergency"
    TREATMENT_REVIEWED = "treatment_reviewed"
    OTHER_CAUSE_FOUND = "other_cause_found"
    COULD_NOT_REACH = "could_not_reach"
    ALREADY_KNOWN = "already_known"
    FALSE_ALERT = "false_alert"


_TIER_WEIGHT = {Tier.SAME_DAY: 1000, Tier.ROUTINE: 500, Tier.SELF_CARE: 0}
_EMERGENCY_WEIGHT = 5
_DUE_TODAY_WEIGHT = 100  # before every other kind of its tier


def priority(kind: FindingKind, tier: Tier, *, emergency: bool = False, due_today: bool = False) -> int:
    """Return the priority of an alert on the worklist; higher is worse.

    The tier decides first. Within it come first what is to be looked at on the same working day, and a
    possible emergency. A stated wish to stop comes before symptoms, because unnoticed stopping is the
    harm that the product is to prevent. Judgement, unverified.

    >>> priority(FindingKind.RED_FLAG, Tier.SAME_DAY) > priority(FindingKind.WISH_TO_STOP, Tier.ROUTINE)
    True
    """
    first = emergency * _EMERGENCY_WEIGHT + due_today * _DUE_TODAY_WEIGHT
    return _TIER_WEIGHT[tier] + kind.defaults.weight + first


LONGEST_SNOOZE = {
    Tier.SAME_DAY: timedelta(hours=12),
    Tier.ROUTINE: timedelta(days=31),
    Tier.SELF_CARE: timedelta(days=31),
}
"""Longest snooze of an alert. A month is the longest that the remote monitoring of a breast clinic
allowed its nurses; the hours for the same day are judgement, unverified."""

SETTLED_WITHIN = {
    Tier.SAME_DAY: timedelta(hours=8),
    Tier.ROUTINE: timedelta(days=7),
    Tier.SELF_CARE: timedelta(days=7),
}
"""Time after which an acknowledged alert opens again unless resolved. Judgement, unverified."""

EPISODE = timedelta(days=28)
"""Findings of one kind closer together than this are one episode, which the team answers once."""


def is_covered_by_answer(
    day: date, raised_at: datetime, *, answered_day: date, answered_at: datetime
) -> bool:
    """Return whether the answer to a finding of ``answered_day`` covers another one of the same kind.

    A late or corrected entry may move the first day of an episode by some days, which needs no new
    answer. A finding after the answer always needs a new one.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 3, 5, 12, tzinfo=UTC)
    >>> known = {"answered_day": date(2026, 3, 4), "answered_at": noon}
    >>> is_covered_by_answer(date(2026, 3, 1), noon - timedelta(days=4), **known)
    True
    >>> is_covered_by_answer(date(2026, 3, 5), noon + timedelta(hours=1), **known)
    False
    """
    was_there = day < answered_at.date() or raised_at <= answered_at
    return was_there and day <= answered_at.date() and abs(day - answered_day) < EPISODE
