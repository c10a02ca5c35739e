"""What a site decides from a moment on: rows that are only ever added, and the last that has begun holds."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.domain.authority import Principal
from api.domain.errors import InvalidMoment
from api.models.ladder import LadderRow
from api.models.policy import PolicyRow
from api.models.site import Site
from api.services import audit

LONGEST_AHEAD = timedelta(days=366)
"""How far ahead anything may be set: who decided it should still be there when it comes."""

Row = TypeVar("Row", PolicyRow, LadderRow)


class EffectiveDocument(Protocol):
    """What was set; ``row`` None: what is built in, in force before any other."""

    @property
    def row(self) -> PolicyRow | LadderRow | None:
        """Return the row of it."""


Set = TypeVar("Set", bound=EffectiveDocument)


def rows_of(session: Session, table: type[Row], site_id: UUID) -> Sequence[Row]:
    """Return all that was ever set at a site, in the order it begins."""
    return session.scalars(select(table).where(table.site_id == site_id).order_by(table.effective_from)).all()


def parted(settings: Sequence[Set], now: datetime) -> tuple[Sequence[Set], Set, Sequence[Set]]:
    """Return the past, the present and what is coming, of settings in the order they begin."""
    begun = [each for each in settings if each.row is None or each.row.effective_from <= now]
    return begun[:-1], begun[-1], settings[len(begun) :]


def locked(session: Session, table: type[Row], site_id: UUID, moment: datetime) -> Row | None:
    """Return what holds at a site at a moment, None: the built-in; nobody else sets anything meanwhile."""
    session.execute(select(Site.id).where(Site.id == site_id).with_for_update(key_share=True)).one()
    begun = select(table).where(table.site_id == site_id, table.effective_from <= moment)
    return session.scalar(begun.order_by(table.effective_from.desc()).limit(1))


def check(moment: datetime, now: datetime, *, past: str) -> None:
    """Refuse a moment that is over, saying why, or too far ahead.

    Raises:
        InvalidMoment: It is.
    """
    if moment < now:
        raise InvalidMoment(f"{moment.isoformat()} lies in the past: {past}", {"effective_from": "is past"})
    if moment > now + LONGEST_AHEAD:
        ahead = f"lies more than {LONGEST_AHEAD.days} days ahead"
        raise InvalidMoment(f"{moment.isoformat()} {ahead}", {"effective_from": ahead})


def add(session: Session, row: PolicyRow | LadderRow, act: str, *, by: Principal | None) -> None:
    """Write what is to hold, and who set it; the caller has the site locked."""
    row.set_by = by.id if by else None
    session.add(row)
    session.flush()
    audit.record(
        session,
        act,
        by=by,
        now=row.created_at,
        site_id=row.site_id,
        object_id=row.id,
        detail={"version": row.version, "effective_from": row.effective_from.isoformat()},
    )
