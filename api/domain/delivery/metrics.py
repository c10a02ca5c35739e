"""What is counted of delivery: how sends end, and the classes that waiting times are sorted into."""

from collections.abc import Sequence
from enum import StrEnum


class SendOutcome(StrEnum):
    """How one try to bring a message ended."""

    DELIVERED = "delivered"
    REHEARSED = "rehearsed"  # a dry run: all was done but the sending
    RETRY = "retry"  # not now; it is tried again
    GONE = "gone"  # the address is no more
    DEAD = "dead"  # it cannot be brought this way
    CANCELLED = "cancelled"  # nobody needed it any more
    POSTPONED = "postponed"  # quiet hours, or a limit
    OTHER = "other"


LATENESS_S = (1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0, 21600.0)
"""Upper bounds of the classes of lateness, from the moment a message was meant to go until it was taken."""

ACKNOWLEDGED_S = (300.0, 900.0, 1800.0, 3600.0, 7200.0, 14400.0, 28800.0, 86400.0, 172800.0, 604800.0)
"""Upper bounds of the classes of answering times: five minutes to a week."""

BEYOND = "+Inf"
SUM = "sum"


def bound_of(seconds: float, bounds: Sequence[float]) -> str:
    """Return the upper bound of the class a time belongs to, in words.

    Args:
        seconds: The time; a negative one, of clocks that differ, counts as none.
        bounds: Upper bounds, rising; a time on a bound is within it.

    >>> [bound_of(seconds, (1.0, 5.0)) for seconds in (-3, 1, 1.5, 6)]
    ['1', '1', '5', '+Inf']
    """
    return next((f"{bound:g}" for bound in bounds if seconds <= bound), BEYOND)
