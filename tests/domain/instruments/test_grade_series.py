"""PRO-CTCAE grades over a series: which report is the baseline, what counts, and what is not known."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from api.domain.assessments.grade_series import GradeCourse, GradeReport, course_of, series_of
from api.domain.instruments.scores import Result, Unscored

JOINTS = "51_composite"
BLANK = Unscored("of aching joints: interference is not answered")
DRUG = date(2026, 3, 15)


def report(month: int, grade: Result, scorer: str | None = "of today") -> GradeReport:
    return GradeReport(UUID(int=month), date(2026, month, 1), scorer, {JOINTS: grade})


def course(*reports: GradeReport, ai_started_on: date | None = DRUG) -> GradeCourse:
    return course_of(series_of(reports, ai_started_on=ai_started_on), JOINTS)


def test_the_last_report_before_the_drug_is_the_baseline() -> None:
    reports = (report(1, 3.0), report(3, 1.0), report(4, 2.0), report(5, 0.0))
    found = course(*reports)
    assert (found.baseline, found.worst, found.worst_since_baseline) == (1.0, 3.0, 2.0)
    assert found.baseline_adjusted == 2.0
    assert found.words == "grade 2, worse than grade 1 at baseline"
    assert course(*reports, ai_started_on=None).baseline == 3.0, "without the day, the first is"


def test_an_adjusted_grade_of_0_never_reads_as_no_symptom() -> None:
    found = course(report(3, 2.0), report(4, 2.0))
    assert (found.worst_since_baseline, found.baseline_adjusted) == (2.0, 0.0)
    assert found.words == "not worse than grade 2 at baseline; that is not the same as no symptom"


@pytest.mark.parametrize(
    ("grades", "adjusted", "reason"),
    [
        ((), None, "there is no report to compare with"),
        ((1.0,), None, "no report after baseline has a grade"),
        ((1.0, BLANK), None, "no report after baseline has a grade"),
        ((BLANK, 3.0), None, "there is no grade at baseline to compare with"),
        ((1.0, BLANK, 3.0), 3.0, None),
    ],
)
def test_a_grade_the_reports_lack_is_unknown_with_its_reason(
    grades: tuple[Result, ...], adjusted: float | None, reason: str | None
) -> None:
    found = course(*(report(3 + nth, grade) for nth, grade in enumerate(grades)))
    assert found.baseline_adjusted == (Unscored(reason) if reason else adjusted)
    if reason:
        assert found.words == f"not known: {reason}"


def test_a_blank_at_baseline_keeps_its_own_reason_and_is_no_0() -> None:
    found = course(report(3, BLANK), report(4, 3.0))
    assert (found.baseline, found.worst, found.worst_since_baseline) == (BLANK, 3.0, 3.0)


def test_what_another_version_scored_and_what_was_not_scored_is_listed_and_not_compared() -> None:
    odd, broken = report(2, 0.0, "of yesterday"), report(6, BLANK, None)
    series = series_of([odd, report(3, 2.0), report(4, 3.0), broken], ai_started_on=DRUG)
    assert [each.local_date.month for each in series.reports] == [2, 3, 4, 6]
    assert [each.local_date.month for each in series.compared] == [3, 4]
    assert course_of(series, JOINTS).baseline == 2.0


def test_a_series_of_which_nothing_could_be_scored_has_no_baseline() -> None:
    series = series_of([replace(report(3, BLANK), scorer=None)], ai_started_on=DRUG)
    assert (series.compared, series.baseline) == ([], None)
