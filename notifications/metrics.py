"""Counts outcomes in the transaction that records them, so that a killed worker miscounts nothing."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from api.domain.delivery.send_outcomes import LATENESS_S, SendOutcome
from api.services import counters
from notifications.channels.base import Broken, Dead, Delivered, Gone, Rehearsed, Retry
from notifications.delivery_results import Cancelled, DeliveryResult, Postponed

OUTCOMES: dict[type, SendOutcome] = {
    Delivered: SendOutcome.DELIVERED,
    Rehearsed: SendOutcome.REHEARSED,
    Retry: SendOutcome.RETRY,
    Gone: SendOutcome.GONE,
    Dead: SendOutcome.DEAD,
    Broken: SendOutcome.DEAD,
    Cancelled: SendOutcome.CANCELLED,
    Postponed: SendOutcome.POSTPONED,
}


class CountedMessage(Protocol):
    """The fields of an outbox row that metrics use."""

    @property
    def channel(self) -> str:
        """The channel of the message."""
        ...

    @property
    def due_at(self) -> datetime | None:
        """The time the message was meant to be sent."""
        ...


def outcome_of(result: DeliveryResult) -> SendOutcome:
    """Return the metric label of an outcome."""
    return OUTCOMES.get(type(result.outcome), SendOutcome.OTHER)


def count(
    session: Session, settled: Sequence[tuple[CountedMessage, DeliveryResult]], *, worker: str, now: datetime
) -> None:
    """Count outcomes, and how late delivered messages were."""
    sends: Counter[tuple[str, str]] = Counter()
    late: defaultdict[str, list[float]] = defaultdict(list)
    for row, result in settled:
        outcome = outcome_of(result)
        sends[counters.SENDS, f"{row.channel} {outcome}"] += 1
        if outcome is SendOutcome.DELIVERED and row.due_at is not None:
            late[row.channel].append((now - row.due_at).total_seconds())
    counts: dict[tuple[str, str], float] = dict(sends)
    for channel, times_s in late.items():
        counts |= counters.timed(counters.LATENESS, channel, times_s, LATENESS_S)
    counters.add(session, counts, source=worker)
