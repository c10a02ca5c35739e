"""When a push address that never answers is asked, and when it is believed no longer."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class TrustStep(StrEnum):
    """What is done about a silent address."""

    NOTHING = "nothing"
    PROBE = "probe"
    DISTRUST = "distrust"


@dataclass(frozen=True, slots=True)
class UnansweredPushes:
    """What is known of an address: how often it was sent to in vain, and whether it was asked."""

    sends: int
    """Accepted by its push service since its last receipt, or ever."""
    probed_at: datetime | None
    kind_answers: bool
    """Whether devices of other addresses at the same push service answer: some browsers never do."""


@dataclass(frozen=True, slots=True)
class LivenessPolicy:
    """How patient we are."""

    sends: int = 5
    answers_within: timedelta = timedelta(hours=48)
    """As long as a phone may lie in a drawer before what it did not answer counts."""
    kind_heard_within: timedelta = timedelta(days=30)

    def next_step(self, silence: UnansweredPushes, *, now: datetime) -> TrustStep:
        """Return what is to be done.

        >>> noon = datetime(2026, 3, 2, 12)
        >>> LivenessPolicy().next_step(UnansweredPushes(5, None, True), now=noon).value
        'probe'
        >>> LivenessPolicy().next_step(UnansweredPushes(6, noon - timedelta(days=3), True), now=noon).value
        'distrust'
        >>> LivenessPolicy().next_step(UnansweredPushes(50, None, False), now=noon).value
        'nothing'
        """
        if silence.sends < self.sends or not silence.kind_answers:
            return TrustStep.NOTHING
        if silence.probed_at is None:
            return TrustStep.PROBE
        return TrustStep.DISTRUST if now - silence.probed_at >= self.answers_within else TrustStep.NOTHING
