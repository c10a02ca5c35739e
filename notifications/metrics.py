"""Counts outcomes in the transaction that records them, so that a killed worker miscounts nothing."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from api.domain.delivery.send_outcomes import LATENESS_S, SendOutcome
from api.services import counters
from notifications.channels.results import Broken, Dead, Delivered, Gone, Rehearsed, Retry
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


def outcome_of(result: DeliveryResult) -> SendOutcome:
    """Return the metric label of an outcome."""
    return OUTCOMES.get(type(result.outcome), SendOutcome.OTHER)


def count(
    session: Session, settled: Sequence[tuple[datetime | None, DeliveryResult]], *, worker: str, now: datetime
) -> None:
    """Count outcomes, and how late delivered messages were; they come with the time they were due."""
    sends: Counter[tuple[str, str]] = Counter()
    late: defaultdict[str, list[float]] = defaultdict(list)
    for due_at, result in settled:
        channel, outcome = result.message.channel, outcome_of(result)
        sends[counters.SENDS, f"{channel} {outcome}"] += 1
        if outcome is SendOutcome.DELIVERED and due_at is not None:
            late[channel].append((now - due_at).total_seconds())
    counts: dict[tuple[str, str], float] = dict(sends)
    for channel, times_s in late.items():
        counts |= counters.timed(counters.LATENESS, channel, times_s, LATENESS_S)
    counters.add(session, counts, source=worker)
