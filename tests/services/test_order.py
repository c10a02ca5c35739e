"""Law 2: the order in which entries arrive does not matter."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.db.database import Database
from api.domain.entries.parse import read_entry
from api.domain.trajectory.engine import Engine, PatientFactors
from api.models.alert import Alert, Evidence
from api.models.patient import Patient, Trajectory
from api.models.score import ScoreRow
from api.services.entries.corrections import correct_entry, withdraw_entry
from api.services.entries.record import EntrySubmission, record_entries
from api.services.scoring.rescore_from_checkpoint import surviving_entries
from notifications.jobs.silence import alert_silent_patients
from tests.support.builders import Clinic, a_clinic, a_patient, signed_in
from tests.support.entries import record_items

FIRST = date(2026, 1, 1)
LATER = datetime(2026, 6, 1, tzinfo=UTC)
ENGINE = Engine()


def a_day(number: int, **answers: Any) -> dict[str, Any]:
    """Return what a phone posts in the evening of a day of the diary."""
    day = FIRST + timedelta(days=number)
    return {
        "id": str(UUID(int=number * 1000 + answers.pop("nth", 0))),
        "recorded_at": f"{day}T19:00:00+00:00",
        "local_date": str(day),
        **answers,
    }


answers = st.fixed_dictionaries(
    {},
    optional={
        "pain_worst": st.integers(0, 10),
        "stiffness": st.integers(0, 10),
        "interference": st.integers(0, 10),
        "dose": st.sampled_from(["taken", "missed", "skipped"]),
        "doses_missed_7d": st.integers(0, 7),
        "confidence": st.integers(0, 10),
        "wants_to_stop": st.just(True),
        "red_flags": st.just(["chest_pain"]),
    },
).filter(bool)


@st.composite
def diaries(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Draw a diary of some weeks with gaps, a step upwards, and now and then two entries on a day."""
    days = draw(st.lists(st.integers(0, 80), min_size=1, max_size=35, unique=True))
    step = draw(st.integers(0, 80))
    items = []
    for number in days:
        drawn = draw(answers)
        if draw(st.integers(0, 2)):
            drawn["pain_worst"] = 2 if number < step else 7
        items.append(a_day(number, **drawn))
        if not draw(st.integers(0, 6)):
            items.append(a_day(number, nth=1, **draw(answers)))
    return items


def state_of(session: Session, patient_id: UUID) -> tuple[Any, Any]:
    """Return a patient's scores and open alerts, as far as they must not depend on the order."""
    scores, alerts, _ = whole_state_of(session, patient_id)
    return scores, alerts


def whole_state_of(session: Session, patient_id: UUID) -> tuple[Any, Any, Any]:
    """Return scores, open alerts, and the state of the trajectory."""
    columns = [c for c in ScoreRow.__table__.c if c.name != "patient_id"]
    scores = session.execute(
        select(*columns).where(ScoreRow.patient_id == patient_id).order_by(ScoreRow.local_date)
    ).all()
    alerts = session.execute(
        select(
            Alert.kind,
            Alert.tier,
            Alert.reason,
            Alert.first_day,
            Alert.raised_at,
            Evidence.key,
            Evidence.reason,
        )
        .join(Evidence, Evidence.alert_id == Alert.id)
        .where(Alert.patient_id == patient_id, Alert.closed_at.is_(None), Evidence.withdrawn_at.is_(None))
        .order_by(Alert.kind, Evidence.day, Evidence.key)
    ).all()
    trajectory = session.get_one(Trajectory, patient_id)
    return scores, alerts, (trajectory.status, trajectory.last_day, trajectory.last_entry_at)


def replayed(items: list[dict[str, Any]]) -> tuple[list[Any], set[tuple[str, str, str]]]:
    """Return what one replay of these entries in time order gives, without any database."""
    entries = [read_entry(item, zone_at=lambda _: UTC, born_in=1960, now=LATER) for item in items]
    if not entries:
        return [], set()
    course = ENGINE.begin(PatientFactors(ai="letrozole", birth_year=1960))
    outcome = course.add(entries)
    found = [*outcome.findings, *filter(None, [course.silence_on(LATER.date())])]
    return list(outcome.scores), {(f.kind, f.key, f.reason) for f in found}


