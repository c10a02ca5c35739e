"""Scores assessments; each version of answers and of the instrument has scores of its own."""

import logging
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from api.domain.assessments.assessment import AssessmentStatus
from api.domain.errors import InvalidAnswers
from api.domain.instruments import registry, scoring
from api.domain.instruments.definition import Instrument
from api.domain.instruments.fingerprint import fingerprint
from api.domain.instruments.registry import INSTRUMENTS
from api.domain.instruments.scoring import InstrumentScores
from api.models.assessment import AssessmentRow, AssessmentScore
from api.services.scoring.unscored import notify_not_scored

log = logging.getLogger(__name__)

Made = tuple[Instrument, InstrumentScores]
"""Scores, after the version of the instrument that computed them."""


def score(
    session: Session,
    row: AssessmentRow,
    *,
    site_id: UUID,
    now: datetime,
    among: Sequence[Instrument] = INSTRUMENTS,
) -> None:
    """Score a complete assessment; a partial or withdrawn one has no scores.

    If a scorer fails, the answers are kept, and the team and the operator are notified.
    """
    row.scorer = None
    if row.status != AssessmentStatus.COMPLETE:
        return
    try:
        instrument, scored = scored_by_newest(row, among=among)
    except Exception as error:  # noqa: BLE001 - a bug in scoring must not lose answers
        _not_scored(session, row, error, site_id=site_id, now=now)
        return
    keep(session, row, instrument, scored, now=now)


def scored_by_newest(row: AssessmentRow, *, among: Sequence[Instrument]) -> Made:
    """Score by the instrument's newest version, or by the answered one if the answers do not fit.

    Raises:
        UnknownInstrument: There is no such instrument, or not the answered version.
        InvalidAnswers: The answers fit neither.
    """
    newest = registry.find(row.instrument, among=among)
    try:
        return newest, scoring.score(newest, row.answers, row.options)
    except InvalidAnswers:
        answered = registry.find(row.instrument, row.instrument_version, among=among)
        if answered is newest:
            raise
        return answered, scoring.score(answered, row.answers, row.options)


def keep(
    session: Session, row: AssessmentRow, instrument: Instrument, scored: InstrumentScores, *, now: datetime
) -> None:
    """Store scores beside those by other versions of the instrument, as the present ones."""
    scorer = fingerprint(instrument)
    row.scorer = scorer
    session.flush()
    if session.get(AssessmentScore, (row.patient_id, row.id, row.version, scorer)) is not None:
        return
    session.add(
        AssessmentScore(
            patient_id=row.patient_id,
            assessment_id=row.id,
            of_version=row.version,
            scorer=scorer,
            instrument_version=instrument.version,
            scores=dict(scored.scores),
            unscored=dict(scored.unscored),
            options=dict(scored.options),
            scored_at=now,
        )
    )
    session.flush()


def _not_scored(
    session: Session, row: AssessmentRow, error: Exception, *, site_id: UUID, now: datetime
) -> None:
    log.error(
        "an assessment could not be scored",
        exc_info=error,
        extra={"patient_id": str(row.patient_id), "kind": row.instrument, "error": type(error).__name__},
    )
    session.flush()
    what = f"{row.id}:{row.version}"
    notify_not_scored(session, site_id=site_id, patient_id=row.patient_id, what=what, now=now)
