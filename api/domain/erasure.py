"""Requests of patients to have their data erased: states, what each means, and the time for an answer."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

ANSWERED_WITHIN = timedelta(days=30)
"""Time for a decision. Source: GDPR, article 12(3), one month; unverified for other laws."""

REMINDED_EVERY = timedelta(days=7)
"""Interval at which those who decide are notified again while a request is open."""


class ErasureState(StrEnum):
    """State of a request."""

    OPEN = "open"
    WITHDRAWN = "withdrawn"
    ACCEPTED = "accepted"
    REFUSED = "refused"


EXPLANATIONS: Mapping[ErasureState, str] = {
    ErasureState.OPEN: (
        "Your clinic decides about this and you see the answer here. Until then nothing changes. You can "
        "take the request back."
    ),
    ErasureState.WITHDRAWN: "You took this request back. Nothing was erased.",
    ErasureState.ACCEPTED: (
        "Your clinic has agreed. Your data are still there: your clinic tells you what is erased and when."
    ),
    ErasureState.REFUSED: "Your clinic has not agreed. The reason is given here. Nothing was erased.",
}
"""Meaning of each state for the patient."""