@pytest.fixture
def report(database: Database) -> Callable[[list[list[dict[str, Any]]]], UUID]:
    """Return a way to post batches as a new patient of one clinic."""
    clinic: list[Clinic] = []

    def post(batches: list[list[dict[str, Any]]]) -> UUID:
        with database.begin() as session:
            clinic[:] = clinic or [a_clinic(session, now=LATER)]
            patient = a_patient(session, clinic[0].team, now=LATER)
            phone = signed_in(session, patient, now=LATER).principal
        for batch in batches:
            with database.begin() as session:
                record_items(session, phone, batch, engine=ENGINE, now=LATER)
        return patient.id

    return post


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(items=diaries(), data=st.data())
def test_any_order_batching_and_repetition_ends_in_the_state_of_a_replay_in_time_order(
    report: Callable[[list[list[dict[str, Any]]]], UUID],
    database: Database,
    items: list[dict[str, Any]],
    data: st.DataObject,
) -> None:
    shuffled = data.draw(st.permutations(items + items[: len(items) // 3]))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(shuffled)), max_size=4)))
    batches = [list(shuffled[a:b]) for a, b in zip([0, *cuts], [*cuts, len(shuffled)], strict=True)]
    in_order = sorted(items, key=lambda item: item["recorded_at"])
    one_by_one, any_order = report([[item] for item in in_order]), report(batches)
    alert_silent_patients(database, engine=ENGINE, now=LATER)
    with database.read() as session:
        assert whole_state_of(session, any_order) == whole_state_of(session, one_by_one)
        scores, alerts = state_of(session, any_order)
    expected_scores, expected_findings = replayed(items)
    assert [row.local_date for row in scores] == [score.local_date for score in expected_scores]
    assert [row.pain_level for row in scores] == [score.pain_level for score in expected_scores]
    assert {(row.kind, row.key, row[-1]) for row in alerts} == expected_findings


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(items=diaries(), data=st.data())
def test_corrections_and_withdrawals_end_in_the_state_of_the_surviving_entries(
    report: Callable[[list[list[dict[str, Any]]]], UUID],
    database: Database,
    items: list[dict[str, Any]],
    data: st.DataObject,
) -> None:
    patient_id = report([items])
    changed = {item["id"]: item for item in items}
    for item in data.draw(st.lists(st.sampled_from(items), max_size=4, unique_by=lambda item: item["id"])):
        new = data.draw(st.one_of(st.none(), answers))
        with database.begin() as session:
            _change(session, patient_id, item, new)
        if new is None:
            del changed[item["id"]]
        else:
            moments = {name: item[name] for name in ("id", "recorded_at", "local_date")}
            changed[item["id"]] = moments | new
    sent_once = report([list(changed.values())])
    alert_silent_patients(database, engine=ENGINE, now=LATER)
    with database.read() as session:
        assert whole_state_of(session, patient_id) == whole_state_of(session, sent_once)
        assert len(surviving_entries(session, patient_id)) == len(changed)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(diaries_=st.lists(diaries(), min_size=2, max_size=4), data=st.data())
def test_patients_whose_reports_are_recorded_together_end_as_each_alone(
    report: Callable[[list[list[dict[str, Any]]]], UUID],
    database: Database,
    diaries_: list[list[dict[str, Any]]],
    data: st.DataObject,
) -> None:
    shuffled = [data.draw(st.permutations(items)) for items in diaries_]
    at_once = [data.draw(st.integers(1, len(items))) for items in shuffled]
    alone = [report([list(items)]) for items in diaries_]
    together = [report([]) for _ in diaries_]
    with database.begin() as session:
        phones = [
            signed_in(session, session.get_one(Patient, each), now=LATER).principal for each in together
        ]
    for number in range(max(map(len, shuffled))):
        parts = [items[number * n : (number + 1) * n] for items, n in zip(shuffled, at_once, strict=True)]
        sent = [EntrySubmission(phone, part) for phone, part in zip(phones, parts, strict=True) if part]
        if sent:
            with database.begin() as session:
                record_entries(session, sent, engine=ENGINE, now=LATER)
    alert_silent_patients(database, engine=ENGINE, now=LATER)
    with database.read() as session:
        for one, other in zip(alone, together, strict=True):
            assert whole_state_of(session, other) == whole_state_of(session, one)


def _change(session: Session, patient_id: UUID, item: dict[str, Any], new: dict[str, Any] | None) -> None:
    phone = signed_in(session, session.get_one(Patient, patient_id), now=LATER).principal
    entry_id = UUID(item["id"])
    if new is None:
        withdraw_entry(session, phone, entry_id, check_version=lambda _: None, engine=ENGINE, now=LATER)
        return
    body = {"recorded_at": item["recorded_at"], "local_date": item["local_date"], **new}
    correct_entry(session, phone, entry_id, body, check_version=lambda _: None, engine=ENGINE, now=LATER)
