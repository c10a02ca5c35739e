"""Follow-up of one request to a patient: steps from the first prompt to the team's call list."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

REASSESSMENT = "reassessment"
"""The purpose of reminders of a planned questionnaire or measurement."""

EXTRA_CHECK_IN = "extra_check_in"
"""The purpose of reminders of an extra check-in."""


class ReminderStep(StrEnum):
    """Step of the follow-up of one request."""

    PROMPTED = "asked"
    PROMPTED_AGAIN = "again"  # the same day, at the second time of check-ins
    SNOOZED = "snoozed"  # by the patient; the next step is a first prompt
    NUDGED = "nudged"  # prompted once more, on a later day
    OTHER_CHANNEL = "other_way"  # prompted by another channel
    UNREACHABLE = "unheard"  # on the team's list; no further prompts


PROMPTS = frozenset(
    {ReminderStep.PROMPTED, ReminderStep.PROMPTED_AGAIN, ReminderStep.NUDGED, ReminderStep.OTHER_CHANNEL}
)
"""Steps at which a message is sent."""


class ClosedReason(StrEnum):
    """Reason a request is closed."""

    DONE = "done"
    SKIPPED = "skipped"  # by the team
    MISSED = "missed"  # its window has passed
    SUPERSEDED = "superseded"  # the next check-in is due
    RESPONDED = "heard"  # the patient was unreachable and has sent something since
    LEFT = "left"  # the patient has left monitoring
    LAPSED = "lapsed"  # too old


@dataclass(frozen=True, slots=True)
class FollowUpPolicy:
    """Days after the first prompt at which each further step is taken, unless the request is done."""

    nudge_after_days: int = 1
    other_channel_after_days: int = 2
    unreachable_after_days: int = 4


FOLLOW_UP = FollowUpPolicy()
"""Judgement, unverified: there is no trial of how often to prompt. Few, and by more than one channel."""


@dataclass(frozen=True, slots=True)
class ReminderState:
    """State of the follow-up of one request."""

    is_check_in: bool
    step: ReminderStep | None = None
    asked_on: date | None = None
    stepped_on: date | None = None


@dataclass(frozen=True, slots=True)
class ReminderInputs:
    """Circumstances of a decision, in the patient's time zone."""

    today: date
    is_second_time: bool = False
    """The second time of the day for prompts has passed."""
    has_other_channel: bool = False
    is_unreachable: bool = False
    """The patient is on the team's list already: first prompts only, no follow-up."""
    by_telephone: bool = False
    """The team asks by telephone: a check-in goes to its list at once, and no message is sent."""


def next_step(
    state: ReminderState, inputs: ReminderInputs, policy: FollowUpPolicy = FOLLOW_UP
) -> ReminderStep | None:
    """Return the step to take now; None: no step is due.

    At most one step a day, apart from the second time of a day. So a long stop of the server does not
    cause several prompts, and a change of time zone neither repeats nor omits a step. Only a check-in
    leads to the team's list; an unanswered questionnaire is overdue on the plan instead.

    Where the team asks by telephone, a check-in goes to its list at once.

    >>> day = date(2026, 3, 2)
    >>> next_step(ReminderState(is_check_in=True), ReminderInputs(day))
    <ReminderStep.PROMPTED: 'asked'>
    >>> state = ReminderState(True, ReminderStep.PROMPTED, day, day)
    >>> next_step(state, ReminderInputs(day)), next_step(state, ReminderInputs(date(2026, 3, 3)))
    (None, <ReminderStep.NUDGED: 'nudged'>)
    """
    if inputs.by_telephone:
        return None if inputs.is_unreachable or not state.is_check_in else ReminderStep.UNREACHABLE
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
