"""Correction of entries from a phone whose clock runs ahead of the server's."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

CLOCK_TOLERANCE = timedelta(minutes=10)
"""How far ahead of the server a moment may lie and still be taken as it is."""

LONGEST_ASSUMED_SKEW = timedelta(days=7)
"""How far ahead a moment is corrected where only the entries themselves tell of it. Judgement."""

LONGEST_MEASURED_SKEW = timedelta(days=366)
"""How far ahead a moment is corrected where the request's ``Date`` measures the clock. Judgement."""


class PhoneClock(NamedTuple):
    """The clock of the phone that sent one request, as far as the request tells of it.

    ``measured`` is how far the request's ``Date`` lies ahead of the server's time, None where it has
    none; ``assumed`` is how far the newest plausible entry of the request does: the newest is taken
    to have been recorded when it was sent.
    """

    now: datetime
    measured: timedelta | None = None
    assumed: timedelta = timedelta(0)

    def corrected(self, claimed: datetime) -> datetime | None:
        """Return when an entry was recorded by the server's clock; None: the claim is absurd.

        Only a moment that lies ahead of the server is corrected, and never to one that still does.

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
    """Return what a request tells of its phone's clock.

    Args:
        claims: The moments its entries say they were recorded at; None where one cannot be read.
        sent_at: The ``Date`` of the request, where it has one.
        now: The server's time, aware.
    """
    ahead = [claim - now for claim in claims if claim is not None]
    plausible = [span for span in ahead if span <= LONGEST_ASSUMED_SKEW]
    measured = None if sent_at is None else sent_at - now
    return PhoneClock(now, measured, max([*plausible, timedelta(0)]))
