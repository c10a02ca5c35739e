"""A site's ladders: what is in force, what is coming, what was; and setting others, from a moment on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from api.db import insert_once
from api.domain.authority import Principal
from api.domain.errors import InvalidLadder, InvalidMoment, LadderTaken
from api.domain.escalation import BUILT_IN, Ladders, version_of
from api.domain.ladder_file import UnusableLadders, read_ladders
from api.domain.ladder_shown import document_of
from api.models.ladder import LadderRow, Rota
from api.models.site import Site
from api.services import audit
from api.services.alerting import ladders

LONGEST_AHEAD = timedelta(days=366)
"""How far ahead ladders may be set: who decided it should still be there when it comes."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Ladders of a site; ``row`` None: the built-in ones, in force before any other.

    Where this version of the software cannot read them, ``ladders`` is None and ``problem`` says why;
    the built-in ones hold meanwhile.
    """

    row: LadderRow | None
    ladders: Ladders | None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A site's ladders at a moment, each list in the order of time."""

    past: Sequence[Setting]
    present: Setting
    coming: Sequence[Setting]
    unstaffed: Sequence[str]
    """The rotas named by the present ones on which nobody is now."""


def ladders_in(document: Any) -> Ladders:
    """Read ladders that somebody sent.

    Raises:
        InvalidLadder: There are none; with every place and what would be right.
    """
    try:
        return read_ladders(document)
    except UnusableLadders as error:
        named: dict[str, list[str]] = {}
        for place, what in error.problems:
            named.setdefault("document" if place == "document" else f"document.{place}", []).append(what)
        places = {place: "; ".join(what) for place, what in named.items()}
        raise InvalidLadder("these ladders cannot be used", places) from error


def standing_of(session: Session, site_id: UUID, *, now: datetime) -> Standing:
    """Return the ladders in force at a site, those before them, and those set for later."""
    rows = session.scalars(_of_site(site_id).order_by(LadderRow.effective_from))
    everything = [_setting(session, None), *[_setting(session, row) for row in rows]]
    begun = [each for each in everything if each.row is None or each.row.effective_from <= now]
    named = (begun[-1].ladders or BUILT_IN).rotas()
    gaps = ladders.unstaffed(session, site_id, named, now=now)
    return Standing(begun[:-1], begun[-1], everything[len(begun) :], gaps)


def set_ladders(
    session: Session,
    site_id: UUID,
    wanted: Ladders,
    *,
    now: datetime,
    since: datetime | None = None,
    note: str | None = None,
    by: Principal | None = None,
) -> tuple[Setting, bool]:
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
    session.execute(select(Site.id).where(Site.id == site_id).with_for_update(key_share=True)).one()
    row = session.scalar(
        _of_site(site_id)
        .where(LadderRow.effective_from <= moment)
        .order_by(LadderRow.effective_from.desc())
        .limit(1)
    )
    before = _setting(session, row)
    if before.ladders == wanted:
        return before, False
    _check_moment(moment, now)
    _check_rotas(session, site_id, wanted)
    ladder_id, document = uuid4(), document_of(wanted)
    values = {
        "id": ladder_id,
        "site_id": site_id,
        "effective_from": moment,
        "document": document,
        "version": version_of(document),
        "set_by": by.id if by else None,
        "note": note,
        "created_at": now,
    }
    if not insert_once(session, LadderRow, values=[values]):
        taken = f"other ladders begin at {moment.isoformat()}: set these for a moment after it"
        raise LadderTaken(taken)
    detail = {"version": values["version"], "effective_from": moment.isoformat()}
    audit.record(session, "ladders.set", by=by, now=now, site_id=site_id, object_id=ladder_id, detail=detail)
    return _setting(session, session.get_one(LadderRow, ladder_id)), True


def _of_site(site_id: UUID) -> Select[LadderRow]:
    return select(LadderRow).where(LadderRow.site_id == site_id)


def _setting(session: Session, row: LadderRow | None) -> Setting:
    try:
        return Setting(row, ladders.ladders_of(session, row.id if row else None))
    except UnusableLadders as error:
        return Setting(row, None, f"this version of the software cannot read them: {error}")


def _check_moment(moment: datetime, now: datetime) -> None:
    if moment < now:
        past = "whom the team was told of is history; leave it out for ladders that hold from now on"
        raise InvalidMoment(f"{moment.isoformat()} lies in the past: {past}", {"effective_from": "is past"})
    if moment > now + LONGEST_AHEAD:
        ahead = f"lies more than {LONGEST_AHEAD.days} days ahead"
        raise InvalidMoment(f"{moment.isoformat()} {ahead}", {"effective_from": ahead})


def _check_rotas(session: Session, site_id: UUID, wanted: Ladders) -> None:
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
