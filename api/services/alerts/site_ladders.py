"""A site's ladders: what is in force, what is coming, what was; and setting others, from a moment on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.domain.authority import Principal
from api.domain.errors import InvalidLadder, LadderTaken
from api.domain.escalation.ladder import BUILT_IN, LadderSet, version_of
from api.domain.escalation.parse import UnusableLadders, read_ladders
from api.domain.escalation.render import document_of
from api.models.ladder import LadderRow, Rota
from api.services.alerts import ladders
from api.services.policies import effective_dated

_PAST = "whom the team was told of is history; leave it out for ladders that hold from now on"


@dataclass(frozen=True, slots=True)
class LadderSetting:
    """Ladders of a site; ``row`` None: the built-in ones, in force before any other.

    Where this version of the software cannot read them, ``ladders`` is None and ``problem`` says why;
    the built-in ones hold meanwhile.
    """

    row: LadderRow | None
    ladders: LadderSet | None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class LadderStatus:
    """A site's ladders at a moment, each list in the order of time."""

    past: Sequence[LadderSetting]
    present: LadderSetting
    coming: Sequence[LadderSetting]
    unstaffed: Sequence[str]
    """The rotas named by the present ones on which nobody is now."""


def ladders_in(document: Any) -> LadderSet:
    """Read ladders that somebody sent.

    Raises:
        InvalidLadder: There are none; with every place and what would be right.
    """
    try:
        return read_ladders(document)
    except UnusableLadders as error:
        raise InvalidLadder("these ladders cannot be used", error.by_field()) from error


def standing_of(session: Session, site_id: UUID, *, now: datetime) -> LadderStatus:
    """Return the ladders in force at a site, those before them, and those set for later."""
    rows = effective_dated.rows_of(session, LadderRow, site_id)
    past, present, coming = effective_dated.parted([_setting(session, row) for row in (None, *rows)], now)
    named = (present.ladders or BUILT_IN).rotas()
    return LadderStatus(past, present, coming, ladders.unstaffed(session, site_id, named, now=now))


def set_ladders(
    session: Session,
    site_id: UUID,
    wanted: LadderSet,
    *,
    now: datetime,
    since: datetime | None = None,
    note: str | None = None,
    by: Principal | None = None,
) -> tuple[LadderSetting, bool]:
    """Let ladders hold at a site, from now or a later moment on; nothing is ever overwritten.

    Where what holds at that moment says the same, nothing is written, so that a retry is safe. What
    is open climbs by the new ones from then on; a climb that is planned already keeps its moment.

    Returns:
        What holds from then on, and whether it is new.

    Raises:
        InvalidLadder: They ask a rota the site does not have.
        InvalidMoment: The moment lies in the past, or too far ahead.
        LadderTaken: Others begin at the very same moment.
    """
    moment = since or now
    before = _setting(session, effective_dated.locked(session, LadderRow, site_id, moment))
    if before.ladders == wanted:
        return before, False
    effective_dated.check(moment, now, past=_PAST)
    _check_rotas(session, site_id, wanted)
    if before.row is not None and before.row.effective_from == moment:
        taken = f"other ladders begin at {moment.isoformat()}: set these for a moment after it"
        raise LadderTaken(taken)
    document = document_of(wanted)
    row = LadderRow(
        id=uuid4(),
        site_id=site_id,
        effective_from=moment,
        document=document,
        version=version_of(document),
        note=note,
        created_at=now,
    )
    effective_dated.add(session, row, "ladders.set", by=by)
    return _setting(session, row), True


def _setting(session: Session, row: LadderRow | None) -> LadderSetting:
    try:
        return LadderSetting(row, ladders.ladders_of(session, row.id if row else None))
    except UnusableLadders as error:
        return LadderSetting(row, None, f"this version of the software cannot read them: {error}")


def _check_rotas(session: Session, site_id: UUID, wanted: LadderSet) -> None:
    """Refuse a slip of the pen: a rota nobody ever made would be a gap for ever."""
    there = set(session.scalars(select(Rota.name).where(Rota.site_id == site_id)))
    names = ", ".join(map(repr, sorted(there))) or "none yet: make it first"
    wrong = {
        f"document.ladders.{tier}.rungs.{number}.{key}": f"the site has no rota {name!r}; there are: {names}"
        for tier, ladder in (("same_day", wanted.same_day), ("routine", wanted.routine))
        for number, rung in enumerate(ladder.rungs)
        for key, name in (("rota", rung.rota), ("on_call", rung.on_call))
        if name is not None and name not in there
    }
    if wrong:
        raise InvalidLadder("; ".join(sorted(set(wrong.values()))), wrong)
