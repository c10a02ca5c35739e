"""Converts complete questionnaires to entries for the engine, with their functional scores."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from api.domain.assessments.assessment import AssessmentStatus
from api.domain.entries.questions import Entry
from api.domain.functional_status import RULES
from api.models.assessment import AssessmentRow, AssessmentScore
from api.services.scoring import present_scores
from api.services.scoring.present_scores import IS_PRESENT

_READ = frozenset((rule.instrument, rule.score) for rule in RULES)


def entries_of(session: Session, patient_id: UUID) -> list[Entry]:
    """Return an entry with the present scores of each complete questionnaire of a patient.

    One without functional scores still counts as a sign of life.
    """
    rows = session.execute(_COMPLETE, {"patient_id": patient_id})
    return [
        Entry(row.id, row.recorded_at, row.local_date, _answers(row.instrument, row.scores)) for row in rows
    ]


def entry_of(session: Session, row: AssessmentRow) -> Entry:
    """Return the entry of one complete questionnaire, with its present scores."""
    score = present_scores.present_score(session, row)
    answers = _answers(row.instrument, None if score is None else score.scores)
    return Entry(row.id, row.recorded_at, row.local_date, answers)


def _answers(instrument: str, scores: Mapping[str, float | None] | None) -> dict[str, Any]:
    scored = {
        f"{instrument} {name}": value
        for name, value in (scores or {}).items()
        if value is not None and (instrument, name) in _READ
    }
    return {"function": scored}


_ROWS, _SCORES = AssessmentRow.__table__, AssessmentScore.__table__
_COMPLETE = (
    select(*_ROWS.c["id", "recorded_at", "local_date", "instrument"], _SCORES.c.scores)
    .outerjoin(_SCORES, IS_PRESENT)
    .where(_ROWS.c.patient_id == bindparam("patient_id"), _ROWS.c.status == AssessmentStatus.COMPLETE.value)
)
