"""The ladder: who is told next, and when, until somebody has answered."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from api.domain.alerts.finding import Tier
from api.domain.authority import Role
from api.domain.escalation.working_time import WorkingTime


class Unit(StrEnum):
    """What a delay is counted in. The first three are time as it passes, at night too."""

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
    """How long is waited: as time passes, or as many days as the site works."""

    number: int
    unit: Unit = Unit.HOURS

    @property
    def keeps_hours(self) -> bool:
        """Say whether it is counted in working days, so that nobody is told outside working hours."""
        return self.unit is Unit.WORKING_DAYS

    @property
    def length(self) -> timedelta:
        """Return how long it is where every day is a working day; to compare delays by."""
        return self.number * _ONE[self.unit]

    def after(self, moment: datetime, calendar: WorkingTime) -> datetime:
        """Return when it is over.

        >>> from datetime import UTC
        >>> friday = datetime(2026, 3, 6, 12, tzinfo=UTC)
        >>> [Delay(*two).after(friday, WorkingTime()).strftime("%a %H:%M")
        ...  for two in ((48, Unit.HOURS), (2, Unit.WORKING_DAYS))]
        ['Sun 12:00', 'Tue 12:00']
        """
        return calendar.after_days(moment, self.number) if self.keeps_hours else moment + self.length


AT_ONCE = Delay(0)


@dataclass(frozen=True, slots=True)
class Rung:
    """Who is told, how long after the ladder's start.

    Staff of ``roles`` who may see the patient, and whoever of ``rota`` is on call. Outside working
    hours it is whoever of ``on_call`` is, in their place; where nobody of them can be reached, they.
    """

    roles: frozenset[Role] = frozenset()
    after: Delay = AT_ONCE
    rota: str | None = None
    on_call: str | None = None


@dataclass(frozen=True, slots=True)
class Ladder:
    """Rungs in the order they are climbed; the last one is climbed again until somebody answers."""

    rungs: tuple[Rung, ...]
    then_every: Delay
    answer_within: Delay
    """From when on an alert that nobody has answered is counted as too late."""

    def rung(self, number: int) -> Rung:
        """Return rung ``number``, counted from 0; past the top it is the top again."""
        return self.rungs[min(number, len(self.rungs) - 1)]

    def is_top(self, number: int) -> bool:
        """Say whether no rung is left once ``number`` have been climbed."""
        return number >= len(self.rungs)

    def next_due(self, number: int, *, since: datetime, now: datetime, calendar: WorkingTime) -> datetime:
        """Return when rung ``number`` is climbed on a ladder begun at ``since``, the last climb being now."""
        if self.is_top(number):
            return self.then_every.after(now, calendar)
        return due_at(self.rungs[number], since, calendar)


def due_at(rung: Rung, opened_at: datetime, calendar: WorkingTime) -> datetime:
    """Return when a rung is told, of an alert whose ladder began at ``opened_at``.

    Args:
        rung: Who is told, and how long after.
        opened_at: When the ladder began, aware.
        calendar: The site's working hours and holidays, on its own clock.

    Returns:
        A moment not before ``opened_at``; for a rung counted in working days one in working hours.

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
_EVERYBODY = frozenset({Role.NURSE, Role.CLINICIAN, Role.COORDINATOR, Role.SITE_ADMIN})

SAME_DAY = Ladder(
    (
        Rung(_NURSES),
        Rung(_CLINICIANS, Delay(30, Unit.MINUTES)),
        Rung(_EVERYBODY, Delay(2)),
    ),
    then_every=Delay(2),
    answer_within=Delay(8),
)
ROUTINE = Ladder(
    (
        Rung(_NURSES),
        Rung(_CLINICIANS, Delay(2, Unit.WORKING_DAYS)),
        Rung(_EVERYBODY, Delay(3, Unit.WORKING_DAYS)),
    ),
    then_every=Delay(1, Unit.WORKING_DAYS),
    answer_within=Delay(2, Unit.WORKING_DAYS),
)
TIERS = (Tier.SAME_DAY, Tier.ROUTINE)
"""The tiers a team is told of; what is for self-care the patient sees alone."""


@dataclass(frozen=True, slots=True)
class LadderSet:
    """All that a site decides about who is told when, under one name."""

    name: str = "default"
    source: str = "unverified: judgement, and two working days as the routine tier says"
    calendar: WorkingTime = field(default_factory=WorkingTime)
    same_day: Ladder = SAME_DAY
    routine: Ladder = ROUTINE

    def of(self, tier: Tier) -> Ladder | None:
        """Return the ladder of a tier; None: nobody of the team is told."""
        return {Tier.SAME_DAY: self.same_day, Tier.ROUTINE: self.routine}.get(tier)

    def rotas(self) -> frozenset[str]:
        """Return the names of the rotas that are asked who is on call."""
        rungs = (*self.same_day.rungs, *self.routine.rungs)
        return frozenset(name for rung in rungs for name in (rung.rota, rung.on_call) if name)


BUILT_IN = LadderSet()
"""What holds where a site has decided nothing."""


def version_of(document: Mapping[str, object]) -> str:
    """Return the content hash of ladders written as a document."""
    content = json.dumps(document, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()[:12]
