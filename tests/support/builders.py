"""Builders of test data with defaults that a test overrides."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.domain.authority import (
    SCOPES_OF_PATIENT,
    SCOPES_OF_ROLE,
    SCOPES_OF_SERVICE,
    ActorKind,
    Principal,
    Role,
    Scope,
)
from api.domain.entries.questions import Entry
from api.domain.instruments import registry
from api.domain.instruments.wording import read_wording
from api.models.measurement import MeasurementRow
from api.models.patient import Patient, PatientZone, Trajectory
from api.models.site import Site, Team
from api.models.staff import ServiceAccount, Staff
from api.services.access import tokens
from api.services.accounts import activations, proxies
from api.services.accounts.proxies import Invitee
from api.services.care.measurements import record_measurement
from api.services.instruments.wordings import load_wording

PASSWORD = "correct horse battery"
"""Every built member of staff's password; hashed when a test signs in, not when it builds."""


def an_entry(**answers: Any) -> Entry:
    """Return an entry of 1 March 2026 with a worst pain of 3 by default."""
    day = answers.pop("local_date", date(2026, 3, 1))
    moment = answers.pop("recorded_at", datetime(day.year, day.month, day.day, 19, tzinfo=UTC))
    return Entry(answers.pop("id", uuid4()), moment, day, answers or {"pain_worst": 3})


def a_report(**answers: Any) -> dict[str, Any]:
    """Return the JSON a phone posts for an entry of now with a worst pain of 3."""
    moment = answers.pop("recorded_at", datetime.now(UTC) - timedelta(seconds=1))
    report: dict[str, Any] = {
        "id": str(answers.pop("id", uuid4())),
        "recorded_at": moment.isoformat() if isinstance(moment, datetime) else moment,
    }
    if "local_date" in answers:
        report["local_date"] = str(answers.pop("local_date"))
    return report | (answers or {"pain_worst": 3})


