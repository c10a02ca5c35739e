"""Looks of members of the care team at what a patient has sent: written to the audit, read from it.

A look counts for everything stored so far, so one that leaves out anything new is marked and does not
count: a patient is never told that an entry was read that nobody was shown.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, and_, func, not_, or_, select, true, union_all
from sqlalchemy.orm import Session

from api.db.base import UtcDateTime
from api.domain.alerts.patient_events import NOT_YET_STORED, PatientEventKind
from api.domain.assessments.assessment import AssessmentStatus
from api.domain.authority import Principal
from api.models.assessment import AssessmentRow, AssessmentVersion
from api.models.audit import LOOKS, QUESTIONNAIRE_LOOK, WHOLE_LOOKS, WHOLE_QUESTIONNAIRE_LOOKS, AuditRow
from api.models.entry import EntryRow, EntryVersion
from api.models.patient import Patient
from api.models.site import Site
from api.services import audit

IN_PART = {"in_part": True}
"""Detail of a look that left out something new."""


@dataclass(frozen=True)
class LookedAt:
    """A kind of records that the care team looks at.

    Attributes:
        row: The table of present versions.
        version: The table of former versions.
        record_id: The column of the former versions with the id of their record.
        standing: The condition of records that are not withdrawn.
        actions: Actions in the audit that show such records.
        whole: The condition of looks that left out nothing new.
        event: What a patient is told of the first look.
    """

    row: type[EntryRow] | type[AssessmentRow]
    version: type[EntryVersion] | type[AssessmentVersion]
    record_id: ColumnElement[UUID]
    standing: ColumnElement[bool]
    actions: tuple[str, ...]
    whole: ColumnElement[bool]
    event: PatientEventKind

    def stored(self, patient_id: UUID) -> CompoundSelect[datetime]:
        """Return the query for the moments at which versions of a patient's records were stored."""
        first = select(self.row.received_at.label("at")).where(self.row.patient_id == patient_id)
        further = select(self.version.superseded_at.label("at")).where(self.version.patient_id == patient_id)
        return union_all(first, further)


DIARY = LookedAt(
    EntryRow,
    EntryVersion,
    EntryVersion.entry_id.expression,
    EntryRow.withdrawn.is_(False),
    LOOKS,
    WHOLE_LOOKS,
    PatientEventKind.ENTRY_READ,
)
QUESTIONNAIRES = LookedAt(
    AssessmentRow,
    AssessmentVersion,
    AssessmentVersion.assessment_id.expression,
    AssessmentRow.status != AssessmentStatus.WITHDRAWN,
    (QUESTIONNAIRE_LOOK,),
    WHOLE_QUESTIONNAIRE_LOOKS,
    PatientEventKind.ASSESSMENT_READ,
)


def record_look(
    session: Session,
    action: str,
    patient_id: UUID,
    *,
    unseen: ColumnElement[bool],
    by: Principal,
    now: datetime,
    of: LookedAt = DIARY,
) -> None:
    """Audit that a patient's diary, trajectory or questionnaires were read.

    Args:
        session: The database.
        action: One of the actions that show such records.
        patient_id: The patient.
        unseen: The condition of records that were not shown.
        by: Who reads.
        now: The time of the look.
        of: The kind of records.
    """
    new = _new_since(session, patient_id, of)
    left_out = select(of.row.id).where(of.row.patient_id == patient_id, *new, unseen).limit(1)
    detail = None if session.scalar(left_out) is None else IN_PART
    audit.record(session, action, by=by, now=now, patient_id=patient_id, detail=detail)


def outside(since: date | None, until: date | None) -> ColumnElement[bool]:
    """Return the condition of entries about days outside a period."""
    after = [EntryRow.local_date >= since] if since is not None else []
    before = [EntryRow.local_date <= until] if until is not None else []
    return not_(and_(true(), *after, *before))


def _new_since(session: Session, patient_id: UUID, of: LookedAt) -> list[ColumnElement[bool]]:
    """Return the conditions of records whose present version no look counts for yet."""
    looks = select(func.max(AuditRow.at, type_=UtcDateTime))
    last = session.scalar(looks.where(AuditRow.patient_id == patient_id, of.whole))
    if last is None:
        return [of.standing]
    counted = last - NOT_YET_STORED
    corrected = select(of.record_id).where(
        of.version.patient_id == patient_id, of.version.superseded_at > counted
    )
    return [of.standing, or_(of.row.received_at > counted, of.row.id.in_(corrected))]


def read_times(
    session: Session, patient_id: UUID, received: Mapping[UUID, datetime]
) -> Mapping[UUID, datetime]:
    """Return by entry when its present version was first looked at; empty where the site hides this.

    A look is one at the diary or the trajectory by a member of staff that left out nothing new.

    Args:
        session: The database.
        patient_id: The patient.
        received: By entry, when its present version was received; without withdrawn entries, which nobody
            looks at.
    """
    here = select(Site.hidden_events).join(Patient, Patient.site_id == Site.id)
    hidden = session.scalar(here.where(Patient.id == patient_id)) or ()
    if PatientEventKind.ENTRY_READ in hidden or not received:
        return {}
    stored = {entry_id: moment + NOT_YET_STORED for entry_id, moment in received.items()}
    looks = _looks(session, patient_id, first=min(stored.values()), last=max(stored.values()))
    places = {entry_id: bisect_left(looks, moment) for entry_id, moment in stored.items()}
    return {entry_id: looks[place] for entry_id, place in places.items() if place < len(looks)}


def _looks(session: Session, patient_id: UUID, *, first: datetime, last: datetime) -> Sequence[datetime]:
    """Return the moments of the looks from ``first`` up to the first one from ``last`` on, in order."""
    looks = select(AuditRow.at).where(AuditRow.patient_id == patient_id, WHOLE_LOOKS)
    end = session.scalar(looks.where(AuditRow.at >= last).order_by(AuditRow.at).limit(1))
    period = looks.where(AuditRow.at >= first)
    if end is not None:
        period = period.where(AuditRow.at <= end)
    return session.scalars(period.order_by(AuditRow.at)).all()
