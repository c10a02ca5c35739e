"""How much is sent at most: brakes for a fault of ours, far above what a day of care brings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class MessageLimit:
    """How many messages somebody gets in any stretch of time; what is above waits, and nothing is dropped."""

    most: int
    within: timedelta = DAY
    held_for: timedelta = timedelta(hours=1)
    """At least: a message that waits is not asked about again and again."""

    def free_at(self, sent: Sequence[datetime], *, now: datetime) -> datetime | None:
        """Return when there is room again after what was ``sent``, in any order; None: there is room now.

        >>> noon = datetime(2026, 3, 2, 12)
        >>> MessageLimit(2).free_at([noon], now=noon), MessageLimit(2).free_at([noon, noon], now=noon)
        (None, datetime.datetime(2026, 3, 3, 12, 0))
        """
        lately = sorted(moment for moment in sent if moment > now - self.within)
        if len(lately) < self.most:
            return None
        return max(lately[len(lately) - self.most] + self.within, now + self.held_for)


@dataclass(frozen=True, slots=True)
class SiteLimit:
    """How many messages all patients of a site get in a day together: it grows with their number."""

    least: int = 500
    for_each: int = 4
    held_for: timedelta = timedelta(hours=1)

    def most(self, patients: int) -> int:
        """Return the limit of a site with so many active patients.

        >>> SiteLimit().most(10), SiteLimit().most(1000)
        (500, 4000)
        """
        return max(self.least, self.for_each * patients)


@dataclass(frozen=True, slots=True)
class MessageLimits:
    """What holds for patients. Staff have none: an alert is never held, only its repeats are put together."""

    patient: MessageLimit = MessageLimit(12)
    site: SiteLimit = SiteLimit()


LONGEST_SILENCE = timedelta(minutes=2)
"""A worker without a heartbeat for this long counts as stopped."""
