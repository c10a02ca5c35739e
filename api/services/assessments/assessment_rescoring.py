"""Rescores assessments by newer versions of their instruments; old scores are kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, false, or_, select
from sqlalchemy.orm import Session

from api.domain.assessments.assessment import AssessmentStatus
from api.domain.errors import DomainError
from api.domain.instruments.definition import Instrument
from api.domain.instruments.fingerprint import fingerprint
from api.domain.instruments.registry import INSTRUMENTS, newest
from api.domain.trajectory.engine import Engine
from api.models.assessment import AssessmentRow
from api.services import audit
from api.services.assessments import assessment_scores, assessments
from api.services.scoring import patient_lock, present_scores, score

OTHER_ANSWERS = "its answers do not fit this version"

Key = tuple[UUID, UUID]
"""Patient and assessment."""


@dataclass(frozen=True, slots=True)
class RescoringDifference:
    """The effect of rescoring one assessment.

    ``changed`` names the scores that differ. ``problem`` is the reason why the newest version
    cannot score it; then nothing changes.
    """

    instrument: str
    version: str
    changed: tuple[str, ...]
    problem: str | None = None


def outdated(session: Session, *, among: Sequence[Instrument] = INSTRUMENTS) -> list[Key]:
    """Return the complete assessments not scored by the newest version of their instrument."""
    left = [
        and_(
            AssessmentRow.instrument == code,
            or_(AssessmentRow.scorer.is_(None), AssessmentRow.scorer != fingerprint(instrument)),
        )
        for code, instrument in newest(among).items()
    ]
    query = (
        select(AssessmentRow.patient_id, AssessmentRow.id)
        .where(AssessmentRow.status == AssessmentStatus.COMPLETE, or_(false(), *left))
        .order_by(AssessmentRow.patient_id, AssessmentRow.id)
    )
    return [(patient_id, assessment_id) for patient_id, assessment_id in session.execute(query)]


def difference(
    session: Session, key: Key, *, among: Sequence[Instrument] = INSTRUMENTS
) -> RescoringDifference:
    """Return what rescoring an assessment would change, without writing."""
    found, _ = _again(session, session.get_one(AssessmentRow, key), among)
    return found


def rescore(
    session: Session, key: Key, *, engine: Engine, now: datetime, among: Sequence[Instrument] = INSTRUMENTS
) -> RescoringDifference:
    """Rescore an assessment by its instrument's newest version, and return what changed.

    Where a score changes, the patient is rescored by the site's engine, or the server's ``engine``.
    The former scores stay beside the new ones, and stay the present ones where the newest version
    cannot score the answers.
    """
    locked = patient_lock.lock(session, key[0], now=now)
    row = session.get_one(AssessmentRow, key)
    found, made = _again(session, row, among)
    if made is None or row.status != AssessmentStatus.COMPLETE:
        return found
    assessment_scores.keep(session, row, *made, now=now)
    assessments.number_change(session, row)
    if found.changed:
        session.flush()
        score.rescore(session, locked, engine=engine, now=now)
    audit.record(
        session,
        "assessment.rescored",
        by=None,
        now=now,
        site_id=locked.site_id,
        patient_id=row.patient_id,
        object_id=row.id,
        detail={"instrument": row.instrument, "version": made[0].version},
    )
    return found


def _again(
    session: Session, row: AssessmentRow, among: Sequence[Instrument]
) -> tuple[RescoringDifference, assessment_scores.Made | None]:
    latest = newest(among)[row.instrument]
    try:
        made = assessment_scores.scored_by_newest(row, among=among)
    except DomainError:
        return RescoringDifference(row.instrument, latest.version, (), OTHER_ANSWERS), None
    except Exception as error:  # noqa: BLE001 - one that cannot be scored must not stop the others
        return RescoringDifference(row.instrument, latest.version, (), type(error).__name__), None
    instrument, scored = made
    before = present_scores.present_score(session, row)
    if instrument is not latest and before is not None:
        return RescoringDifference(row.instrument, latest.version, (), OTHER_ANSWERS), None
    old = before.scores if before else {}
    changed = tuple(name for name, value in scored.scores.items() if name not in old or old[name] != value)
    return RescoringDifference(row.instrument, instrument.version, changed), made
