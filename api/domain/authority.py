"""Who may do what: roles, scopes, and the principal every request acts as."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class ActorKind(StrEnum):
    """What kind of caller acts."""

    STAFF = "staff"
    PATIENT = "patient"
    SERVICE = "service"
    SYSTEM = "system"


class Role(StrEnum):
    """What a member of staff is."""

    NURSE = "nurse"
    CLINICIAN = "clinician"
    COORDINATOR = "coordinator"
    SITE_ADMIN = "site_admin"


class StaffStatus(StrEnum):
    """Whether a member of staff may sign in; only an active one is told of alerts."""

    INVITED = "invited"  # has not set a password yet
    ACTIVE = "active"
    DEACTIVATED = "deactivated"


class Scope(StrEnum):
    """One thing that may be done; every route asks for exactly one."""

    SELF = "self"  # any signed-in caller, about itself
    REPORT = "report"  # a patient, about herself
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
    METRICS_READ = "metrics:read"  # of the whole server, so a key of the operator's, no role of a site
    POLICY_READ = "policy:read"
    POLICY_WRITE = "policy:write"
    ROTAS_WRITE = "rotas:write"
    REPORTS_READ = "reports:read"
    RECEIVE_PUSH = "push:receive"
    WEBHOOKS = "webhooks"


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
    Role.CLINICIAN: _CARE,
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
    },
}
"""What each role may do at its own site."""

SCOPES_TO_ENROL = frozenset({Scope.SELF, Scope.STAFF_SELF})
"""What staff may do who must set up one-time codes first: their own account, and no patient's data."""

SCOPES_OF_PATIENT = frozenset({Scope.SELF, Scope.REPORT, Scope.RECEIVE_PUSH})
"""What a patient's device may do, about herself only."""

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
"""What a service account may be given; each key has only what it was made with."""

SCOPES_OF_OPERATOR = frozenset({Scope.METRICS_READ})
"""What reaches beyond a site, so that only the command line gives it or renews a key that holds it."""

ROLES_OF_A_TEAM = frozenset({Role.NURSE, Role.CLINICIAN})
"""Roles that always belong to one team; the others see the whole site unless they are given one."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who a request acts as: one site, and within it one person, device or service."""

    kind: ActorKind
    id: UUID
    site_id: UUID
    grant_id: UUID
    scopes: frozenset[Scope]
    team_id: UUID | None = None
    """The team whose patients are seen; None sees the whole site (coordinator, admin, service)."""

    def may(self, scope: Scope) -> bool:
        """Say whether the caller holds ``scope``."""
        return scope in self.scopes
