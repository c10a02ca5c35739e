"""Assessments under versions of their instrument: scored anew, nothing overwritten, nothing lost."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.db.database import Database
from api.domain.assessments.assessment import AssessmentStatus, AssessmentSubmission
from api.domain.errors import AssessmentConflict, InvalidAnswers, VersionMoved
from api.domain.instruments.arithmetic import mean_of
from api.domain.instruments.catalogue.bpi_sf import BPI_SF, SEVERITY
from api.domain.instruments.definition import Item
from api.domain.instruments.scores import Answers, Result
from api.domain.trajectory.engine import Engine
from api.models.assessment import AssessmentRow, AssessmentScore
from api.models.audit import AuditRow
from api.models.outbox import OutboxMessage
from api.services.assessments import assessment_reading, assessment_rescoring, assessments
from api.services.assessments.assessment_reading import AssessmentView
from tests.support.builders import Clinic, a_clinic

NOW = datetime.now(UTC)
ANSWERS = {"worst": 7, "least": 2, "average": 5, "now": 4}


def score_leniently(answers: Answers) -> Mapping[str, Result]:
    """Score as the second version would: severity is the worst of what was answered."""
    worst = max(answer for answer in answers.values() if isinstance(answer, float))
    seven = mean_of(answers, ("activity",), at_least=1)
    return {"severity": worst, "interference": seven, "worst": worst}


def fail(answers: Answers) -> Mapping[str, Result]:
    raise ZeroDivisionError(str(answers))


SECOND = replace(BPI_SF, version="2", score=score_leniently)
SHORTER = replace(BPI_SF, version="2", items=tuple(Item(name, 0, 10) for name in SEVERITY if name != "now"))
BROKEN = replace(BPI_SF, score=fail)


def sent(answers: Mapping[str, object] = ANSWERS, **changes: Any) -> AssessmentSubmission:
    values = {"status": AssessmentStatus.COMPLETE, "recorded_at": NOW, "answers": answers, "options": {}}
    return AssessmentSubmission(**{**values, "instrument": "bpi-sf", **changes})


def record(
    database: Database,
    clinic: Clinic,
    submission: AssessmentSubmission | None = None,
    *,
    among: tuple[Any, ...] = (BPI_SF,),
    **ids: UUID,
) -> UUID:
    assessment_id = ids.get("id", uuid4())
    with database.begin() as session:
        assessments.record_assessment(
            session,
            clinic.patient.principal,
            assessment_id,
            submission or sent(),
            engine=Engine(),
            now=NOW,
            among=among,
        )
    return assessment_id


def read(database: Database, clinic: Clinic, among: tuple[Any, ...]) -> list[AssessmentView]:
    with database.read() as session:
        rows = list(
            session.scalars(
                select(AssessmentRow).order_by(AssessmentRow.local_date, AssessmentRow.change_seq)
            )
        )
        return assessment_reading.read_all(session, clinic.patient.id, rows, among=among)


def severities(session: Session) -> dict[str, float]:
    made = session.scalars(select(AssessmentScore))
    return {one.instrument_version: one.scores["severity"] for one in made}


def test_a_newer_version_scores_again_and_the_old_score_is_kept(database: Database, clinic: Clinic) -> None:
    first = record(database, clinic)
    later = sent({"worst": 7}, status=AssessmentStatus.PARTIAL, local_date=NOW.date())
    record(database, clinic, later)
    versions = (BPI_SF, SECOND)
    key = (clinic.patient.id, first)
    with database.read() as session:
        assert assessment_rescoring.outdated(session, among=(BPI_SF,)) == []
        assert assessment_rescoring.outdated(session, among=versions) == [key]
        effect = assessment_rescoring.difference(session, key, among=versions)
        assert (effect.version, effect.changed, effect.problem) == ("2", ("severity",), None)
        before = session.get_one(AssessmentRow, key).change_seq
        assert severities(session) == {"1": 4.5}
    with database.begin() as session:
        assert assessment_rescoring.rescore(session, key, engine=Engine(), now=NOW, among=versions) == effect
    with database.read() as session:
        assert severities(session) == {"1": 4.5, "2": 7.0}
        row = session.get_one(AssessmentRow, key)
        assert (row.version, row.instrument_version, row.change_seq > before) == (1, "1", True)
        assert assessment_rescoring.outdated(session, among=versions) == []
        acts = session.scalars(select(AuditRow.action).where(AuditRow.object_id == first)).all()
        assert acts == ["assessment.recorded", "assessment.rescored"]
        history = assessment_reading.history_of(session, row.patient_id, row.id)
        assert {made.instrument_version: made.scorer == row.scorer for made in history.scores} == {
            "1": False,
            "2": True,
        }
    partial, complete = read(database, clinic, versions)  # in the order they last changed
    shown = complete.meaning
    assert (partial.meaning, shown is not None) == (None, True)
    assert (shown.instrument, shown.made.scores["severity"]) == (SECOND, 7.0)


def test_going_back_to_the_earlier_version_shows_its_scores_again(database: Database, clinic: Clinic) -> None:
    key = (clinic.patient.id, record(database, clinic))
    for among in ((BPI_SF, SECOND), (BPI_SF,)):
        with database.begin() as session:
            assert assessment_rescoring.outdated(session, among=among) == [key]
            assessment_rescoring.rescore(session, key, engine=Engine(), now=NOW, among=among)
    shown = read(database, clinic, (BPI_SF,))[0].meaning
    assert shown is not None
    assert shown.made.scores["severity"] == 4.5
    with database.read() as session:
        assert severities(session) == {"1": 4.5, "2": 7.0}


def test_answers_that_are_none_of_the_newer_versions_keep_their_scores(
    database: Database, clinic: Clinic
) -> None:
    key = (clinic.patient.id, record(database, clinic))
    versions = (BPI_SF, SHORTER)
    with database.begin() as session:
        effect = assessment_rescoring.rescore(session, key, engine=Engine(), now=NOW, among=versions)
        assert (effect.problem, effect.changed) == ("its answers do not fit this version", ())
        assert severities(session) == {"1": 4.5}
    other = record(database, clinic, sent(instrument_version="1"), among=versions)
    with database.read() as session:
        assert session.get_one(AssessmentScore, _place(session, clinic, other)).instrument_version == "1"
    with pytest.raises(InvalidAnswers):
        record(database, clinic, sent(), among=versions)


def _place(session: Session, clinic: Clinic, assessment_id: UUID) -> tuple[UUID, UUID, int, str | None]:
    row = session.get_one(AssessmentRow, (clinic.patient.id, assessment_id))
    return row.patient_id, row.id, row.version, row.scorer


def test_what_was_answered_in_an_older_version_is_scored_by_the_newest(
    database: Database, clinic: Clinic
) -> None:
    record(database, clinic, sent(instrument_version="1"), among=(BPI_SF, SECOND))
    with database.read() as session:
        assert severities(session) == {"2": 7.0}
        assert session.scalars(select(AssessmentRow.instrument_version)).one() == "1"


def test_only_scores_of_one_version_are_compared(database: Database, clinic: Clinic) -> None:
    versions = (BPI_SF, SECOND)
    record(database, clinic, sent(recorded_at=NOW - timedelta(days=9)))
    record(database, clinic, among=versions)
    later = read(database, clinic, versions)[1].meaning
    assert later is not None
    assert (later.made.instrument_version, later.last, later.baseline) == ("2", None, None)


def test_a_retry_after_a_new_version_came_is_still_the_same(database: Database, clinic: Clinic) -> None:
    first = record(database, clinic)
    record(database, clinic, among=(BPI_SF, SHORTER), id=first)
    with pytest.raises(AssessmentConflict):
        record(database, clinic, sent(instrument_version="2"), among=(BPI_SF, SECOND), id=first)


def test_a_late_retry_of_the_first_words_is_known_whatever_came_since(
    database: Database, clinic: Clinic
) -> None:
    begun = sent({"worst": 7}, status=AssessmentStatus.PARTIAL)
    first = record(database, clinic, begun)
    at = NOW - timedelta(days=1)
    done = sent(started_at=at, recorded_at=NOW + timedelta(minutes=1), local_date=at.date())
    with database.begin() as session:
        assessments.change_assessment(
            session,
            clinic.patient.principal,
            first,
            done,
            check_version=lambda _: None,
            engine=Engine(),
            now=NOW,
        )
    assert record(database, clinic, begun, id=first) == first
    with pytest.raises(AssessmentConflict):
        record(database, clinic, done, id=first)


def test_a_fault_of_a_scorer_costs_no_answer_and_notifies_team_and_operator(
    database: Database, clinic: Clinic, caplog: pytest.LogCaptureFixture
) -> None:
    first = record(database, clinic, among=(BROKEN,))
    [shown] = read(database, clinic, (BROKEN,))
    assert (shown.row.answers, shown.row.status, shown.meaning) == (ANSWERS, "complete", None)
    assert "could not be scored" in caplog.text
    with database.read() as session:
        assert set(session.scalars(select(OutboxMessage.kind))) == {"not_scored"}
        notified = set(session.scalars(select(OutboxMessage.recipient_id)))
        assert notified == {clinic.nurse.id, clinic.site_admin.id}
        key = (clinic.patient.id, first)
        assert assessment_rescoring.outdated(session, among=(BPI_SF,)) == [key]
        still = assessment_rescoring.difference(session, key, among=(BROKEN,))
        assert still.problem == "ZeroDivisionError"
    with database.begin() as session:
        found = assessment_rescoring.rescore(session, key, engine=Engine(), now=NOW, among=(BPI_SF,))
        assert found.changed == ("severity", "interference", "worst")
    assert read(database, clinic, (BPI_SF,))[0].meaning is not None


def test_the_reading_is_the_same_whatever_the_order_of_arrival(database: Database, clinic: Clinic) -> None:
    days = {days: sent({"worst": days}, recorded_at=NOW - timedelta(days=days)) for days in (1, 5, 9)}
    seen = []
    for order in permutations(days):
        with database.begin() as session:
            other = a_clinic(session, now=NOW, name=f"St. {uuid4()}")
        for number in order:
            record(database, other, days[number])
        with database.read() as session:
            rows = session.scalars(
                select(AssessmentRow)
                .where(AssessmentRow.patient_id == other.patient.id)
                .order_by(AssessmentRow.local_date)
            )
            found = assessment_reading.read_all(session, other.patient.id, list(rows))
        seen.append([one.meaning.interpretations["worst"] for one in found if one.meaning])
    assert [one.change_from_baseline.points for one in seen[0]] == [None, -4.0, -8.0]
    assert all(one == seen[0] for one in seen)


def at_once(*acts: Any) -> list[Any]:
    """Do things at the same time; return what became of each."""

    def outcome(act: Any) -> Any:
        try:
            return act()
        except (AssessmentConflict, VersionMoved) as error:
            return type(error)

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(outcome, acts))


def test_two_devices_at_once_make_one_assessment_and_one_change(postgresql: Database) -> None:
    with postgresql.begin() as session:
        clinic = a_clinic(session, now=NOW)
    first = uuid4()
    same = [lambda: record(postgresql, clinic, id=first) for _ in range(4)]
    other = [lambda: record(postgresql, clinic, sent({"worst": 1}), id=first)]
    assert len([one for one in at_once(*same) if one == first]) == 4
    assert at_once(*other) == [AssessmentConflict]

    def change(worst: int) -> str:
        def check(version: int) -> None:
            if version != 1:
                raise VersionMoved(str(version))

        with postgresql.begin() as session:
            submission = sent({"worst": worst})
            by = clinic.patient.principal
            assessments.change_assessment(
                session, by, first, submission, check_version=check, engine=Engine(), now=NOW
            )
        return "changed"

    ended = at_once(*[lambda worst=worst: change(worst) for worst in (1, 2, 3)])
    assert sorted(map(str, ended)) == sorted(map(str, ["changed", VersionMoved, VersionMoved]))
