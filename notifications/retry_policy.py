"""Batch sizes, time limits and retries of delivery, as values."""

from dataclasses import dataclass
from datetime import timedelta
from math import ceil

SETTLED_EVERY_S = 0.1
"""Time between writes of outcomes while a batch is in flight.

Shorter, and the disk limits throughput; longer, and a killed worker leaves more to be sent again.
"""


@dataclass(frozen=True, slots=True)
class Backoff:
    """Exponential backoff: the wait doubles up to a ceiling, for a limited number of attempts."""

    first: timedelta = timedelta(seconds=5)
    ceiling: timedelta = timedelta(minutes=15)
    attempts: int = 12

    def after(self, attempt: int) -> timedelta:
        """Return the wait after an attempt, counted from 1.

        >>> [Backoff().after(attempt).total_seconds() for attempt in (1, 2, 3, 8, 9, 30)]
        [5.0, 10.0, 20.0, 640.0, 900.0, 900.0]
        """
        factor: int = 1 << min(attempt - 1, 20)  # 20 doublings are two months, above any ceiling
        return min(self.first * factor, self.ceiling)

    def is_over(self, attempt: int) -> bool:
        """Return whether an attempt was the last."""
        return attempt >= self.attempts


@dataclass(frozen=True, slots=True)
class DeliveryPace:
    """Batch size, concurrency, time limit and backoff of one worker."""

    batch: int = 200
    per_destination: int = 25
    """Messages in flight to one push service, program or mail server."""
    timeout_s: float = 8.0
    backoff: Backoff = Backoff()

    @property
    def lease(self) -> timedelta:
        """The lease of a claimed message: longer than its whole batch can take to one destination.

        >>> DeliveryPace(batch=200, per_destination=25, timeout_s=8).lease.total_seconds()
        79.0
        """
        return timedelta(seconds=(ceil(self.batch / self.per_destination) * self.timeout_s) + 15)
