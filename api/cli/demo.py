"""A demo clinic with invented patients, one for each kind of trajectory."""

import math
import secrets
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import click
from flask.cli import with_appcontext
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.cli.demo_contacts import DEMO_CONTACTS
from api.cli.demo_stories import STORIES, Story, Switch
from api.cli.demo_wording import DEMO_INSTRUMENT, demo_wording
from api.cli.transactions import app_database, app_engine, app_settings
from api.domain.authority import ActorKind, Principal, Role, Scope
from api.domain.diary.treatments import StopReason, Treatment
from api.domain.enrolment import AromataseInhibitor, Language, PatientStatus
from api.domain.trajectory.engine import Engine
from api.models.patient import Patient
from api.models.site import Site
from api.models.staff import Staff
from api.services.accounts import accounts, activations
from api.services.entries.record import EntrySubmission, record_entries
from api.services.instruments import wordings
from api.services.organisation import service_keys
from api.services.patients import enrolment, treatments
from config.private_files import make_private

DEMO_SITE = "Demo breast clinic"
DAYS_BEFORE_TABLETS = 14
PHONE_OF = "D-002"
"""Reference of the patient whose phone can be used to try the app."""
CODE_LINE = "Activation code of"


@click.command()
@click.option(
    "--sign-ins",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write the sign-ins to this file.",
)
@with_appcontext
def seed(sign_ins: Path | None) -> None:
    """Create a demo clinic with invented patients; if it exists, renew its codes and keys.

    That is the activation code: it works once, and for 72 hours.
    """
    now, key = datetime.now(UTC), activations.key_of(app_settings().secret_key)
    with app_database().begin() as session:
        site_id = session.scalar(select(Site.id).where(Site.name == DEMO_SITE))
        if site_id:
            click.echo(f"{DEMO_SITE} is there already.")
            if not (sign_ins and sign_ins.exists()):
                return
            lines = _renewed(session, site_id, sign_ins.read_text().splitlines(), key=key, now=now)
        else:
            lines = _build(session, app_engine(), now, key=key)
    text = "\n".join(lines)
    click.echo(text)
    if sign_ins:
        make_private(sign_ins)
        sign_ins.write_text(text)


def _build(session: Session, engine: Engine, now: datetime, *, key: bytes) -> list[str]:
    site = accounts.create_site(session, name=DEMO_SITE, timezone="Europe/Berlin", now=now, **DEMO_CONTACTS)
    lines = ["Sign-ins of the demo clinic (POST /v1/sessions):"]
    members: dict[Role, Staff] = {}
    for role in Role:
        password, email = secrets.token_urlsafe(12), _email_of(role)
        members[role] = accounts.create_staff(
            session, site=site, email=email, name=f"Demo {role.value}", role=role, password=password, now=now
        )
        lines.append(f"  {role.value:12} {email:26} {password}")
    scopes = [Scope.REMINDERS_READ, Scope.REMINDERS_WRITE]
    made = service_keys.create(session, None, site_id=site.id, name="demo scheduler", scopes=scopes, now=now)
    lines.append(f"Key of the scheduler (GET/POST /v1/reminders): {made.secret}")
    for language in Language:
        wordings.load_wording(session, site, DEMO_INSTRUMENT, demo_wording(language), now=now)
    coordinator = _as_staff(members[Role.COORDINATOR])
    for story in STORIES:
        patient = enrolment.enrol(
            session,
            coordinator,
            {
                "reference": story.reference,
                "name": story.name,
                "birth_year": 1958,
                "timezone": "Europe/Berlin",
                "ai": story.ai,
                "ai_started_on": (now - timedelta(days=story.days - 1 - DAYS_BEFORE_TABLETS)).date(),
                "phone": "+49 30 555 0101",
            },
            now=now,
        )
        if story.switch is not None:
            history = _treatments(story, story.switch, now)
            treatments.set_treatments(session, coordinator, patient, history, now=now)
        _report(session, patient, story, engine=engine, now=now)
        if story.reference == PHONE_OF:
            lines.append(_activation_code(session, coordinator, patient, key=key, now=now))
    return lines


def _renewed(session: Session, site_id: UUID, lines: list[str], *, key: bytes, now: datetime) -> list[str]:
    """Return the sign-ins with a new activation code where its patient still takes one."""
    coordinator = session.scalars(
        select(Staff).where(Staff.site_id == site_id, Staff.email == _email_of(Role.COORDINATOR))
    ).first()
    patient = session.scalars(
        select(Patient).where(Patient.site_id == site_id, Patient.reference == PHONE_OF).with_for_update()
    ).first()
    if coordinator is None or patient is None or patient.status != PatientStatus.ACTIVE:
        return lines
    kept = (line for line in lines if not line.startswith(CODE_LINE))
    return [*kept, _activation_code(session, _as_staff(coordinator), patient, key=key, now=now)]


def _activation_code(session: Session, by: Principal, patient: Patient, *, key: bytes, now: datetime) -> str:
    made = activations.make_code(session, by, patient, key=key, now=now, lifetime=timedelta(hours=72))
    return f"{CODE_LINE} {patient.name} (POST /v1/activations): {made.code}"


def _email_of(role: Role) -> str:
    return f"{role.value}@demo.example".replace("_", "-")


def _as_staff(member: Staff) -> Principal:
    scopes = frozenset({Scope.PATIENTS_WRITE})
    return Principal(ActorKind.STAFF, member.id, member.site_id, member.id, scopes, member.team_id)


def _treatments(story: Story, switch: Switch, now: datetime) -> list[Treatment]:
    """Return the treatments of a patient who changed tablets because of side effects."""
    first = now.date() - timedelta(days=story.days - 1)
    began, last, again = (
        first + timedelta(days=day) for day in (DAYS_BEFORE_TABLETS, switch.last_day, switch.first_day)
    )
    before = Treatment(switch.before, began, last, StopReason.SIDE_EFFECTS)
    return [before, Treatment(AromataseInhibitor(story.ai), again)]


def _report(session: Session, patient: Patient, story: Story, *, engine: Engine, now: datetime) -> None:
    first = now.date() - timedelta(days=story.days - 1)
    items = []
    for number in range(story.days):
        answers = story.answers_on(number, 1.1 * math.sin(number * 2.4) + 0.6 * math.sin(number * 0.9))
        if answers is not None:
            if number < DAYS_BEFORE_TABLETS:
                answers = {name: answers[name] for name in ("pain_worst", "stiffness") if name in answers}
            items.append(_item(patient, first + timedelta(days=number), answers, now))
    phone = Principal(ActorKind.PATIENT, patient.id, patient.site_id, patient.id, frozenset({Scope.REPORT}))
    (result,) = record_entries(session, [EntrySubmission(phone, items)], engine=engine, now=now)
    result.results()


def _item(patient: Patient, day: date, answers: dict[str, Any], now: datetime) -> dict[str, Any]:
    moment = min(datetime.combine(day, time(19, 30), UTC), now)
    made = uuid5(NAMESPACE_URL, f"{patient.id}/{day}")
    return {"id": str(made), "recorded_at": moment.isoformat(), "local_date": str(day), **answers}
