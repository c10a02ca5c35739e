"""Policies of sites: setting them, and the engine and the alert budget they give.

A policy never changes once it is set, so a process parses each one only once and keeps its engine. The
policy in force is queried every time: a new policy takes effect in every process at once.
"""

import logging
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, literal, or_, select
from sqlalchemy.orm import Session

from api.db.base import UtcDateTime
from api.domain.alerts.budget import AlertBudget
from api.domain.documents import UnusableDocument
from api.domain.enrolment import PatientStatus
from api.domain.errors import InvalidPolicy, PolicyTaken
from api.domain.policies.render import POLICY_FORMAT
from api.domain.policies.site_policy import BUILT_IN, PolicyDocument
from api.domain.trajectory.engine import Engine
from api.models.patient import Patient, Trajectory
from api.models.site_document import PolicyRow
from api.services.policies.site_documents import DocumentStore, SiteDocument, cache, id_in_force

log = logging.getLogger(__name__)

SitePolicy = SiteDocument[PolicyRow, PolicyDocument]

_ENGINES: dict[tuple[UUID, str], Engine] = {}


class PolicyStore(DocumentStore[PolicyRow, PolicyDocument]):
    """The policies of sites; their version is the content hash of the engine they give on this server."""

    format = POLICY_FORMAT
    table = PolicyRow
    invalid, taken = InvalidPolicy, PolicyTaken
    audit_action = "policy.set"
    version_label = "engine"
    why_not_past = (
        "scores keep the policy they were made with; leave it out for a policy in force from now on"
    )

    def __init__(self, engine: Engine) -> None:
        """Take the server's engine, in force before a site sets its first policy."""
        self._engine = engine

    def version_of(self, content: PolicyDocument) -> str:
        """Return the version of the engine that a policy gives."""
        return engine_with(content, self._engine).version


def engine_with(policy: PolicyDocument, default: Engine) -> Engine:
    """Return the engine of a policy, with the risk model of ``default``."""
    return replace(default, policy=policy.thresholds, tiers=policy.tiers)


policy_id_in_force = partial(id_in_force, PolicyRow)
"""Returns the id of the policy in force at a site, as a column of a query; NULL: the built-in one."""


def engine_of(session: Session, policy_id: UUID | None, *, default: Engine) -> Engine:
    """Return the engine of a policy, with the risk model of ``default``; None: ``default`` itself.

    Raises:
        UnusableDocument: This version of the software cannot read the policy.
    """
    if policy_id is None:
        return default
    key = (policy_id, default.model.version)
    engine = _ENGINES.get(key)
    if engine is None:
        engine = cache(_ENGINES, key, engine_with(PolicyStore.find(session, policy_id), default))
    return engine


def engine_at(session: Session, site_id: UUID, *, default: Engine, now: datetime) -> Engine:
    """Return the engine in force at a site, for reading stored scores.

    Where the policy cannot be read it is ``default``: results of another engine are then not interpreted.
    """
    query = select(policy_id_in_force(literal(site_id, PolicyRow.site_id.type), literal(now, UtcDateTime)))
    return _engine_or_none(session, session.scalar(query), default=default) or default


def budget_of(session: Session, policy_id: UUID | None) -> AlertBudget:
    """Return the budget of a policy; the built-in one where it cannot be read: an alert must be sent."""
    try:
        return PolicyStore.find(session, policy_id).budget
    except UnusableDocument as error:
        _log_unreadable(policy_id, error)
        return BUILT_IN.budget


def count_scored_otherwise(session: Session, site_id: UUID, version: str) -> int:
    """Count the active patients of a site whose scores were made by another engine version."""
    others = (Trajectory.engine.is_not(None), Trajectory.engine != version)
    query = select(func.count()).join_from(Patient, Trajectory, Trajectory.patient_id == Patient.id)
    active = (Patient.site_id == site_id, Patient.status == PatientStatus.ACTIVE)
    return session.scalar(query.where(*active, *others)) or 0


@dataclass(frozen=True, slots=True)
class EnginesInForce:
    """The engine of every site at a moment."""

    default: Engine
    """The server's engine, in force at every site without a policy of its own."""
    by_site: Mapping[UUID, Engine | None]
    """The engines of sites with a policy of their own; None: the policy cannot be read."""
    earlier_versions: Mapping[UUID, frozenset[str]]
    """Engine versions of the policies a site has had so far, the built-in one included."""

    def is_current(self) -> ColumnElement[bool]:
        """Return the condition that a trajectory was made by the engine in force at the patient's site."""
        others = and_(Patient.site_id.not_in(list(self.by_site)), Trajectory.engine == self.default.version)
        sites: dict[str, list[UUID]] = defaultdict(list)
        for site_id, engine in self.by_site.items():
            if engine is not None:
                sites[engine.version].append(site_id)
        by_version = [
            and_(Patient.site_id.in_(of_version), Trajectory.engine == version)
            for version, of_version in sites.items()
        ]
        return or_(others, *by_version)

    def is_outdated(self) -> ColumnElement[bool]:
        """Return the condition that an earlier policy of the patient's site made a trajectory.

        Trajectories of other versions of the software are excluded.
        """
        outdated = [
            and_(Patient.site_id == site_id, Trajectory.engine.in_(versions - {engine.version}))
            for site_id, versions in self.earlier_versions.items()
            if (engine := self.by_site[site_id]) is not None
        ]
        return or_(false(), *outdated)

    def unreadable_sites(self) -> list[UUID]:
        """Return the sites whose policy cannot be read."""
        return [site_id for site_id, engine in self.by_site.items() if engine is None]


def engines_in_force(session: Session, *, default: Engine, now: datetime) -> EnginesInForce:
    """Return the engine in force at every site: one query, and one for each policy not parsed before."""
    rows = session.execute(
        select(PolicyRow.site_id, PolicyRow.id)
        .where(PolicyRow.effective_from <= now)
        .order_by(PolicyRow.effective_from)
    )
    by_site: dict[UUID, Engine | None] = {}
    versions: dict[UUID, set[str]] = defaultdict(lambda: {default.version})
    for site_id, policy_id in rows.all():
        by_site[site_id] = engine = _engine_or_none(session, policy_id, default=default)
        versions[site_id] |= {engine.version} if engine else set()
    return EnginesInForce(default, by_site, {site_id: frozenset(each) for site_id, each in versions.items()})


def _engine_or_none(session: Session, policy_id: UUID | None, *, default: Engine) -> Engine | None:
    try:
        return engine_of(session, policy_id, default=default)
    except UnusableDocument as error:
        _log_unreadable(policy_id, error)
        return None


def _log_unreadable(policy_id: UUID | None, error: UnusableDocument) -> None:
    extra = {"policy_id": str(policy_id), "error": str(error)[:500]}
    log.error("a site's policy cannot be read", extra=extra)
