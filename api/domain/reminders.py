"""How often, and how, a patient is asked for one thing: steps from the first prompt to her team's list."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

REASSESSMENT = "reassessment"
"""The purpose of reminders of a planned questionnaire or measurement."""


class ReminderStep(StrEnum):
    """How far asking for one thing has come."""

    ASKED = "asked"
    AGAIN = "again"  # the same day, at her second time
    SNOOZED = "snoozed"  # she wants to be asked later: then she is, as if for the first time
    NUDGED = "nudged"  # once more, on a later day
    OTHER_WAY = "other_way"  # by another channel
    UNHEARD = "unheard"  # on her team's list; nobody asks her for it any more


PROMPTS = frozenset({ReminderStep.ASKED, ReminderStep.AGAIN, ReminderStep.NUDGED, ReminderStep.OTHER_WAY})
"""The steps at which she is told something."""


class ClosedReason(StrEnum):
    """Why a thing is no longer waited for."""

    DONE = "done"
    SKIPPED = "skipped"  # by her team
    MISSED = "missed"  # its time is over
    SUPERSEDED = "superseded"  # the next check-in has come
    HEARD = "heard"  # she was unheard from, and has sent something since
    LEFT = "left"  # she has left monitoring
    LAPSED = "lapsed"  # too old to be asked for


@dataclass(frozen=True, slots=True)
class FollowUpPolicy:
    """Days after the first prompt at which each further step is taken, for what is not done by then."""

    nudge_after_days: int = 1
    other_way_after_days: int = 2
    unheard_after_days: int = 4


FOLLOW_UP = FollowUpPolicy()
"""Judgement, unverified: no trial says how often to ask. Few, and never the same way for ever."""


@dataclass(frozen=True, slots=True)
class ReminderState:
    """What is known of asking for one thing."""

    is_check_in: bool
    step: ReminderStep | None = None
    asked_on: date | None = None
    stepped_on: date | None = None


@dataclass(frozen=True, slots=True)
class ReminderInputs:
    """The moment at which it is decided, on her clock."""

    today: date
    is_second: bool = False
    """Her second time of the day has come."""
    has_other_way: bool = False
    is_unheard: bool = False
    """Her team already knows that nothing comes from her: she is asked, and not chased."""


def next_step(
    asked: ReminderState, look: ReminderInputs, chase: FollowUpPolicy = FOLLOW_UP
) -> ReminderStep | None:
    """Return the step to take now, None where it is not time for one.

    One step a day at most, the second time of a day apart; so a long stop of the server is no shower
    of prompts, and a change of zone neither repeats a step nor leaves one out. Only the check-in leads
    to her team's list: an unanswered questionnaire is overdue on her plan, and no sign of silence.

    >>> day = date(2026, 3, 2)
    >>> next_step(ReminderState(is_check_in=True), ReminderInputs(day))
    <ReminderStep.ASKED: 'asked'>
    >>> asked = ReminderState(True, ReminderStep.ASKED, day, day)
    >>> next_step(asked, ReminderInputs(day)), next_step(asked, ReminderInputs(date(2026, 3, 3)))
    (None, <ReminderStep.NUDGED: 'nudged'>)
    """
    if asked.asked_on is None or asked.stepped_on is None or asked.step in {None, ReminderStep.SNOOZED}:
        return ReminderStep.ASKED
    if look.today <= asked.stepped_on:
        is_again = asked.step is ReminderStep.ASKED and look.is_second and asked.asked_on == look.today
        return ReminderStep.AGAIN if is_again else None
    if look.is_unheard:
        return None
    following, after_days = _following(asked, look, chase)
    return following if (look.today - asked.asked_on).days >= after_days else None


def _following(
    asked: ReminderState, look: ReminderInputs, chase: FollowUpPolicy
) -> tuple[ReminderStep | None, int]:
    if asked.step in {ReminderStep.ASKED, ReminderStep.AGAIN}:
        return ReminderStep.NUDGED, chase.nudge_after_days
    if asked.step is ReminderStep.NUDGED and look.has_other_way:
        return ReminderStep.OTHER_WAY, chase.other_way_after_days
    if asked.step is not ReminderStep.UNHEARD and asked.is_check_in:
        return ReminderStep.UNHEARD, chase.unheard_after_days
    return None, 0
