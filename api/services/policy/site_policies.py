"""A site's policies: what is in force, what is coming, what was; and setting another, from a moment on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from api.db import insert_once
from api.domain.authority import Principal
from api.domain.enrolment import PatientStatus
from api.domain.errors import InvalidMoment, InvalidPolicy, PolicyTaken
from api.domain.policy_file import UnusablePolicy, read_policy
from api.domain.policy_shown import own_document_of
from api.domain.site_policy import BUILT_IN, SitePolicy
from api.domain.trajectory.engine import Engine
from api.models.patient import Patient, Trajectory
from api.models.policy import PolicyRow
from api.models.site import Site
from api.services import audit
from api.services.policy import policies

LONGEST_AHEAD = timedelta(days=366)
"""How far ahead a policy may be set: who decided it should still be there when it comes."""

MOST_NAMES, LONGEST_NAME, DEEPEST = 1000, 100, 8
"""What no policy reaches: names in all (a whole one has about 500), their length, tables in tables."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One policy of a site; ``row`` None: the built-in one, in force before any other.

    ``version`` is the content hash that scores get by it on this server. Where this version of the
    software cannot read it, ``policy`` and ``version`` are None and ``problem`` says why.
    """

    row: PolicyRow | None
    policy: SitePolicy | None
    version: str | None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A site's policies at a moment, each list in the order of time."""

    past: Sequence[Setting]
    present: Setting
    coming: Sequence[Setting]


def policy_in(document: Any) -> SitePolicy:
    """Read a policy that somebody sent.

    Raises:
        InvalidPolicy: It is none; with every place in it and what would be right.
    """
    problem = _endless(document)
    if problem is not None:
        raise InvalidPolicy("this is no policy", {"document": problem})
    try:
        return read_policy(document)
    except UnusablePolicy as error:
        named: dict[str, list[str]] = {}
        for place, what in error.problems:
            named.setdefault("document" if place == "document" else f"document.{place}", []).append(what)
        places = {place: "; ".join(what) for place, what in named.items()}
        raise InvalidPolicy("this policy cannot be used", places) from error


def standing_of(session: Session, site_id: UUID, *, engine: Engine, now: datetime) -> Standing:
    """Return the policy in force at a site, those before it, and those set for later.

    ``engine`` is the server's, in force before the first policy.
    """
    rows = session.scalars(_of_site(site_id).order_by(PolicyRow.effective_from))
    everything = [_setting(session, None, engine), *[_setting(session, row, engine) for row in rows]]
    begun = [each for each in everything if each.row is None or each.row.effective_from <= now]
    return Standing(begun[:-1], begun[-1], everything[len(begun) :])


def set_policy(
    session: Session,
    site_id: UUID,
    policy: SitePolicy,
    *,
    engine: Engine,
    now: datetime,
    since: datetime | None = None,
    note: str | None = None,
    by: Principal | None = None,
) -> tuple[Setting, bool]:
    """Let a policy hold at a site, from now or a later moment on; nothing is ever overwritten.

    Where what holds at that moment says the same, nothing is written, so that a retry is safe.

    Args:
        session: To write with.
        site_id: The site.
        policy: What is to hold.
        engine: The server's.
        now: The present moment.
        since: From when on; None: from now on.
        note: Why, for whoever asks later.
        by: Who sets it; None: the command line.

    Returns:
        What holds from then on, and whether it is new.

    Raises:
        InvalidMoment: The moment lies in the past, or too far ahead.
        PolicyTaken: Another policy begins at the very same moment.
    """
    moment = since or now
    session.execute(select(Site.id).where(Site.id == site_id).with_for_update(key_share=True)).one()
    row = session.scalar(
        _of_site(site_id)
        .where(PolicyRow.effective_from <= moment)
        .order_by(PolicyRow.effective_from.desc())
        .limit(1)
    )
    before = _setting(session, row, engine)
    if before.policy == policy:
        return before, False
    _check(moment, now)
    policy_id = uuid4()
    values = {
        "id": policy_id,
        "site_id": site_id,
        "effective_from": moment,
        "document": own_document_of(policy),
        "version": replace(engine, policy=policy.thresholds, tiers=policy.tiers).version,
        "set_by": by.id if by else None,
        "note": note,
        "created_at": now,
    }
    if not insert_once(session, PolicyRow, values=[values]):
        taken = f"another policy begins at {moment.isoformat()}: set this one for a moment after it"
        raise PolicyTaken(taken)
    detail = {"version": values["version"], "effective_from": moment.isoformat()}
    audit.record(session, "policy.set", by=by, now=now, site_id=site_id, object_id=policy_id, detail=detail)
    return _setting(session, session.get_one(PolicyRow, policy_id), engine), True


def scored_otherwise(session: Session, site_id: UUID, version: str) -> int:
    """Count the active patients of a site whose scores another version than this one has made."""
    others = (Trajectory.engine.is_not(None), Trajectory.engine != version)
    query = select(func.count()).join_from(Patient, Trajectory, Trajectory.patient_id == Patient.id)
    at_site = (Patient.site_id == site_id, Patient.status == PatientStatus.ACTIVE)
    return session.scalar(query.where(*at_site, *others)) or 0


def _of_site(site_id: UUID) -> Select[PolicyRow]:
    return select(PolicyRow).where(PolicyRow.site_id == site_id)


def _setting(session: Session, row: PolicyRow | None, engine: Engine) -> Setting:
    if row is None:
        return Setting(None, BUILT_IN, engine.version)
    try:
        policy = policies.policy_of(session, row.id)
        version = policies.engine_of(session, row.id, like=engine).version
    except UnusablePolicy as error:
        return Setting(row, None, None, f"this version of the software cannot read it: {error}")
    return Setting(row, policy, version)


def _check(moment: datetime, now: datetime) -> None:
    if moment < now:
        past = "what was scored stays as it was scored; leave it out for a policy that holds from now on"
        raise InvalidMoment(f"{moment.isoformat()} lies in the past: {past}", {"effective_from": "is past"})
    if moment > now + LONGEST_AHEAD:
        ahead = f"lies more than {LONGEST_AHEAD.days} days ahead"
        raise InvalidMoment(f"{moment.isoformat()} {ahead}", {"effective_from": ahead})


def _endless(document: Any) -> str | None:
    """Say what makes a document too large to be read name by name; None where nothing does."""
    names, level = 0, [document]
    for _ in range(DEEPEST):
        tables = [each for each in level if isinstance(each, dict)]
        names += sum(map(len, tables))
        if names > MOST_NAMES:
            return f"has more than {MOST_NAMES} names, which no policy has"
        if any(len(name) > LONGEST_NAME for table in tables for name in table):
            return f"has a name of more than {LONGEST_NAME} characters, which no policy has"
        level = [inner for each in level for inner in _inside(each)]
    return "has tables in tables in tables, which no policy has" if level else None


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
