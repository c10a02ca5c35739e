"""Builds the API representation of assessments and their scores."""

from typing import Any

from api.domain.assessments.assessment import AssessmentStatus
from api.domain.instruments.scores import ScoreDefinition
from api.models.assessment import AssessmentRow
from api.services.assessments.assessment_reading import (
    AssessmentHistory,
    AssessmentMeaning,
    AssessmentView,
    CompletedAssessment,
)
from api.services.versioned import ChangeFeed

NOT_SCORED = {
    AssessmentStatus.PARTIAL: "it is not complete yet",
    AssessmentStatus.WITHDRAWN: "it was withdrawn",
    AssessmentStatus.COMPLETE: "it could not be scored; the answers are kept, and the care team is notified",
}
"""Reason for missing scores, by status of the assessment."""

UNEXPLAINED = (
    "it was scored by a version of the instrument that this server lacks; its history has the numbers"
)


def dump_assessment(read: AssessmentView) -> dict[str, Any]:
    """Return the API representation of an assessment, without answers if it is withdrawn."""
    row, meaning = read.row, read.meaning
    withdrawn = row.status == AssessmentStatus.WITHDRAWN
    return {
        "id": row.id,
        "instrument": row.instrument,
        "instrument_version": row.instrument_version,
        "status": row.status,
        "answers": {} if withdrawn else row.answers,
        "options": {} if withdrawn else row.options,
        "started_at": row.started_at,
        "recorded_at": row.recorded_at,
        "local_date": row.local_date,
        "completed_at": row.completed_at,
        "received_at": read.received_at,
        "version": row.version,
        "claimed_at": row.claimed_at,
        "claimed_date": row.claimed_date,
        "via": row.via,
        "reported_by": row.reported_by,
        "unscored_reason": None if meaning else _why_not(row),
        "scoring": _scoring(meaning) if meaning else None,
        "scores": [_score(score, meaning) for score in meaning.instrument.scores] if meaning else [],
    }


def dump_changes(changes: ChangeFeed[AssessmentView]) -> dict[str, Any]:
    """Return the API representation of a page of the change feed."""
    return {
        "items": [dump_assessment(read) for read in changes.items],
        "next": changes.next,
        "more": changes.more,
    }


def dump_history(history: AssessmentHistory) -> dict[str, Any]:
    """Return the API representation of an assessment's history."""
    return {
        "items": list(history.versions),
        "scores": [
            {
                "assessment_version": made.of_version,
                "instrument_version": made.instrument_version,
                "scorer": made.scorer,
                "scored_at": made.scored_at,
                "options": made.options,
                "scores": made.scores,
                "unscored_reasons": made.unscored,
                "current": _holds(history.row, made.of_version, made.scorer),
            }
            for made in history.scores
        ],
    }


def _why_not(row: AssessmentRow) -> str:
    return UNEXPLAINED if row.scorer else NOT_SCORED[AssessmentStatus(row.status)]


def _holds(row: AssessmentRow, of_version: int, scorer: str) -> bool:
    return (row.version, row.scorer) == (of_version, scorer)


def _scoring(meaning: AssessmentMeaning) -> dict[str, Any]:
    made = meaning.made
    return {
        "instrument_version": made.instrument_version,
        "scorer": made.scorer,
        "scored_at": made.scored_at,
        "options": made.options,
        "baseline": _compared(meaning.baseline),
        "previous": _compared(meaning.last),
    }


def _compared(done: CompletedAssessment | None) -> dict[str, Any] | None:
    return None if done is None else {"id": done.id, "local_date": done.local_date}


def _score(score: ScoreDefinition, meaning: AssessmentMeaning) -> dict[str, Any]:
    """Return the API representation of one score. A standard error has no interpretation."""
    told = meaning.interpretations.get(score.id)
    return {
        "id": score.id,
        "name": score.name,
        "value": meaning.made.scores.get(score.id),
        "unscored_reason": meaning.made.unscored.get(score.id),
        "lowest": score.lowest,
        "highest": score.highest,
        "direction": score.direction,
        "band": told.band if told else None,
        "change_from_baseline": told.change_from_baseline if told else None,
        "change_from_previous": told.change_from_previous if told else None,
        "description": told.description if told else None,
        "sources": told.sources if told else (),
        "verified": told.verified if told else None,
    }
