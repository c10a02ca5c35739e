"""How fast, how often and how long delivery tries: values, so that a test can read them."""

from dataclasses import dataclass
from datetime import timedelta
from math import ceil

SETTLED_EVERY_S = 0.1
"""How often outcomes are written while a batch is on its way: rarely enough that the disk does not set
the pace, often enough that a killed worker leaves no more than a batch to be sent again."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long to wait after each failed try: doubling, up to a ceiling, and then no more."""

    first: timedelta = timedelta(seconds=5)
    ceiling: timedelta = timedelta(minutes=15)
    attempts: int = 12

    def after(self, attempt: int) -> timedelta:
        """Return the wait after try number ``attempt``, counted from 1.

        >>> [Backoff().after(attempt).total_seconds() for attempt in (1, 2, 3, 8, 9, 30)]
        [5.0, 10.0, 20.0, 640.0, 900.0, 900.0]
        """
        factor: int = 1 << min(attempt - 1, 20)  # 20 doublings are two months: past any ceiling
        return min(self.first * factor, self.ceiling)

    def is_over(self, attempt: int) -> bool:
        """Say whether try number ``attempt`` was the last."""
        return attempt >= self.attempts


@dataclass(frozen=True, slots=True)
class DeliveryPace:
    """How many messages one worker takes at a time, and how they are sent."""

    batch: int = 200
    to_one_place: int = 25
    """How many are on their way to one push service, program or mail server at a time."""
    timeout_s: float = 8.0
    backoff: Backoff = Backoff()

    @property
    def lease(self) -> timedelta:
        """How long a claimed message is this worker's: longer than its whole batch to one place can take.

        >>> DeliveryPace(batch=200, to_one_place=25, timeout_s=8).lease.total_seconds()
        79.0
        """
        slowest_s = ceil(self.batch / self.to_one_place) * self.timeout_s
        return timedelta(seconds=slowest_s + 15)
