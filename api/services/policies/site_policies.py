"""A site's policies: what is in force, what is coming, what was; and setting another, from a moment on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.domain.authority import Principal
from api.domain.enrolment import PatientStatus
from api.domain.errors import InvalidPolicy, PolicyTaken
from api.domain.policies.parse import UnusablePolicy, read_policy
from api.domain.policies.render import own_document_of
from api.domain.policies.site_policy import BUILT_IN, PolicyDocument
from api.domain.trajectory.engine import Engine
from api.models.patient import Patient, Trajectory
from api.models.policy import PolicyRow
from api.services.policies import effective_dated, policies

_PAST = "what was scored stays as it was scored; leave it out for a policy that holds from now on"


@dataclass(frozen=True, slots=True)
class PolicySetting:
    """One policy of a site; ``row`` None: the built-in one, in force before any other.

    ``version`` is the content hash that scores get by it on this server. Where this version of the
    software cannot read it, ``policy`` and ``version`` are None and ``problem`` says why.
    """

    row: PolicyRow | None
    policy: PolicyDocument | None
    version: str | None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class PolicyStatus:
    """A site's policies at a moment, each list in the order of time."""

    past: Sequence[PolicySetting]
    present: PolicySetting
    coming: Sequence[PolicySetting]


def policy_in(document: Any) -> PolicyDocument:
    """Read a policy that somebody sent.

    Raises:
        InvalidPolicy: It is none; with every place in it and what would be right.
    """
    try:
        return read_policy(document)
    except UnusablePolicy as error:
        raise InvalidPolicy("this policy cannot be used", error.by_field()) from error


def standing_of(session: Session, site_id: UUID, *, engine: Engine, now: datetime) -> PolicyStatus:
    """Return the policy in force at a site, those before it, and those set for later.

    ``engine`` is the server's, in force before the first policy.
    """
    rows = effective_dated.rows_of(session, PolicyRow, site_id)
    return PolicyStatus(
        *effective_dated.parted([_setting(session, row, engine) for row in (None, *rows)], now)
    )


def set_policy(
    session: Session,
    site_id: UUID,
    policy: PolicyDocument,
    *,
    engine: Engine,
    now: datetime,
    since: datetime | None = None,
    note: str | None = None,
    by: Principal | None = None,
) -> tuple[PolicySetting, bool]:
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
    before = _setting(session, effective_dated.locked(session, PolicyRow, site_id, moment), engine)
    if before.policy == policy:
        return before, False
    effective_dated.check(moment, now, past=_PAST)
    if before.row is not None and before.row.effective_from == moment:
        taken = f"another policy begins at {moment.isoformat()}: set this one for a moment after it"
        raise PolicyTaken(taken)
    row = PolicyRow(
        id=uuid4(),
        site_id=site_id,
        effective_from=moment,
        document=own_document_of(policy),
        version=replace(engine, policy=policy.thresholds, tiers=policy.tiers).version,
        note=note,
        created_at=now,
    )
    effective_dated.add(session, row, "policy.set", by=by)
    return _setting(session, row, engine), True


def scored_otherwise(session: Session, site_id: UUID, version: str) -> int:
    """Count the active patients of a site whose scores another version than this one has made."""
    others = (Trajectory.engine.is_not(None), Trajectory.engine != version)
    query = select(func.count()).join_from(Patient, Trajectory, Trajectory.patient_id == Patient.id)
    at_site = (Patient.site_id == site_id, Patient.status == PatientStatus.ACTIVE)
    return session.scalar(query.where(*at_site, *others)) or 0


def _setting(session: Session, row: PolicyRow | None, engine: Engine) -> PolicySetting:
    if row is None:
        return PolicySetting(None, BUILT_IN, engine.version)
    try:
        policy = policies.policy_of(session, row.id)
        version = policies.engine_of(session, row.id, like=engine).version
    except UnusablePolicy as error:
        return PolicySetting(row, None, None, f"this version of the software cannot read it: {error}")
    return PolicySetting(row, policy, version)
