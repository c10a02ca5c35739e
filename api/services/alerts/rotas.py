"""Rotas: named lists of shifts, to which the rungs of ladders refer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from api.db.bulk import insert_once
from api.domain.authority import Principal
from api.domain.errors import InvalidRota, UnknownRota
from api.models.rota import Rota, Shift
from api.models.staff import Staff
from api.services import audit


@dataclass(frozen=True, slots=True)
class ShiftRequest:
    """One shift of a request: the sign-in address of the staff member, begin and end."""

    email: str
    begins_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class OnCall:
    """One shift and its staff member."""

    shift: Shift
    staff: Staff

    def is_on(self, now: datetime) -> bool:
        """Return whether the staff member is active and on call at a moment."""
        return self.staff.active and self.shift.begins_at <= now < self.shift.ends_at


@dataclass(frozen=True, slots=True)
class ListedRota:
    """A rota with its shifts in the order they begin."""

    rota: Rota
    shifts: Sequence[OnCall]


def list_rotas(session: Session, by: Principal, *, since: datetime) -> list[ListedRota]:
    """Return the rotas of the caller's site, by name, with the shifts that end after ``since``."""
    rotas = session.scalars(select(Rota).where(Rota.site_id == by.site_id).order_by(Rota.name)).all()
    return _with_shifts(session, rotas, since=since)


def find_rota(session: Session, by: Principal, name: str, *, since: datetime) -> ListedRota:
    """Return a rota of the caller's site, with the shifts that end after ``since``.

    Raises:
        UnknownRota: The site has none of this name.
    """
    rota = session.scalar(select(Rota).where(Rota.site_id == by.site_id, Rota.name == name))
    if rota is None:
        raise UnknownRota(f"there is no rota {name!r}")
    return _with_shifts(session, [rota], since=since)[0]


def set_rota(
    session: Session,
    by: Principal,
    name: str,
    wanted: Sequence[ShiftRequest],
    *,
    check_version: Callable[[int], None],
    now: datetime,
) -> ListedRota:
    """Replace every shift of a rota that has not ended; make the rota where there is none.

    A shift that is under way and is not sent again ends now; past shifts stay. Shifts may overlap. In a
    gap no one is on call, and the ladder goes on to its next rung at once. The version of an existing
    rota is checked before anything is replaced, also where another request has made it meanwhile.

    Raises:
        InvalidRota: A staff member is not of the site, or a shift ends before it begins or is past.
    """
    new = {"id": uuid4(), "site_id": by.site_id, "name": name, "version": 0}
    is_new = insert_once(session, Rota, values=[new | {"changed_at": now, "changed_by": by.id}])
    rota = session.scalars(
        select(Rota)
        .where(Rota.site_id == by.site_id, Rota.name == name)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if not is_new:
        check_version(rota.version)
    staff = _staff_of(session, by, wanted)
    _check(wanted, staff, now)
    _replace(session, rota, {(staff[each.email], each.begins_at, each.ends_at) for each in wanted}, now)
    rota.version, rota.changed_at, rota.changed_by = rota.version + 1, now, by.id
    session.flush()
    audit.record(session, "rota.set", by=by, now=now, object_id=rota.id, detail={"shifts": len(wanted)})
    return _with_shifts(session, [rota], since=now)[0]


def _replace(
    session: Session, rota: Rota, wanted: set[tuple[UUID, datetime, datetime]], now: datetime
) -> None:
    """Replace the shifts that have not ended; one under way keeps its begin."""
    session.execute(delete(Shift).where(Shift.rota_id == rota.id, Shift.begins_at >= now))
    under_way = session.scalars(select(Shift).where(Shift.rota_id == rota.id, Shift.ends_at > now)).all()
    left = set(wanted)
    for shift in under_way:
        same = sorted(each for each in left if each[:2] == (shift.staff_id, shift.begins_at))
        shift.ends_at = same[0][2] if same else now
        left -= set(same[:1])
    for staff_id, begins_at, ends_at in sorted(left):
        session.add(Shift(rota_id=rota.id, staff_id=staff_id, begins_at=begins_at, ends_at=ends_at))


def _with_shifts(session: Session, rotas: Sequence[Rota], *, since: datetime) -> list[ListedRota]:
    """Return rotas with their shifts: one query."""
    found = (
        select(Shift, Staff)
        .join(Staff, Staff.id == Shift.staff_id)
        .where(Shift.rota_id.in_([rota.id for rota in rotas]), Shift.ends_at > since)
        .order_by(Shift.begins_at, Shift.ends_at, Staff.name, Shift.id)
    )
    shifts: dict[UUID, list[OnCall]] = {rota.id: [] for rota in rotas}
    for shift, staff in session.execute(found):
        shifts[shift.rota_id].append(OnCall(shift, staff))
    return [ListedRota(rota, shifts[rota.id]) for rota in rotas]


def _staff_of(session: Session, by: Principal, wanted: Sequence[ShiftRequest]) -> dict[str, UUID]:
    found = select(Staff.email, Staff.id).where(
        Staff.site_id == by.site_id, Staff.active, Staff.email.in_({each.email for each in wanted})
    )
    return {row[0]: row[1] for row in session.execute(found)}


def _check(wanted: Sequence[ShiftRequest], staff: dict[str, UUID], now: datetime) -> None:
    wrong: dict[str, str] = {}
    for number, each in enumerate(wanted):
        if each.email not in staff:
            wrong[f"shifts.{number}.staff"] = "no staff member of this site signs in with this address"
        if each.ends_at <= each.begins_at:
            wrong[f"shifts.{number}.until"] = "is not after `from`"
        elif each.ends_at <= now:
            wrong[f"shifts.{number}.until"] = "is past: leave out past shifts, they stay as they were"
    if wrong:
        detail = "; ".join(f"{path}: {reason}" for path, reason in wrong.items())
        raise InvalidRota(detail[:500], wrong)
