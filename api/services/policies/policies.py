"""Which policy is in force at a site: asked within the query that reads the patient, and read once.

A policy never changes once it is set, so what a process has read of one it keeps, and with it the engine
it gives. What is in force is asked of the table every time: a new policy holds in every process at once.
"""

import logging
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    SQLColumnExpression,
    and_,
    false,
    literal,
    literal_column,
    or_,
    select,
)
from sqlalchemy.orm import Session

from api.db.base import UtcDateTime
from api.domain.alerts.budget import AlertBudget
from api.domain.policies.parse import UnusablePolicy, read_policy
from api.domain.policies.site_policy import BUILT_IN, PolicyDocument
from api.domain.trajectory.engine import Engine
from api.models.patient import Patient, Trajectory
from api.models.policy import PolicyRow

log = logging.getLogger(__name__)

MOST_KEPT = 1000
"""How many policies a process keeps; more begin anew."""

Key = TypeVar("Key")
Value = TypeVar("Value")

_POLICIES: dict[UUID, PolicyDocument] = {}
_ENGINES: dict[tuple[UUID, str], Engine] = {}


def in_force(site_id: SQLColumnExpression[UUID], now: ColumnElement[datetime]) -> ScalarSelect[UUID]:
    """Return the id of the policy in force at a site, as a column of a query; NULL: the built-in one."""
    newest = select(PolicyRow.id).where(PolicyRow.site_id == site_id, PolicyRow.effective_from <= now)
    none: ColumnElement[int] = literal_column("0")  # as SQL: a prepared statement has no values of its own
    one: ColumnElement[int] = literal_column("1")
    return newest.order_by(PolicyRow.effective_from.desc()).limit(one).offset(none).scalar_subquery()


def policy_of(session: Session, policy_id: UUID | None) -> PolicyDocument:
    """Return a policy by its id, None the built-in one; a query only the first time.

    Raises:
        UnusablePolicy: This version of the software can no longer read it.
    """
    if policy_id is None:
        return BUILT_IN
    policy = _POLICIES.get(policy_id)
    if policy is None:
        document = session.scalars(select(PolicyRow.document).where(PolicyRow.id == policy_id)).one()
        policy = _keep(_POLICIES, policy_id, read_policy(document))
    return policy


def engine_of(session: Session, policy_id: UUID | None, *, like: Engine) -> Engine:
    """Return the engine of a policy, with the risk model of ``like``; None: ``like`` itself.

    Raises:
        UnusablePolicy: This version of the software can no longer read it.
    """
    if policy_id is None:
        return like
    key = (policy_id, like.model.version)
    engine = _ENGINES.get(key)
    if engine is None:
        policy = policy_of(session, policy_id)
        engine = _keep(_ENGINES, key, replace(like, policy=policy.thresholds, tiers=policy.tiers))
    return engine


def engine_at(session: Session, site_id: UUID, *, like: Engine, now: datetime) -> Engine:
    """Return the engine in force at a site, to read what is stored there.

    Where the policy cannot be read it is ``like``: what another engine has made is then not judged.
    """
    found = session.scalar(select(in_force(literal(site_id, PolicyRow.site_id.type), _moment(now))))
    return _readable(session, found, like=like) or like


def budget_of(session: Session, policy_id: UUID | None) -> AlertBudget:
    """Return the budget of a policy; the built-in one where it cannot be read: an alert must be told."""
    try:
        return policy_of(session, policy_id).budget
    except UnusablePolicy as error:
        _tell_unreadable(policy_id, error)
        return BUILT_IN.budget


@dataclass(frozen=True, slots=True)
class InForce:
    """The engine of every site at a moment.

    ``own`` are those of sites with a policy of their own, None where it cannot be read; ``before`` the
    versions that their earlier policies give, the built-in one included.
    """

    elsewhere: Engine
    own: Mapping[UUID, Engine | None]
    before: Mapping[UUID, frozenset[str]]

    def is_present(self) -> ColumnElement[bool]:
        """Return whether a patient's trajectory was made by the engine in force at her site."""
        others = and_(Patient.site_id.not_in(list(self.own)), Trajectory.engine == self.elsewhere.version)
        sites: dict[str, list[UUID]] = defaultdict(list)
        for site_id, engine in self.own.items():
            if engine is not None:
                sites[engine.version].append(site_id)
        by_version = [
            and_(Patient.site_id.in_(of_site), Trajectory.engine == version)
            for version, of_site in sites.items()
        ]
        return or_(others, *by_version)

    def is_left_behind(self) -> ColumnElement[bool]:
        """Return whether an earlier policy of her site made it: other code's work is not touched."""
        left = [
            and_(Patient.site_id == site_id, Trajectory.engine.in_(versions - {engine.version}))
            for site_id, versions in self.before.items()
            if (engine := self.own[site_id]) is not None
        ]
        return or_(false(), *left)

    def unreadable(self) -> list[UUID]:
        """Return the sites whose policy cannot be read."""
        return [site_id for site_id, engine in self.own.items() if engine is None]


def all_in_force(session: Session, *, like: Engine, now: datetime) -> InForce:
    """Return the engine in force at every site: one query, and one for each policy not read before."""
    rows = session.execute(
        select(PolicyRow.site_id, PolicyRow.id)
        .where(PolicyRow.effective_from <= now)
        .order_by(PolicyRow.effective_from)
    )
    own: dict[UUID, Engine | None] = {}
    versions: dict[UUID, set[str]] = defaultdict(lambda: {like.version})
    for site_id, policy_id in rows.all():
        own[site_id] = engine = _readable(session, policy_id, like=like)
        versions[site_id] |= {engine.version} if engine else set()
    return InForce(like, own, {site_id: frozenset(found) for site_id, found in versions.items()})


def _readable(session: Session, policy_id: UUID | None, *, like: Engine) -> Engine | None:
    try:
        return engine_of(session, policy_id, like=like)
    except UnusablePolicy as error:
        _tell_unreadable(policy_id, error)
        return None


def _tell_unreadable(policy_id: UUID | None, error: UnusablePolicy) -> None:
    log.error(
        "a site's policy cannot be read", extra={"policy_id": str(policy_id), "error": str(error)[:500]}
    )


def _moment(now: datetime) -> ColumnElement[datetime]:
    return literal(now, UtcDateTime)


def _keep(kept: dict[Key, Value], key: Key, value: Value) -> Value:
    if len(kept) >= MOST_KEPT:
        kept.clear()
    return kept.setdefault(key, value)
