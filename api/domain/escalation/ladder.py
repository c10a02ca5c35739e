"""Escalation ladders: the recipients of an alert and the delays, until it is answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from api.domain.alerts.finding import Tier
from api.domain.authority import Role
from api.domain.content_hash import content_hash
from api.domain.escalation.working_time import WorkingTime


class Unit(StrEnum):
    """Unit of a delay; the first three count plain time, also at night."""

    SECONDS = "seconds"
    MINUTES = "minutes"
    HOURS = "hours"
    WORKING_DAYS = "working_days"


_ONE = {
    Unit.SECONDS: timedelta(seconds=1),
    Unit.MINUTES: timedelta(minutes=1),
    Unit.HOURS: timedelta(hours=1),
    Unit.WORKING_DAYS: timedelta(days=1),
}


@dataclass(frozen=True, slots=True)
class Delay:
    """A waiting time, in plain time or in working days of the site."""

    number: int
    unit: Unit = Unit.HOURS

    @property
    def in_working_days(self) -> bool:
        """Return whether it counts working days, so that it ends within working hours."""
        return self.unit is Unit.WORKING_DAYS

    @property
    def length(self) -> timedelta:
        """Return the length if every day is a working day; for comparing delays."""
        return self.number * _ONE[self.unit]

    def after(self, moment: datetime, calendar: WorkingTime) -> datetime:
        """Return the moment it ends, begun at ``moment``.

        >>> from datetime import UTC
        >>> friday = datetime(2026, 3, 6, 12, tzinfo=UTC)
        >>> [Delay(*two).after(friday, WorkingTime()).strftime("%a %H:%M")
        ...  for two in ((48, Unit.HOURS), (2, Unit.WORKING_DAYS))]
        ['Sun 12:00', 'Tue 12:00']
        """
        return calendar.after_days(moment, self.number) if self.in_working_days else moment + self.length


AT_ONCE = Delay(0)


@dataclass(frozen=True, slots=True)
class Rung:
    """Recipients of an alert, and the delay after the ladder's start.

    Recipients are the staff of ``roles`` who may see the patient, and the staff on call of ``rota``.
    Outside working hours the staff on call of ``on_call`` replace them, unless none of those can be
    reached.
    """

    roles: frozenset[Role] = frozenset()
    after: Delay = AT_ONCE
    rota: str | None = None
    on_call: str | None = None


@dataclass(frozen=True, slots=True)
class Ladder:
    """Rungs in order; the last one is repeated until the alert is answered."""

    rungs: tuple[Rung, ...]
    then_every: Delay
    answer_within: Delay
    """Time after which an unanswered alert counts as late."""

    def rung(self, number: int) -> Rung:
        """Return rung ``number``, counted from 0; past the last rung it is the last rung."""
        return self.rungs[min(number, len(self.rungs) - 1)]

    def is_top(self, number: int) -> bool:
        """Return whether no rung is left after ``number`` rungs."""
        return number >= len(self.rungs)

    def next_due(self, number: int, *, since: datetime, now: datetime, calendar: WorkingTime) -> datetime:
        """Return when rung ``number`` is due, on a ladder begun at ``since`` and escalated ``now``."""
        if self.is_top(number):
            return self.then_every.after(now, calendar)
        return due_at(self.rungs[number], since, calendar)


def due_at(rung: Rung, opened_at: datetime, calendar: WorkingTime) -> datetime:
    """Return when a rung is due on a ladder that began at ``opened_at``.

    Args:
        rung: The rung.
        opened_at: Start of the ladder, aware.
        calendar: The site's working hours and holidays, in its time zone.

    Returns:
        A moment not before ``opened_at``, within working hours for a delay in working days.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 3, 6, 12, tzinfo=UTC)              # a Friday
    >>> [due_at(rung, noon, WorkingTime()).strftime("%a %H:%M") for rung in BUILT_IN.same_day.rungs]
    ['Fri 12:00', 'Fri 12:30', 'Fri 14:00']
    >>> [due_at(rung, noon, WorkingTime()).strftime("%a %H:%M") for rung in BUILT_IN.routine.rungs]
    ['Fri 12:00', 'Tue 12:00', 'Wed 12:00']
    """
    return rung.after.after(opened_at, calendar)


_NURSES = frozenset({Role.NURSE})
_CLINICIANS = frozenset({Role.NURSE, Role.CLINICIAN})
_ALL_STAFF = frozenset({Role.NURSE, Role.CLINICIAN, Role.COORDINATOR, Role.SITE_ADMIN})

SAME_DAY = Ladder(
    (Rung(_NURSES), Rung(_CLINICIANS, Delay(30, Unit.MINUTES)), Rung(_ALL_STAFF, Delay(2))),
    then_every=Delay(2),
    answer_within=Delay(8),
)
ROUTINE = Ladder(
    (
        Rung(_NURSES),
        Rung(_CLINICIANS, Delay(2, Unit.WORKING_DAYS)),
        Rung(_ALL_STAFF, Delay(3, Unit.WORKING_DAYS)),
    ),
    then_every=Delay(1, Unit.WORKING_DAYS),
    answer_within=Delay(2, Unit.WORKING_DAYS),
)
TIERS = (Tier.SAME_DAY, Tier.ROUTINE)
"""Tiers with a ladder; the patient alone sees findings of the self-care tier."""


@dataclass(frozen=True, slots=True)
class LadderSet:
    """The ladders, working hours and holidays of a site, under one name."""

    name: str = "default"
    source: str = "unverified: judgement, and two working days as the routine tier says"
    calendar: WorkingTime = field(default_factory=WorkingTime)
    same_day: Ladder = SAME_DAY
    routine: Ladder = ROUTINE

    def for_tier(self, tier: Tier) -> Ladder | None:
        """Return the ladder of a tier; None: the team is not notified."""
        return {Tier.SAME_DAY: self.same_day, Tier.ROUTINE: self.routine}.get(tier)

    def rotas(self) -> frozenset[str]:
        """Return the names of the rotas that the rungs refer to."""
        rungs = (*self.same_day.rungs, *self.routine.rungs)
        return frozenset(name for rung in rungs for name in (rung.rota, rung.on_call) if name)


BUILT_IN = LadderSet()
"""In force at a site until the site sets ladders of its own."""


def version_of(document: Mapping[str, object]) -> str:
    """Return the content hash of a document of ladders."""
    return content_hash(document, ensure_ascii=False)
