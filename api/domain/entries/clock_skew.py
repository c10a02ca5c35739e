"""Correction of entries from a phone whose clock runs ahead of the server's."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

CLOCK_TOLERANCE = timedelta(minutes=10)
"""The time by which a moment may lie ahead of the server without a correction."""

LONGEST_ASSUMED_SKEW = timedelta(days=7)
"""The largest correction where only the entries show that the clock is ahead. Judgement."""

LONGEST_MEASURED_SKEW = timedelta(days=366)
"""The largest correction where the request's ``Date`` measures the clock. Judgement."""


class PhoneClock(NamedTuple):
    """The offset of a phone's clock, estimated from one request.

    ``measured`` is the time by which the request's ``Date`` lies ahead of the server, None where it
    has none. ``assumed`` is the time by which its newest plausible entry does, which is assumed to
    have been recorded when it was sent.
    """

    now: datetime
    measured: timedelta | None = None
    assumed: timedelta = timedelta(0)

    def corrected(self, claimed: datetime) -> datetime | None:
        """Return the time of an entry by the server's clock; None where it is implausible.

        Only a moment ahead of the server is corrected, and never to one that is still ahead.

        >>> from datetime import UTC
        >>> now = datetime(2026, 3, 2, 12, tzinfo=UTC)
        >>> clock = PhoneClock(now, assumed=timedelta(hours=1))
        >>> clock.corrected(now + timedelta(minutes=30)).isoformat()
        '2026-03-02T11:30:00+00:00'
        """
        ahead = claimed - self.now
        if ahead <= CLOCK_TOLERANCE:
            return claimed
        if self.measured is not None and ahead - CLOCK_TOLERANCE <= self.measured <= LONGEST_MEASURED_SKEW:
            return min(claimed - self.measured, self.now)
        if ahead <= LONGEST_ASSUMED_SKEW:
            return min(claimed - max(self.assumed, CLOCK_TOLERANCE), self.now)
        return None


def clock_of(
    claims: Iterable[datetime | None], *, now: datetime, sent_at: datetime | None = None
) -> PhoneClock:
    """Return the estimate of the phone's clock from one request.

    Args:
        claims: The ``recorded_at`` of its entries; None where one cannot be read.
        sent_at: The ``Date`` of the request, where it has one.
        now: The server's time, aware.
    """
    ahead = [claim - now for claim in claims if claim is not None]
    plausible = [span for span in ahead if span <= LONGEST_ASSUMED_SKEW]
    return PhoneClock(now, None if sent_at is None else sent_at - now, max([*plausible, timedelta(0)]))
