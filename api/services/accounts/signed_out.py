"""Patients whose last device was signed out by something other than themselves: a mark and a notice."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from api.domain.authority import ActorKind, Role
from api.domain.delivery.messages import MessageKind
from api.domain.enrolment import PatientStatus
from api.models.identity import Grant
from api.models.patient import Patient
from api.services.access.recipients import care_team
from api.services.messages import outbox

NOTIFIED_ROLES = frozenset({Role.NURSE, Role.COORDINATOR})
"""Roles that make activation codes in daily work."""


def record(session: Session, ended: Sequence[UUID], *, because: str, now: datetime) -> None:
    """Mark active patients without another sign-in, and notify the team of each once."""
    theirs, other = aliased(Grant), aliased(Grant)
    has_another = exists().where(
        other.kind == ActorKind.PATIENT, other.subject_id == Patient.id, other.revoked_at.is_(None)
    )
    left = (
        select(Patient)
        .join(theirs, theirs.subject_id == Patient.id)
        .where(theirs.id.in_(ended), theirs.kind == ActorKind.PATIENT)
        .where(Patient.status == PatientStatus.ACTIVE, ~has_another)
    )
    for patient in session.scalars(left).unique():
        patient.signed_out_at, patient.signed_out_because = now, because
        _notify_team(session, patient, now=now)
    session.flush()


def _notify_team(session: Session, patient: Patient, *, now: datetime) -> None:
    notice = outbox.Notification(
        kind=MessageKind.SIGNED_OUT,
        site_id=patient.site_id,
        purpose=f"signed_out:{patient.id}:{now.isoformat()}",
        topic_of=f"signed_out:{patient.id}",
        not_before=now,
        patient_id=patient.id,
    )
    recipients = care_team(session, patient.id, now=now).of_roles(NOTIFIED_ROLES)
    outbox.post(session, notice, recipients=recipients, now=now)
