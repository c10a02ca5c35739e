"""How often, and how, a patient is asked for one thing: steps from the first prompt to her team's list."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

REASSESSMENT = "reassessment"
"""The purpose of reminders of a planned questionnaire or measurement."""


class ReminderStep(StrEnum):
    """How far asking for one thing has come."""

    PROMPTED = "asked"
    PROMPTED_AGAIN = "again"  # the same day, at her second time
    SNOOZED = "snoozed"  # she wants to be asked later: then she is, as if for the first time
    NUDGED = "nudged"  # once more, on a later day
    OTHER_CHANNEL = "other_way"  # by another channel
    UNREACHABLE = "unheard"  # on her team's list; nobody asks her for it any more


PROMPTS = frozenset(
    {ReminderStep.PROMPTED, ReminderStep.PROMPTED_AGAIN, ReminderStep.NUDGED, ReminderStep.OTHER_CHANNEL}
)
"""The steps at which she is told something."""


class ClosedReason(StrEnum):
    """Why a thing is no longer waited for."""

    DONE = "done"
    SKIPPED = "skipped"  # by her team
    MISSED = "missed"  # its time is over
    SUPERSEDED = "superseded"  # the next check-in has come
    RESPONDED = "heard"  # she was unheard from, and has sent something since
    LEFT = "left"  # she has left monitoring
    LAPSED = "lapsed"  # too old to be asked for


@dataclass(frozen=True, slots=True)
class FollowUpPolicy:
    """Days after the first prompt at which each further step is taken, for what is not done by then."""

    nudge_after_days: int = 1
    other_channel_after_days: int = 2
    unreachable_after_days: int = 4


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
    is_second_time: bool = False
    """Her second time of the day has come."""
    has_other_channel: bool = False
    is_unreachable: bool = False
    """Her team already knows that nothing comes from her: she is asked, and not chased."""


def next_step(
    state: ReminderState, inputs: ReminderInputs, policy: FollowUpPolicy = FOLLOW_UP
) -> ReminderStep | None:
    """Return the step to take now, None where it is not time for one.

    One step a day at most, the second time of a day apart; so a long stop of the server is no shower
    of prompts, and a change of zone neither repeats a step nor leaves one out. Only the check-in leads
    to her team's list: an unanswered questionnaire is overdue on her plan, and no sign of silence.

    >>> day = date(2026, 3, 2)
    >>> next_step(ReminderState(is_check_in=True), ReminderInputs(day))
    <ReminderStep.PROMPTED: 'asked'>
    >>> asked = ReminderState(True, ReminderStep.PROMPTED, day, day)
    >>> next_step(asked, ReminderInputs(day)), next_step(asked, ReminderInputs(date(2026, 3, 3)))
    (None, <ReminderStep.NUDGED: 'nudged'>)
    """
    if state.asked_on is None or state.stepped_on is None or state.step in {None, ReminderStep.SNOOZED}:
        return ReminderStep.PROMPTED
    if inputs.today <= state.stepped_on:
        is_again = (
            state.step is ReminderStep.PROMPTED and inputs.is_second_time and state.asked_on == inputs.today
        )
        return ReminderStep.PROMPTED_AGAIN if is_again else None
    if inputs.is_unreachable:
        return None
    following, after_days = _following(state, inputs, policy)
    return following if (inputs.today - state.asked_on).days >= after_days else None


def _following(
    state: ReminderState, inputs: ReminderInputs, policy: FollowUpPolicy
) -> tuple[ReminderStep | None, int]:
    if state.step in {ReminderStep.PROMPTED, ReminderStep.PROMPTED_AGAIN}:
        return ReminderStep.NUDGED, policy.nudge_after_days
    if state.step is ReminderStep.NUDGED and inputs.has_other_channel:
        return ReminderStep.OTHER_CHANNEL, policy.other_channel_after_days
    if state.step is not ReminderStep.UNREACHABLE and state.is_check_in:
        return ReminderStep.UNREACHABLE, policy.unreachable_after_days
    return None, 0
