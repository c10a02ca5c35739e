"""Compares what a phone claims of a questionnaire with a stored one whose moments were corrected."""

from dataclasses import replace
from datetime import date, timedelta

from api.domain.assessments.assessment import Assessment, AssessmentSubmission
from api.models.assessment import AssessmentRow, AssessmentVersion


def says_the_same(
    row: AssessmentRow | AssessmentVersion, said: Assessment, sent: AssessmentSubmission
) -> bool:
    """Say whether what was sent is what a row holds; of a clock that was ahead, what the phone claimed."""
    if sent.started_at is not None and sent.started_at != row.started_at + _ahead(row):
        return False
    return (
        (row.status, row.instrument_version) == (said.status, said.instrument.version)
        and row.recorded_at + _ahead(row) == sent.recorded_at
        and claimed_day(row) == claimed_day(said)
        and (row.answers, row.options) == (said.answers, said.options)
    )


def _ahead(row: AssessmentRow | AssessmentVersion) -> timedelta:
    """Return by how much the moments of a row were moved back."""
    return timedelta(0) if row.claimed_at is None else row.claimed_at - row.recorded_at


def claimed_day(said: Assessment | AssessmentRow | AssessmentVersion) -> date:
    """Return the day the phone said it is about."""
    return said.claimed_date or said.local_date


def as_corrected_before(row: AssessmentRow, said: Assessment, sent: AssessmentSubmission) -> Assessment:
    """Correct the moments as they were corrected the first time: the phone claims the same again."""
    day = row.local_date if claimed_day(said) == claimed_day(row) else said.local_date
    return replace(
        said,
        recorded_at=row.recorded_at,
        started_at=row.started_at if sent.started_at is None else sent.started_at - _ahead(row),
        local_date=day,
        claimed_at=row.claimed_at,
        claimed_date=claimed_day(said),
    )
