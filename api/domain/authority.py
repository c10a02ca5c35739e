"""Authority: roles, scopes, and the principal of a request."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self
from uuid import UUID


class ActorKind(StrEnum):
    """Kind of caller."""

    STAFF = "staff"
    PATIENT = "patient"
    PROXY = "proxy"  # somebody a patient has let in
    SERVICE = "service"
    SYSTEM = "system"


class Role(StrEnum):
    """Role of a member of staff."""

    NURSE = "nurse"
    CLINICIAN = "clinician"
    COORDINATOR = "coordinator"
    SITE_ADMIN = "site_admin"


class StaffStatus(StrEnum):
    """Status of a member of staff; only an active one can sign in and is notified of alerts."""

    INVITED = "invited"  # has not set a password yet
    ACTIVE = "active"
    DEACTIVATED = "deactivated"


class Scope(StrEnum):
    """One kind of permission; every route requires exactly one."""

    SELF = "self"  # any signed-in caller, about itself
    DEVICES = "devices"  # the own sign-ins
    DIARY_READ = "diary:read"  # a patient, or somebody let in, reads the diary
    REPORT = "report"  # a patient, or somebody let in, writes in the diary
    PRIVACY = "privacy"  # a patient, about who uses the own data and what happens to them
    STAFF_SELF = "staff:self"  # staff, about their own account
    STAFF_READ = "staff:read"  # names of staff, teams and the site
    STAFF_WRITE = "staff:write"  # staff and teams of the site
    SITE_WRITE = "site:write"
    SERVICES = "services"  # service accounts of the site and their keys
    PATIENTS_READ = "patients:read"
    PATIENTS_WRITE = "patients:write"
    ALERTS_READ = "alerts:read"
    ALERTS_WRITE = "alerts:write"
    REMINDERS_READ = "reminders:read"
    REMINDERS_WRITE = "reminders:write"
    AUDIT_READ = "audit:read"
    METRICS_READ = "metrics:read"  # of the whole server: for keys of the operator, not for roles of a site
    POLICY_READ = "policy:read"
    POLICY_WRITE = "policy:write"
    QUESTIONS_WRITE = "questions:write"  # sign-off of optional questions: clinicians only
    ROTAS_WRITE = "rotas:write"
    REPORTS_READ = "reports:read"
    RECEIVE_PUSH = "push:receive"
    WEBHOOKS = "webhooks"
    ERASURE = "erasure"  # requests of patients to erase their data, and decisions on them


_CARE = frozenset(
    {
        Scope.SELF,
        Scope.DEVICES,
        Scope.STAFF_SELF,
        Scope.STAFF_READ,
        Scope.PATIENTS_READ,
        Scope.PATIENTS_WRITE,
        Scope.ALERTS_READ,
        Scope.ALERTS_WRITE,
        Scope.REMINDERS_READ,
        Scope.RECEIVE_PUSH,
    }
)

_SITE = frozenset({Scope.REMINDERS_WRITE, Scope.ROTAS_WRITE, Scope.REPORTS_READ})

SCOPES_OF_ROLE: dict[Role, frozenset[Scope]] = {
    Role.NURSE: _CARE,
    Role.CLINICIAN: _CARE | {Scope.QUESTIONS_WRITE},
    Role.COORDINATOR: _CARE | _SITE,
    Role.SITE_ADMIN: _CARE
    | _SITE
    | {
        Scope.AUDIT_READ,
        Scope.POLICY_READ,
        Scope.POLICY_WRITE,
        Scope.WEBHOOKS,
        Scope.STAFF_WRITE,
        Scope.SITE_WRITE,
        Scope.SERVICES,
        Scope.ERASURE,
    },
}
"""Scopes of each role, at its own site."""

SCOPES_TO_ENROL = frozenset({Scope.SELF, Scope.STAFF_SELF})
"""Scopes of staff who must set up one-time codes first: no access to patients' data."""

SCOPES_OF_PATIENT = frozenset(
    {Scope.SELF, Scope.DEVICES, Scope.DIARY_READ, Scope.REPORT, Scope.PRIVACY, Scope.RECEIVE_PUSH}
)
"""Scopes of a patient's device, for the patient's own data only."""

SCOPES_OF_READING_PROXY = frozenset({Scope.SELF, Scope.DIARY_READ})
SCOPES_OF_WRITING_PROXY = SCOPES_OF_READING_PROXY | {Scope.REPORT}
"""Scopes of somebody a patient has let in; never devices, privacy or push."""

SCOPES_OF_SERVICE = frozenset(
    {
        Scope.PATIENTS_READ,
        Scope.REMINDERS_READ,
        Scope.REMINDERS_WRITE,
        Scope.AUDIT_READ,
        Scope.STAFF_READ,
        Scope.METRICS_READ,
    }
)
"""Scopes a service account can have; each key has only those it was created with."""

SCOPES_OF_OPERATOR = frozenset({Scope.METRICS_READ})
"""Scopes that reach beyond a site; only the command line creates or renews keys with them."""

ROLES_OF_A_TEAM = frozenset({Role.NURSE, Role.CLINICIAN})
"""Roles that always belong to one team; the others see the whole site unless they are given one."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Caller of a request: one person, device or service of one site."""

    kind: ActorKind
    id: UUID
    site_id: UUID
    grant_id: UUID
    scopes: frozenset[Scope]
    team_id: UUID | None = None
    """Team whose patients are visible; None: the whole site (coordinator, admin, service)."""
    proxy_id: UUID | None = None
    """Somebody a patient has let in; ``id`` is then the patient's."""
    staff_id: UUID | None = None
    """Staff who write down what a patient says; ``id`` is then the patient's."""

    @property
    def actor_id(self) -> UUID:
        """Id of the person or program that acts, for the audit."""
        return self.staff_id or self.proxy_id or self.id

    @property
    def is_for_patient(self) -> bool:
        """Return whether the caller is a patient or somebody let in by one, who sees this patient only."""
        return self.kind in {ActorKind.PATIENT, ActorKind.PROXY}

    def writing_for(self, patient_id: UUID) -> Self:
        """Return this member of staff as the one who writes down what a patient says."""
        return replace(self, id=patient_id, staff_id=self.id)

    def may(self, scope: Scope) -> bool:
        """Return whether the caller holds ``scope``."""
        return scope in self.scopes
