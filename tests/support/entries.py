"""Recording the entries of one patient, as one request does."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from api.domain.authority import Principal
from api.domain.trajectory.engine import Engine
from api.services.entries.record import EntrySubmission, record_entries
from api.services.entries.results import ItemResult


def record_items(
    session: Session, by: Principal, items: Sequence[object], *, engine: Engine, now: datetime
) -> list[ItemResult]:
    """Record items of a patient; return a result per item, or raise why nothing was recorded."""
    (result,) = record_entries(session, [EntrySubmission(by, items)], engine=engine, now=now)
    return result.results()
