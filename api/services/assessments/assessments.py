"""Records, continues, corrects and withdraws the questionnaires that patients answer."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from api.domain.assessments.assessment import (
    Assessment,
    AssessmentStatus,
    AssessmentSubmission,
    read_assessment,
)
from api.domain.authority import Principal
from api.domain.entries.origin import EntryOrigin, origin_of
from api.domain.errors import AssessmentConflict, InstrumentRetired
from api.domain.instruments import registry
from api.domain.instruments.definition import Instrument
from api.domain.instruments.registry import INSTRUMENTS
from api.domain.trajectory.engine import Engine
from api.models.assessment import AssessmentRow, AssessmentVersion
from api.services import audit
from api.services.assessments import assessment_scores
from api.services.reminders import close
from api.services.scoring import date_floor, questionnaire_entries, score
from api.services.scoring.parse_items import zones_of
from api.services.scoring.patient_lock import LockedPatient, locked_and_active
from api.services.versioned import ASSESSMENTS, VersionCheck, newest_change


def record_assessment(
    session: Session,
    by: Principal,
    assessment_id: UUID,
    sent: AssessmentSubmission,
    *,
    engine: Engine,
    now: datetime,
    among: Sequence[Instrument] = INSTRUMENTS,
) -> tuple[AssessmentRow, bool]:
    """Start an assessment, or record a complete one; the client's id creates it once.

    A complete one counts for the severity from its day on; ``engine`` is the server's.

    Returns:
        The assessment, and whether it is new. The same content again returns the first one.

    Raises:
        AssessmentConflict: The id belongs to other content.
        UnknownInstrument: There is no such instrument.
        InstrumentRetired: The instrument takes no new assessment about that date.
        InvalidAnswers: An answer is not one its item takes.
        InvalidMoment: A moment is impossible.
        PatientNotActive: The patient has left monitoring.
    """
    locked = locked_and_active(session, by, now=now)
    row = session.get(AssessmentRow, (locked.patient_id, assessment_id))
    if row is not None:
        _check_is_retry(session, locked, row, sent, now=now, among=among)
        return row, False
    instrument = registry.find(sent.instrument or "", sent.instrument_version, among=among)
    assessment = _read(session, locked, sent, instrument, now=now)
    if instrument.retired and instrument.is_retired(on=assessment.local_date):
        raise InstrumentRetired(f"{instrument.code} {instrument.version} {instrument.retired.notice}")
    date_floor.check_assessment(locked, assessment)
    row = AssessmentRow(
        patient_id=locked.patient_id, id=assessment_id, received_at=now, version=1, grant_id=by.grant_id
    )
    _set_content(row, assessment, sent.origin or origin_of(by))
    number_change(session, row)
    session.add(row)
    session.flush()
    assessment_scores.score(session, row, site_id=locked.site_id, now=now, among=among)
    _settle(session, locked, row, now=now)
    if row.status == AssessmentStatus.COMPLETE:
        entry = questionnaire_entries.entry_of(session, row)
        locked.last_entry_at = max(locked.last_entry_at or entry.recorded_at, entry.recorded_at)
        score.score_all(session, [score.NewEntries(locked, [entry])], engine=engine, now=now)
    _audit(session, "assessment.recorded", by, row, now=now)
    return row, True


def change_assessment(
    session: Session,
    by: Principal,
    assessment_id: UUID,
    sent: AssessmentSubmission,
    *,
    check_version: VersionCheck,
    engine: Engine,
    now: datetime,
    among: Sequence[Instrument] = INSTRUMENTS,
) -> AssessmentRow:
    """Continue, complete or correct an assessment, from any device; a withdrawn one counts again.

    The same content again changes nothing, so that a retry is safe. The former content is kept.

    Raises:
        UnknownAssessment: The patient has none with this id.
        AssessmentConflict: It is of another instrument, or is complete and would be partial again.
        InvalidAnswers: An answer is not one its item takes.
        InvalidMoment: A moment is impossible.
    """
    close.lock_patient(session, by.id)
    locked = locked_and_active(session, by, now=now)
    row = ASSESSMENTS.find(session, locked.patient_id, assessment_id)
    if sent.instrument not in {None, row.instrument}:
        raise AssessmentConflict(f"this assessment is of {row.instrument}, not of {sent.instrument}")
    instrument = registry.find(row.instrument, sent.instrument_version or row.instrument_version, among=among)
    is_claimed_again = sent.recorded_at == row.claimed_at
    about = _claimed_day(row) if is_claimed_again else row.local_date
    day = about if row.completed_at is not None else None  # a correction is about the same day
    assessment = _read(session, locked, sent, instrument, started_at=row.started_at, day=day, now=now)
    is_moved = sent.origin is not None and sent.origin.differs_from(row.via, row.reported_by)
    if _has_content(row, assessment, sent) and not is_moved:
        return row
    if is_claimed_again:
        assessment = _with_earlier_clock_correction(row, assessment, sent)
    date_floor.check_assessment(locked, assessment, was_about=row.local_date)
    ASSESSMENTS.supersede(session, row, check_version=check_version, by=by, now=now)
    number_change(session, row)
    if row.status == AssessmentStatus.COMPLETE and assessment.status is AssessmentStatus.PARTIAL:
        raise AssessmentConflict("it is complete; correct its answers, or withdraw it")
    lost, since = row.local_date, min(row.local_date, assessment.local_date)
    was_complete = row.status == AssessmentStatus.COMPLETE
    _set_content(row, assessment, sent.origin or origin_of(by))
    session.flush()
    assessment_scores.score(session, row, site_id=locked.site_id, now=now, among=among)
    if was_complete:
        close.reopen_after_change(session, locked.patient_id, lost=lost, has_responded=True, now=now)
    else:
        _settle(session, locked, row, now=now)
    if row.status == AssessmentStatus.COMPLETE:
        score.rescore(session, locked, engine=engine, now=now, since=since)
    _audit(session, "assessment.changed", by, row, now=now)
    return row


def withdraw_assessment(
    session: Session,
    by: Principal,
    assessment_id: UUID,
    *,
    check_version: VersionCheck,
    engine: Engine,
    now: datetime,
) -> None:
    """Withdraw an assessment from scoring and comparisons; it stays in its history.

    Raises:
        UnknownAssessment: The patient has none with this id.
    """
    close.lock_patient(session, by.id)
    locked = locked_and_active(session, by, now=now)
    row = ASSESSMENTS.find(session, locked.patient_id, assessment_id)
    if row.status == AssessmentStatus.WITHDRAWN:
        return
    ASSESSMENTS.supersede(session, row, check_version=check_version, by=by, now=now)
    number_change(session, row)
    counted = row.status == AssessmentStatus.COMPLETE
    row.status, row.scorer = AssessmentStatus.WITHDRAWN, None
    session.flush()
    if counted:
        score.rescore(session, locked, engine=engine, now=now, since=row.local_date)
        close.reopen_after_change(
            session, locked.patient_id, lost=row.local_date, has_responded=False, now=now
        )
    _audit(session, "assessment.withdrawn", by, row, now=now)


def number_change(session: Session, row: AssessmentRow) -> None:
    """Give an assessment the next number of the change feed; its patient is locked."""
    row.change_seq = newest_change(session, AssessmentRow, row.patient_id) + 1


def _settle(session: Session, locked: LockedPatient, row: AssessmentRow, *, now: datetime) -> None:
    """Close the reminders of a completed assessment."""
    if locked.is_prompted and row.status == AssessmentStatus.COMPLETE:
        close.close_done(session, locked.patient_id, has_responded=True, now=now)


def _check_is_retry(
    session: Session,
    locked: LockedPatient,
    row: AssessmentRow,
    sent: AssessmentSubmission,
    *,
    now: datetime,
    among: Sequence[Instrument],
) -> None:
    """Raise unless the content is that with which the assessment was created (a late retry)."""
    first = ASSESSMENTS.original(session, row)
    if sent.instrument == row.instrument:
        version = sent.instrument_version or first.instrument_version
        instrument = registry.find(row.instrument, version, among=among)
        at, day = first.started_at, _claimed_day(first)
        assessment = _read(session, locked, sent, instrument, started_at=at, day=day, now=now)
        if _has_content(first, assessment, sent):
            return
    raise ASSESSMENTS.id_in_use()


def _read(
    session: Session,
    locked: LockedPatient,
    sent: AssessmentSubmission,
    instrument: Instrument,
    *,
    now: datetime,
    started_at: datetime | None = None,
    day: date | None = None,
) -> Assessment:
    """Check what was sent; ``started_at`` and ``day`` are the defaults of missing values."""
    zone_at = zones_of(session, locked)
    return read_assessment(
        sent,
        instrument,
        day_of=lambda moment: moment.astimezone(zone_at(moment)).date(),
        started_at=started_at,
        born_in=locked.birth_year,
        now=now,
        day=day,
    )


def _set_content(row: AssessmentRow, assessment: Assessment, origin: EntryOrigin) -> None:
    row.via, row.reported_by = origin.via, origin.reported_by
    complete = assessment.status is AssessmentStatus.COMPLETE
    row.completed_at = (row.completed_at or assessment.recorded_at) if complete else None
    row.instrument, row.instrument_version = assessment.instrument.code, assessment.instrument.version
    row.status = assessment.status
    row.started_at, row.recorded_at, row.local_date = (
        assessment.started_at,
        assessment.recorded_at,
        assessment.local_date,
    )
    row.claimed_at, row.claimed_date = assessment.claimed_at, assessment.claimed_date
    row.answers, row.options = dict(assessment.answers), dict(assessment.options)


def _audit(session: Session, action: str, by: Principal, row: AssessmentRow, *, now: datetime) -> None:
    detail = {"instrument": row.instrument, "status": str(row.status)}
    audit.record(session, action, by=by, now=now, patient_id=row.patient_id, object_id=row.id, detail=detail)


def _has_content(
    row: AssessmentRow | AssessmentVersion, assessment: Assessment, sent: AssessmentSubmission
) -> bool:
    """Return whether a row holds what was sent; corrected moments count as the phone sent them."""
    if sent.started_at is not None and sent.started_at != row.started_at + _ahead(row):
        return False
    return (
        (row.status, row.instrument_version) == (assessment.status, assessment.instrument.version)
        and row.recorded_at + _ahead(row) == sent.recorded_at
        and _claimed_day(row) == _claimed_day(assessment)
        and (row.answers, row.options) == (assessment.answers, assessment.options)
    )


def _ahead(row: AssessmentRow | AssessmentVersion) -> timedelta:
    """Return the time by which the moments of a row were moved back."""
    return timedelta(0) if row.claimed_at is None else row.claimed_at - row.recorded_at


def _claimed_day(assessment: Assessment | AssessmentRow | AssessmentVersion) -> date:
    """Return the day it is about by the phone's clock."""
    return assessment.claimed_date or assessment.local_date


def _with_earlier_clock_correction(
    row: AssessmentRow, assessment: Assessment, sent: AssessmentSubmission
) -> Assessment:
    """Correct the moments as the first time, where the phone sends the same moment again."""
    day = row.local_date if _claimed_day(assessment) == _claimed_day(row) else assessment.local_date
    return replace(
        assessment,
        recorded_at=row.recorded_at,
        started_at=row.started_at if sent.started_at is None else sent.started_at - _ahead(row),
        local_date=day,
        claimed_at=row.claimed_at,
        claimed_date=_claimed_day(assessment),
    )
