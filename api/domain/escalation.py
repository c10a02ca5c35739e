"""The ladder: who is told next, and when, until somebody has answered."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from api.domain.authority import Role
from api.domain.findings import Tier


@dataclass(frozen=True, slots=True)
class Rung:
    """Who is told, how long after the ladder's start."""

    roles: frozenset[Role]
    after: timedelta


@dataclass(frozen=True, slots=True)
class Ladder:
    """Rungs in the order they are climbed; the last one is climbed again until somebody answers."""

    rungs: tuple[Rung, ...]
    then_every: timedelta

    def rung(self, number: int) -> Rung:
        """Return rung ``number``, counted from 0; past the top it is the top again."""
        return self.rungs[min(number, len(self.rungs) - 1)]

    def due_at(self, number: int, *, since: datetime) -> datetime:
        """Return when rung ``number`` is climbed on a ladder begun at ``since``.

        >>> from datetime import UTC
        >>> ladder = LADDERS[Tier.SAME_DAY]
        >>> noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
        >>> [ladder.due_at(n, since=noon).strftime("%H:%M") for n in range(4)]
        ['12:00', '12:30', '14:00', '16:00']
        """
        beyond = max(0, number - (len(self.rungs) - 1))
        return since + self.rung(number).after + beyond * self.then_every


_NURSES = frozenset({Role.NURSE})
_CLINICIANS = frozenset({Role.NURSE, Role.CLINICIAN})
_EVERYBODY = frozenset({Role.NURSE, Role.CLINICIAN, Role.COORDINATOR, Role.SITE_ADMIN})

LADDERS: dict[Tier, Ladder] = {
    Tier.SAME_DAY: Ladder(
        (
            Rung(_NURSES, timedelta(0)),
            Rung(_CLINICIANS, timedelta(minutes=30)),
            Rung(_EVERYBODY, timedelta(hours=2)),
        ),
        then_every=timedelta(hours=2),
    ),
    Tier.ROUTINE: Ladder(
        (
            Rung(_NURSES, timedelta(0)),
            Rung(_CLINICIANS, timedelta(hours=48)),
            Rung(_EVERYBODY, timedelta(hours=72)),
        ),
        then_every=timedelta(hours=24),
    ),
}
"""Who is told when. The delays are judgement, unverified; 48 hours stand for two working days."""
