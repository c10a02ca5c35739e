"""How an alert is answered: its states, and what came of it."""

from datetime import date, timedelta
from enum import StrEnum

from api.domain.findings import FindingKind, Tier


class AlertStatus(StrEnum):
    """Where an alert stands. The first three wait on the worklist; the last two are closed."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"
    RETRACTED = "retracted"


CLOSED = frozenset({AlertStatus.RESOLVED, AlertStatus.RETRACTED})


class Outcome(StrEnum):
    """What the team did."""

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
_KIND_WEIGHT = {
    FindingKind.RED_FLAG: 90,
    FindingKind.WISH_TO_STOP: 80,
    FindingKind.LIKELY_DISCONTINUATION: 70,
    FindingKind.SEVERE_SYMPTOMS: 60,
    FindingKind.WORSENING: 50,
    FindingKind.ADHERENCE_GAP: 40,
    FindingKind.ATYPICAL: 30,
    FindingKind.SILENCE: 20,
}


def priority(kind: FindingKind, tier: Tier) -> int:
    """Return where an alert stands on the worklist; higher is worse.

    The tier decides; within a tier a stated wish to stop comes before symptoms, since a medicine
    stopped in silence is the harm this product exists to prevent. Judgement, unverified.

    >>> priority(FindingKind.RED_FLAG, Tier.SAME_DAY) > priority(FindingKind.WISH_TO_STOP, Tier.ROUTINE)
    True
    """
    return _TIER_WEIGHT[tier] + _KIND_WEIGHT[kind]


STATEMENTS = frozenset({FindingKind.RED_FLAG})
"""Kinds of which each finding is a statement of its own, so that each asks for its own answer."""

EPISODE = timedelta(days=28)
"""Findings of one kind closer together than this are one episode: the team answers it once."""


def is_answered(kind: FindingKind, day: date, answered_days: list[date]) -> bool:
    """Say whether an answer given to findings of ``answered_days`` holds for one of ``day``.

    A late or corrected entry may move the first day of an episode by some days; the team is not
    asked again for that. A red flag is answered only by answering that very red flag.

    >>> is_answered(FindingKind.WORSENING, date(2026, 3, 1), [date(2026, 3, 4)])
    True
    >>> is_answered(FindingKind.WORSENING, date(2026, 4, 1), [date(2026, 3, 4)])
    False
    """
    if kind in STATEMENTS:
        return False
    return any(abs(day - answered) < EPISODE for answered in answered_days)
