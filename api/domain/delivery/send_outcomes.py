"""Metrics of delivery: outcomes of attempts, and histogram bounds of waiting times."""

from collections.abc import Sequence
from enum import StrEnum


class SendOutcome(StrEnum):
    """Outcome of one attempt to deliver a message."""

    DELIVERED = "delivered"
    REHEARSED = "rehearsed"  # dry run: every step but the last was done
    RETRY = "retry"  # temporary failure
    GONE = "gone"  # the address no longer exists
    DEAD = "dead"  # permanent failure of this channel
    CANCELLED = "cancelled"  # no longer needed
    POSTPONED = "postponed"  # quiet hours, or a limit
    OTHER = "other"


LATENESS_S = (1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0, 21600.0)
"""Upper bounds of lateness: from the time a message was due until it was accepted."""

ACKNOWLEDGED_S = (300.0, 900.0, 1800.0, 3600.0, 7200.0, 14400.0, 28800.0, 86400.0, 172800.0, 604800.0)
"""Upper bounds of response times: five minutes to a week."""

BEYOND = "+Inf"
SUM = "sum"


def bound_of(seconds: float, bounds: Sequence[float]) -> str:
    """Return the label of the smallest upper bound of a time.

    Args:
        seconds: The time; a negative one, of clocks that differ, counts as none.
        bounds: Upper bounds, rising; a time on a bound is within it.

    >>> [bound_of(seconds, (1.0, 5.0)) for seconds in (-3, 1, 1.5, 6)]
    ['1', '1', '5', '+Inf']
    """
    return next((f"{bound:g}" for bound in bounds if seconds <= bound), BEYOND)
