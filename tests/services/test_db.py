"""The two ways rows are written say how many were new, on both databases."""

import traceback
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError

from api.db.bulk import insert_once, upsert
from api.db.database import Database, open_database
from api.models.entry import RejectedEntry
from api.models.score import ScoreRow
from tests.support.builders import Clinic


def a_row(clinic: Clinic, digest: str) -> dict[str, object]:
    return {
        "id": uuid4(),
        "patient_id": clinic.patient.id,
        "entry_id": None,
        "digest": digest,
        "body": '"\\u0000 ä 🙂"',
        "problem": {"detail": "ä 🙂", "errors": None},
        "received_at": datetime(2026, 3, 2, 12, 0, 0, 123456, tzinfo=UTC),
    }


def test_only_new_rows_are_counted_and_nothing_is_changed_by_others(
    database: Database, clinic: Clinic
) -> None:
    with database.begin() as session:
        assert insert_once(session, RejectedEntry, values=[a_row(clinic, "a"), a_row(clinic, "b")]) == 2
        assert insert_once(session, RejectedEntry, values=[a_row(clinic, "b"), a_row(clinic, "c")]) == 1
        assert insert_once(session, RejectedEntry, values=[a_row(clinic, "c")]) == 0
        assert insert_once(session, RejectedEntry, values=[]) == 0


def test_what_is_written_is_what_is_read(database: Database, clinic: Clinic) -> None:
    row = a_row(clinic, "a")
    with database.begin() as session:
        insert_once(session, RejectedEntry, values=[row])
    with database.read() as session:
        kept = session.scalars(select(RejectedEntry)).one()
    assert {name: getattr(kept, name) for name in row} == row


@pytest.mark.parametrize("level", [0.1 + 0.2, 1 / 3, 5.0, None])
def test_an_upsert_replaces_the_row_and_keeps_every_digit(
    database: Database, clinic: Clinic, level: float | None
) -> None:
    columns = {column.name: None for column in ScoreRow.__table__.c}
    row = columns | {
        "patient_id": clinic.patient.id,
        "local_date": date(2026, 3, 2),
        "unknown_doses_28d": 28,
        "extra_check_ins": 0,
        "status": "scored",
        "engine": "x",
    }
    with database.begin() as session:
        upsert(session, ScoreRow, values=[row])
        upsert(session, ScoreRow, values=[row | {"pain_level": level}])
    with database.read() as session:
        assert session.scalars(select(ScoreRow.pain_level)).all() == [level]


def test_an_error_does_not_reveal_the_row(database: Database, clinic: Clinic) -> None:
    row = a_row(clinic, "a") | {"body": "my knees hurt", "digest": None}
    with pytest.raises(IntegrityError) as refused, database.begin() as session:
        session.execute(insert(RejectedEntry).values(**row))

    trace = "".join(traceback.format_exception(refused.value))
    assert "knees" not in trace
    assert str(clinic.patient.id) not in trace
    assert "digest" in trace  # the column


def test_an_error_of_many_rows_does_not_reveal_them(database: Database, clinic: Clinic) -> None:
    row = a_row(clinic, "a") | {"body": "my knees hurt", "digest": None}
    with pytest.raises(IntegrityError) as refused, database.begin() as session:
        insert_once(session, RejectedEntry, values=[row])

    assert "knees" not in "".join(traceback.format_exception(refused.value))


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_a_database_in_memory_needs_no_file(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    database = open_database(url)
    with database.begin() as session:
        assert session.scalar(text("SELECT 1")) == 1
    database.close()
    assert list(tmp_path.iterdir()) == []
