"""Policy for push addresses that send no receipts: when to probe, and when to mark them unreliable."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class LivenessStep(StrEnum):
    """The next step for an address that sends no receipts."""

    NONE = "none"
    PROBE = "probe"
    MARK_UNRELIABLE = "mark_unreliable"


@dataclass(frozen=True, slots=True)
class UnansweredPushes:
    """Pushes to an address without a receipt, and whether it was probed."""

    pushes: int
    """Pushes that the push service accepted since the last receipt, or ever."""
    probed_at: datetime | None
    service_answers: bool
    """True if other browsers at the same push service send receipts: some browsers never do."""


@dataclass(frozen=True, slots=True)
class LivenessPolicy:
    """Thresholds for marking a push address unreliable."""

    pushes: int = 5
    answers_within: timedelta = timedelta(hours=48)
    """A phone may stay unused for so long before a missing receipt counts."""
    service_answers_within: timedelta = timedelta(days=30)

    def next_step(self, unanswered: UnansweredPushes, *, now: datetime) -> LivenessStep:
        """Return the next step.

        >>> noon = datetime(2026, 3, 2, 12)
        >>> LivenessPolicy().next_step(UnansweredPushes(5, None, True), now=noon).value
        'probe'
        >>> probed = UnansweredPushes(6, noon - timedelta(days=3), True)
        >>> LivenessPolicy().next_step(probed, now=noon).value
        'mark_unreliable'
        >>> LivenessPolicy().next_step(UnansweredPushes(50, None, False), now=noon).value
        'none'
        """
        if unanswered.pushes < self.pushes or not unanswered.service_answers:
            return LivenessStep.NONE
        if unanswered.probed_at is None:
            return LivenessStep.PROBE
        is_over = now - unanswered.probed_at >= self.answers_within
        return LivenessStep.MARK_UNRELIABLE if is_over else LivenessStep.NONE
