"""Counters in a table, updated in the caller's transaction without contention: one row per source."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.db.bulk import upsert_adding
from api.domain.delivery.send_outcomes import SUM, bound_of
from api.models.delivery import Tally

SENDS = "aimss_sends_total"
LATENESS = "aimss_send_lateness_seconds"
ESCALATIONS = "aimss_escalations_total"
SIGN_INS = "aimss_sign_ins_total"
DENIED = "aimss_requests_denied_total"
ACKNOWLEDGED = "aimss_acknowledgement_seconds"

FOLDED = ""
"""Source of the sums of other sources."""

Counts = Mapping[tuple[str, str], float]
"""Values by name of the metric and its label values, separated by spaces."""


def once() -> str:
    """Return a source for a single transaction; ``fold`` deletes its rows."""
    return uuid4().hex


def add(session: Session, counts: Counts, *, source: str) -> None:
    """Add to the counts of ``source``; call it last in a transaction, since it locks the source's rows."""
    rows = [
        {"name": name, "labels": labels, "source": source, "value": value}
        for (name, labels), value in sorted(counts.items())
    ]
    upsert_adding(session, Tally, values=rows, column="value")


def timed(name: str, label: str, times_s: Sequence[float], bounds: Sequence[float]) -> Counts:
    """Return the counts of a histogram for some times."""
    counts: Counter[tuple[str, str]] = Counter((name, f"{label} {bound_of(s, bounds)}") for s in times_s)
    total: Counts = {(name, f"{label} {SUM}"): sum(max(s, 0.0) for s in times_s)}
    return {**counts, **total}


def totals(session: Session) -> Counts:
    """Return the sums over all sources."""
    rows = session.execute(
        select(Tally.name, Tally.labels, func.sum(Tally.value)).group_by(Tally.name, Tally.labels)
    )
    return {(name, labels): value for name, labels, value in rows}


def fold(session: Session) -> int:
    """Add up the counts of all sources into one row per figure; return the number of rows deleted.

    Safe at any time: a source that continues inserts a new row, and a row that is locked is left for
    the next time.
    """
    others = select(Tally).where(Tally.source != FOLDED).with_for_update(skip_locked=True)
    rows = session.scalars(others).all()
    sums: defaultdict[tuple[str, str], float] = defaultdict(float)
    for row in rows:
        sums[row.name, row.labels] += row.value
        session.delete(row)
    session.flush()
    if sums:
        add(session, sums, source=FOLDED)
    return len(rows)
