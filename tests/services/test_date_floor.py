"""Entries and questionnaires about days too long before enrolment or the tablets are refused in words."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from api.db.database import Database
from api.domain.assessments.assessment import AssessmentStatus, AssessmentSubmission
from api.domain.errors import InvalidEntry, InvalidMoment
from api.domain.trajectory.engine import Engine
from api.models.entry import EntryRow
from api.models.patient import Patient
from api.services.assessments.assessments import record_assessment
from api.services.entries import corrections
from api.services.entries.results import ItemResult
from api.services.patients import enrolment
from api.services.scoring.rejected_items import list_rejected
from tests.support.builders import Clinic, a_clinic, a_report
from tests.support.entries import record_items

NOW = datetime(2026, 9, 6, 12, tzinfo=UTC)
ENGINE = Engine()


@pytest.fixture
def clinic(database: Database) -> Clinic:
    """A clinic whose patient is enrolled on 6 September 2026; the first day of the tablets is not known."""
    with database.begin() as session:
        return a_clinic(session, now=NOW)


def post(database: Database, clinic: Clinic, *items: dict[str, Any]) -> list[ItemResult]:
    with database.begin() as session:
        return record_items(session, clinic.patient.principal, list(items), engine=ENGINE, now=NOW)


def about(day: date, **answers: Any) -> dict[str, Any]:
    return a_report(recorded_at=datetime(day.year, day.month, day.day, 12, tzinfo=UTC), **answers)


def starts_on(database: Database, clinic: Clinic, day: date) -> None:
    with database.begin() as session:
        patient = session.get_one(Patient, clinic.patient.id)
        enrolment.change(session, clinic.nurse.principal, patient, {"ai_started_on": day}, now=NOW)


def correct(database: Database, clinic: Clinic, entry_id: str, **answers: Any) -> None:
    with database.begin() as session:
        corrections.correct_entry(
            session,
            clinic.patient.principal,
            UUID(entry_id),
            answers,
            check_version=lambda _: None,
            engine=ENGINE,
            now=NOW,
        )


def test_an_entry_of_ten_years_ago_is_refused_in_words_kept_and_sinks_no_other(
    database: Database, clinic: Clinic
) -> None:
    results = post(database, clinic, about(date(2016, 3, 1)), about(date(2026, 9, 5)))

    assert [result.status for result in results] == ["rejected", "created"]
    problem = results[0].problem
    assert problem is not None
    assert problem.problems["recorded_at"].startswith("lies before 2025-09-06, 365 days before enrolment")
    with database.read() as session:
        assert len(list_rejected(session, clinic.patient.id, limit=10).items) == 1


def test_the_day_an_entry_is_about_has_the_same_floor(database: Database, clinic: Clinic) -> None:
    [result] = post(database, clinic, a_report(recorded_at=NOW, local_date=date(2025, 9, 5), pain_worst=2))

    assert result.problem is not None
    assert list(result.problem.problems) == ["local_date"]


def test_a_paper_diary_of_the_year_before_enrolment_is_taken(database: Database, clinic: Clinic) -> None:
    first = date(2025, 9, 6)
    days = [about(first + timedelta(days=7 * week), pain_worst=2) for week in range(52)]

    assert {result.status for result in post(database, clinic, *days)} == {"created"}


def test_ten_years_are_taken_from_a_patient_whose_tablets_began_ten_years_ago(
    database: Database, clinic: Clinic
) -> None:
    old = about(date(2016, 9, 30))
    assert [result.status for result in post(database, clinic, old)] == ["rejected"]

    starts_on(database, clinic, date(2016, 10, 1))

    assert [result.status for result in post(database, clinic, old)] == ["created"]
    with database.read() as session:
        [kept] = list_rejected(session, clinic.patient.id, limit=10).items
    assert kept.replaced_at is not None


def test_a_first_day_that_is_corrected_later_makes_no_retry_a_refusal(
    database: Database, clinic: Clinic
) -> None:
    starts_on(database, clinic, date(2016, 10, 1))
    old = about(date(2017, 1, 1), pain_worst=2)
    post(database, clinic, old)
    starts_on(database, clinic, date(2026, 8, 1))

    assert [result.status for result in post(database, clinic, old)] == ["duplicate"]
    correct(database, clinic, old["id"], **{**old, "pain_worst": 5})
    with database.read() as session:
        row = session.get_one(EntryRow, (clinic.patient.id, UUID(old["id"])))
    assert row.answers["pain_worst"] == 5


def test_a_correction_cannot_move_an_entry_before_the_floor(database: Database, clinic: Clinic) -> None:
    sent = about(date(2026, 9, 5))
    post(database, clinic, sent)

    with pytest.raises(InvalidEntry, match="lies before 2025-09-06"):
        correct(database, clinic, sent["id"], **about(date(2016, 9, 5), id=sent["id"]))


def test_a_questionnaire_has_the_same_floor(database: Database, clinic: Clinic) -> None:
    old = AssessmentSubmission(
        AssessmentStatus.COMPLETE, datetime(2016, 3, 1, tzinfo=UTC), {"worst": 3}, {}, "bpi-sf"
    )

    with pytest.raises(InvalidMoment, match="lies before 2025-09-06"), database.begin() as session:
        record_assessment(session, clinic.patient.principal, uuid4(), old, engine=ENGINE, now=NOW)
