"""Circuit breaker: a way that a fault of ours has broken is spared, and tried by one message now and then."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from api.db.database import Database
from api.models.delivery import ChannelFault
from api.services.messages import faults
from notifications.channels.base import Broken, Dead, Delivered, Gone, Target
from notifications.delivery import ClaimedMessage, DeliveryResult, Ending
from notifications.sender import place_of

CLOSED = "not sent: "
"""How the reason of a message begins that was not sent because its way is broken."""


class ChannelBreaker:
    """Looks at each batch before it is sent, and at how it ended; belongs to one relay."""

    def __init__(self) -> None:
        """Take every way for working until the database says otherwise."""
        self._broken: frozenset[str] = frozenset()

    def endings(
        self, session: Session, claimed: Sequence[ClaimedMessage], *, now: datetime
    ) -> dict[UUID, Ending]:
        """Return how those messages end whose way is broken; the first to a way that has rested tries it."""
        found = faults.by_place(session) if claimed else {}
        self._broken = frozenset(found)
        ended: dict[UUID, Ending] = {}
        probing: set[str] = set()
        for message in claimed:
            fault = found.get(place_of(message.address))
            if fault is None:
                continue
            if fault.place not in probing and _may_probe(session, fault, now=now):
                probing.add(fault.place)
                continue
            ended[message.id] = Broken(f"{CLOSED}{fault.reason}")
        return ended

    def note(self, database: Database, results: Sequence[DeliveryResult], *, now: datetime) -> None:
        """Close the ways that turned out to be broken, and open those that work again."""
        broken, works = {}, set()
        for result in results:
            place, ending = place_of(result.message.address), result.ending
            if isinstance(ending, Broken) and not ending.reason.startswith(CLOSED):
                broken[place] = (result.message.channel, ending.reason)
            elif place in self._broken and _was_taken(result):
                works.add(place)
        if not broken and not works:
            return
        with database.begin() as session:
            for place in works - set(broken):
                faults.reopen(session, place)
            for place, (channel, reason) in broken.items():
                faults.close(session, place, channel, reason=reason, now=now)
        self._broken = (self._broken - works) | set(broken)


def _may_probe(session: Session, fault: ChannelFault, *, now: datetime) -> bool:
    return fault.probe_at <= now and faults.may_probe(session, fault.place, now=now)


def _was_taken(result: DeliveryResult) -> bool:
    """Say whether the other side has let us in, whatever it says of the message."""
    ending: Ending | Target = result.ending
    return isinstance(ending, Delivered) or (
        isinstance(ending, Gone | Dead) and ending.reason.startswith("answered")
    )
