"""PRO-CTCAE grades over a series of reports: the worst, and the baseline-adjusted one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from api.domain.assessments.assessment import baseline_of
from api.domain.instruments.catalogue.pro_ctcae_grading import baseline_adjusted_grade, worst_grade
from api.domain.instruments.scores import Result, Unscored

NO_REPORT = Unscored("there is no report to compare with")


@dataclass(frozen=True, slots=True)
class GradeReport:
    """One complete questionnaire: the grade of each symptom, 0 to 3, or why there is none."""

    id: UUID
    local_date: date
    scorer: str | None
    """The version that scored it; None where it could not be scored."""
    grades: Mapping[str, Result]


@dataclass(frozen=True, slots=True)
class GradeCourse:
    """The grades of one symptom over a series of reports, each 0 to 3, higher is worse."""

    baseline: Result
    worst: Result
    worst_since_baseline: Result
    baseline_adjusted: Result
    words: str
    """The last one in a sentence, because its 0 is not "no symptom"."""


@dataclass(frozen=True, slots=True)
class GradeSeries:
    """All reports in order, and those compared: scored by the version of the newest one."""

    reports: Sequence[GradeReport]
    compared: Sequence[GradeReport]
    baseline: GradeReport | None


def series_of(reports: Sequence[GradeReport], *, ai_started_on: date | None) -> GradeSeries:
    """Return a series with its baseline.

    Args:
        reports: Completed reports, oldest first.
        ai_started_on: The first day on the aromatase inhibitor; None where it is not known.

    Returns:
        The series; its baseline as ``baseline_of`` chooses it among all that are compared, None
        where there is none.
    """
    scored = [report for report in reports if report.scorer is not None]
    compared = [report for report in scored if report.scorer == scored[-1].scorer]
    return GradeSeries(reports, compared, baseline_of(compared, ai_started_on=ai_started_on))


def course_of(series: GradeSeries, symptom: str) -> GradeCourse:
    """Return the course of one symptom over a series.

    Args:
        series: The reports, oldest first, and which of them is the baseline.
        symptom: The score of the symptom, such as ``51_composite``.

    Returns:
        The grade at baseline, the worst of all, the worst since baseline and the baseline-adjusted
        one, each 0 to 3, higher is worse; ``Unscored`` where it is unknown.

    Source:
        ProAE, ``toxSummary``, the measures "max", "max_post_bl" and "bl_adjusted" (Langlais and
        Dueck).

    >>> days = [GradeReport(UUID(int=n), date(2026, n, 1), "a", {"51_composite": grade})
    ...         for n, grade in ((1, 1.0), (2, 3.0), (3, Unscored("not answered")))]
    >>> course_of(series_of(days, ai_started_on=None), "51_composite").words
    'grade 3, worse than grade 1 at baseline'
    """
    if series.baseline is None:
        return GradeCourse(NO_REPORT, NO_REPORT, NO_REPORT, NO_REPORT, f"not known: {NO_REPORT.reason}")
    index = series.compared.index(series.baseline)
    grades = [report.grades[symptom] for report in series.compared]
    given = [None if isinstance(grade, Unscored) else grade for grade in grades]
    later = given[index + 1 :]
    adjusted, baseline = baseline_adjusted_grade(given[index], later), series.baseline.grades[symptom]
    return GradeCourse(baseline, worst_grade(given), worst_grade(later), adjusted, _words(adjusted, baseline))


def _words(adjusted: Result, baseline: Result) -> str:
    unknown = [grade.reason for grade in (adjusted, baseline) if isinstance(grade, Unscored)]
    if unknown:
        return f"not known: {unknown[0]}"
    if adjusted == 0:
        return f"not worse than grade {baseline:g} at baseline; that is not the same as no symptom"
    return f"grade {adjusted:g}, worse than grade {baseline:g} at baseline"
