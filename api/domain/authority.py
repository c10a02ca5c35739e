"""Authority: roles, scopes, and the principal of a request."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class ActorKind(StrEnum):
    """Kind of caller."""

    STAFF = "staff"
    PATIENT = "patient"
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
    REPORT = "report"  # a patient, about the own diary
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

SCOPES_OF_PATIENT = frozenset({Scope.SELF, Scope.REPORT, Scope.PRIVACY, Scope.RECEIVE_PUSH})
"""Scopes of a patient's device, for the patient's own data only."""

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

    def may(self, scope: Scope) -> bool:
        """Return whether the caller holds ``scope``."""
        return scope in self.scopes
