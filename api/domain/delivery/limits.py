"""Upper limits of messages: protection against our own faults, far above a normal day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class MessageLimit:
    """Limit of messages to one person in a period; messages above it wait and are not dropped."""

    most: int
    within: timedelta = DAY
    held_for: timedelta = timedelta(hours=1)
    """Shortest wait of a message above the limit."""

    def free_at(self, sent: Sequence[datetime], *, now: datetime) -> datetime | None:
        """Return the time of the next free slot after messages ``sent``, in any order; None: now.

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
    """Limit of messages a day to all patients of a site; grows with their number."""

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
    """Limits for patients. Staff have none: alerts are never held, and only repeats are merged."""

    patient: MessageLimit = MessageLimit(12)
    site: SiteLimit = SiteLimit()


LONGEST_SILENCE = timedelta(minutes=2)
"""A worker without a heartbeat for longer counts as stopped."""