def a_questionnaire(answers: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return the JSON a phone posts for a BPI-SF completed just now, by default."""
    recorded_at = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
    sent = {"id": str(uuid4()), "instrument": "bpi-sf", "status": "complete", "recorded_at": recorded_at}
    return sent | {"answers": answers} | changes


@dataclass
class Signed:
    """A signed-in caller, with the header of its requests."""

    principal: Principal
    token: str
    headers: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        """Make the header."""
        self.headers = {"Authorization": f"Bearer {self.token}"}

    @property
    def id(self) -> UUID:
        """Return the person's or service's id."""
        return self.principal.id


@dataclass
class Clinic:
    """A site with people in it."""

    site: Site
    team: Team
    nurse: Signed
    clinician: Signed
    coordinator: Signed
    site_admin: Signed
    patient: Signed
    scheduler: Signed

    def everybody(self) -> dict[str, Signed]:
        """Return each kind of caller by name."""
        return {
            name: getattr(self, name)
            for name in ("nurse", "clinician", "coordinator", "site_admin", "patient", "scheduler")
        }


def a_clinic(session: Session, *, now: datetime, name: str = "St. Example") -> Clinic:
    """Create a clinic with one caller of each kind, all signed in."""
    site = Site(name=name, timezone="Europe/Berlin", contact="Call 030 1234.", created_at=now)
    session.add(site)
    session.flush()
    team = Team(site_id=site.id, name="Breast clinic")
    session.add(team)
    session.flush()
    staff = {role: a_member_of_staff(session, team, role=role, now=now) for role in Role}
    patient = a_patient(session, team, now=now)
    service = ServiceAccount(
        site_id=site.id, name="scheduler", scopes=sorted(SCOPES_OF_SERVICE), created_at=now
    )
    session.add(service)
    session.flush()
    return Clinic(
        site=site,
        team=team,
        nurse=signed_in(session, staff[Role.NURSE], now=now),
        clinician=signed_in(session, staff[Role.CLINICIAN], now=now),
        coordinator=signed_in(session, staff[Role.COORDINATOR], now=now),
        site_admin=signed_in(session, staff[Role.SITE_ADMIN], now=now),
        patient=signed_in(session, patient, now=now),
        scheduler=signed_in(session, service, now=now),
    )


def a_member_of_staff(
    session: Session, team: Team, *, now: datetime, role: Role = Role.NURSE, **changes: Any
) -> Staff:
    """Create a member of staff of the team; coordinators and admins see the whole site."""
    of_team = role in {Role.NURSE, Role.CLINICIAN}
    values: dict[str, Any] = {
        "site_id": team.site_id,
        "team_id": team.id if of_team else None,
        "email": f"{role.value}-{uuid4().hex[:8]}@example.org",
        "name": f"A {role.value}",
        "role": role,
        "password_hash": "unusable",
        "email_notices": False,  # no address without push; a test turns e-mail on where it needs it
        "created_at": now,
    }
    member = Staff(**values | changes)
    session.add(member)
    session.flush()
    return member


def a_patient(session: Session, team: Team, *, now: datetime, **changes: Any) -> Patient:
    """Create a patient of the team."""
    values: dict[str, Any] = {
        "site_id": team.site_id,
        "team_id": team.id,
        "reference": f"P-{uuid4().hex[:8]}",
        "name": "Ada Example",
        "birth_year": 1960,
        "timezone": "Europe/Berlin",
        "ai": "letrozole",
        "ai_started_on": None,
        "check_in_at": time(9),
        "quiet_from": time(21),
        "quiet_until": time(8),
        "enrolled_at": now,
    }
    patient = Patient(**values | changes)
    session.add(patient)
    session.flush()
    session.add(PatientZone(patient_id=patient.id, since=now, timezone=patient.timezone))
    session.add(Trajectory(patient_id=patient.id))
    session.flush()
    return patient


def a_known_level(session: Session, patient_id: UUID, *, now: datetime) -> UUID:
    """Let the team know of the pain of a patient today; return the id of the expected level."""
    level_id, today = uuid4(), now.date().isoformat()
    of_alert = {"alert_id": None, "ended_at": None, "ended_by": None}
    known = {"id": str(level_id), "symptom": "pain", "level": 6, "since": today, "until": today}
    known |= {"set_at": now.isoformat(), "set_by": str(uuid4())}
    session.get_one(Patient, patient_id).expected_levels = [known | of_alert]
    session.flush()
    return level_id


def a_measurement(session: Session, patient_id: UUID, body: Mapping[str, Any]) -> MeasurementRow:
    """Record a measurement of a patient by a member of staff of the site."""
    patient = session.get_one(Patient, patient_id)
    staff = session.scalars(select(Staff).where(Staff.site_id == patient.site_id).limit(1)).one()
    by = Principal(ActorKind.STAFF, staff.id, staff.site_id, uuid4(), frozenset())
    sent = {"id": str(uuid4()), "measured_on": str(datetime.now(UTC).date()), **body}
    row, _ = record_measurement(session, by, patient, sent, now=datetime.now(UTC))
    return row


def signed_in(session: Session, person: Staff | Patient | ServiceAccount, *, now: datetime) -> Signed:
    """Sign a person or service in at ``now``."""
    if isinstance(person, Staff):
        kind, scopes = ActorKind.STAFF, SCOPES_OF_ROLE[Role(person.role)]
    elif isinstance(person, Patient):
        kind, scopes = ActorKind.PATIENT, SCOPES_OF_PATIENT
    else:
        kind, scopes = ActorKind.SERVICE, frozenset({*map(Scope, person.scopes), Scope.SELF})
    team_id = person.team_id if isinstance(person, Staff) else None
    issued = tokens.grant(
        session,
        kind=kind,
        subject_id=person.id,
        site_id=person.site_id,
        team_id=team_id,
        scopes=scopes,
        label="a test",
        now=now,
    )
    return Signed(Principal(kind, person.id, person.site_id, issued.grant_id, scopes, team_id), issued.access)


def a_proxy(session: Session, patient: Signed, *, now: datetime, may_write: bool = True) -> Signed:
    """Let somebody in for a week, and sign them in."""
    key = activations.key_of("")
    invitee = Invitee(uuid4(), "Alex", may_write, now + timedelta(days=7))
    lifetime = timedelta(hours=1)
    _, new, _ = proxies.invite(session, patient.principal, invitee, key=key, lifetime=lifetime, now=now)
    issued = proxies.redeem(session, new.code, key=key, label="a test", now=now, lifetimes=tokens.Lifetimes())
    assert issued is not None
    principal = tokens.authenticate(session.connection(), issued.access, now=now)
    assert principal is not None
    return Signed(principal, issued.access)


def a_text(session: Session, site: Site, code: str, *, now: datetime) -> None:
    """Load an English wording of a questionnaire at a site, so that it can be shown."""
    instrument = registry.find(code)
    items = {item.id: "words" for item in instrument.items}
    document = {"language": "en", "licence": "granted to a test", "items": items}
    load_wording(session, site, instrument, read_wording(instrument, document), now=now)
