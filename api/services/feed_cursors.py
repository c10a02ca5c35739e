"""Cursors of change feeds: how far a client has read, and since which return to a backup."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.domain import cursor as cursors
from api.domain.errors import InvalidCursor
from api.models.restore import Restore


def read_cursor(session: Session, since: str | None, *, newest: int) -> int:
    """Return the place in a feed a client has read up to.

    Args:
        session: The database.
        since: The cursor; None reads from the start.
        newest: The feed's last place; a cursor beyond it is of a state that was lost.

    Raises:
        InvalidCursor: It was not made here, or before the database was put back from a backup. The client
            starts without one, and then sees which of its own items the server lacks.
    """
    if since is None:
        return 0
    epoch = _epoch(session)
    kinds = (cursors.number,) if epoch == 0 else (cursors.number, cursors.number)
    seen, *stated = cursors.decode_as(since, *kinds)
    if seen > newest or (epoch and stated != [epoch]):
        raise InvalidCursor("start again without a cursor: the server has returned to a backup")
    return int(seen)


def write_cursor(session: Session, place: int) -> str:
    """Return the cursor of a place in a feed."""
    epoch = _epoch(session)
    return cursors.encode(place, epoch) if epoch else cursors.encode(place)


def _epoch(session: Session) -> int:
    return int(session.scalar(select(func.max(Restore.id))) or 0)
