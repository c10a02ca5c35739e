"""Compares a questionnaire with a stored one whose moments were corrected for the phone's clock."""

from dataclasses import replace
from datetime import date, timedelta

from api.domain.assessments.assessment import Assessment, AssessmentSubmission
from api.models.assessment import AssessmentRow, AssessmentVersion


def has_content(
    row: AssessmentRow | AssessmentVersion, assessment: Assessment, sent: AssessmentSubmission
) -> bool:
    """Return whether a row holds what was sent; corrected moments count as the phone sent them."""
    if sent.started_at is not None and sent.started_at != row.started_at + _ahead(row):
        return False
    return (
        (row.status, row.instrument_version) == (assessment.status, assessment.instrument.version)
        and row.recorded_at + _ahead(row) == sent.recorded_at
        and claimed_day(row) == claimed_day(assessment)
        and (row.answers, row.options) == (assessment.answers, assessment.options)
    )


def _ahead(row: AssessmentRow | AssessmentVersion) -> timedelta:
    """Return the time by which the moments of a row were moved back."""
    return timedelta(0) if row.claimed_at is None else row.claimed_at - row.recorded_at


def claimed_day(assessment: Assessment | AssessmentRow | AssessmentVersion) -> date:
    """Return the day it is about by the phone's clock."""
    return assessment.claimed_date or assessment.local_date


def with_earlier_clock_correction(
    row: AssessmentRow, assessment: Assessment, sent: AssessmentSubmission
) -> Assessment:
    """Correct the moments as the first time, where the phone sends the same moment again."""
    day = row.local_date if claimed_day(assessment) == claimed_day(row) else assessment.local_date
    return replace(
        assessment,
        recorded_at=row.recorded_at,
        started_at=row.started_at if sent.started_at is None else sent.started_at - _ahead(row),
        local_date=day,
        claimed_at=row.claimed_at,
        claimed_date=claimed_day(assessment),
    )
