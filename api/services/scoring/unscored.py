"""Marks a patient whom the engine could not score; notifies the team of answers without scores."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from api.db.bulk import upsert
from api.domain.authority import Role
from api.domain.delivery.messages import LIFETIME, MessageKind
from api.domain.trajectory.engine import Engine
from api.models.patient import Trajectory
from api.services.access.recipients import care_team
from api.services.messages import outbox
from api.services.scoring.patient_lock import LockedPatient

NOT_SCORED = "not_scored"
"""The status of a trajectory that could not be scored."""


def mark_unscored(session: Session, locked: LockedPatient, *, engine: Engine, now: datetime) -> None:
    """Store that a patient could not be scored, and notify the team and the operator."""
    unscored = {
        "patient_id": locked.patient_id,
        "change_seq": locked.change_seq,
        "revision": locked.revision + 1,
        "checkpoints_seq": None,
        "engine": None,  # the next entry, or `flask rescore`, tries again from the start
        "state": None,
        "last_day": locked.last_day,
        "last_entry_at": locked.last_entry_at,
        "silent_from": None,
        "status": NOT_SCORED,
        "has_rejected": locked.has_rejected,
    }
    upsert(session, Trajectory, values=[unscored])
    what = f"{engine.version}:{now:%Y-%m-%d}"
    notify_not_scored(session, site_id=locked.site_id, patient_id=locked.patient_id, what=what, now=now)


def notify_not_scored(session: Session, *, site_id: UUID, patient_id: UUID, what: str, now: datetime) -> None:
    """Notify the team once that ``what`` of a patient could not be scored."""
    notice = outbox.Notification(
        kind=MessageKind.NOT_SCORED,
        site_id=site_id,
        purpose=f"not_scored:{patient_id}:{what}",
        topic_of=f"not_scored:{patient_id}",
        not_before=now,
        expires_at=now + LIFETIME[MessageKind.NOT_SCORED],
        patient_id=patient_id,
    )
    team = care_team(session, patient_id, now=now).of_roles(frozenset({Role.NURSE, Role.SITE_ADMIN}))
    outbox.post(session, notice, recipients=team, now=now)
