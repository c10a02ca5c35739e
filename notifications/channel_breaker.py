"""Circuit breaker for destinations that a fault on our side has broken; one message probes each."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from api.db.database import Database
from api.services.messages import faults
from notifications.channels.results import Broken, Dead, Delivered, Gone
from notifications.delivery_results import ClaimedMessage, DeliveryResult, Outcome

NOT_SENT = "not sent: "
"""Prefix of the reason of messages that were not sent because their destination is broken."""


class ChannelBreaker:
    """Checks each batch before it is sent, and its outcomes; belongs to one relay."""

    def __init__(self) -> None:
        """Assume that every destination works until the database shows a fault."""
        self._broken: frozenset[str] = frozenset()

    def outcomes(
        self, session: Session, claimed: Sequence[ClaimedMessage], *, now: datetime
    ) -> dict[UUID, Outcome]:
        """Return the outcomes of messages to broken destinations, except for one due probe of each."""
        broken = {fault.place: fault for fault in faults.list_broken(session)} if claimed else {}
        self._broken = frozenset(broken)
        outcomes: dict[UUID, Outcome] = {}
        probed: set[str] = set()
        for message in claimed:
            fault = broken.get(message.destination)
            if fault is None:
                continue
            is_due = fault.place not in probed and fault.probe_at <= now
            if is_due and faults.may_probe(session, fault.place, now=now):
                probed.add(fault.place)
            else:
                outcomes[message.id] = Broken(f"{NOT_SENT}{fault.reason}")
        return outcomes

    def record(self, database: Database, results: Sequence[DeliveryResult], *, now: datetime) -> None:
        """Record the destinations that are newly broken, and those that work again."""
        broken, works = {}, set()
        for result in results:
            destination, outcome = result.message.destination, result.outcome
            if isinstance(outcome, Broken) and not outcome.reason.startswith(NOT_SENT):
                broken[destination] = (result.message.channel, outcome.reason)
            elif destination in self._broken and _was_accepted(result):
                works.add(destination)
        if not broken and not works:
            return
        with database.begin() as session:
            for destination in works - set(broken):
                faults.clear(session, destination)
            for destination, (channel, reason) in broken.items():
                faults.record(session, destination, channel, reason=reason, now=now)
        self._broken = (self._broken - works) | set(broken)


def _was_accepted(result: DeliveryResult) -> bool:
    """Return whether the destination accepted this server, whatever it answered about the message."""
    outcome = result.outcome
    return isinstance(outcome, Delivered) or (
        isinstance(outcome, Gone | Dead) and outcome.reason.startswith("answered")
    )
