"""Migrations: forward, back and forward again, equal to the models."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, func, inspect, select, table, text

from api.app import create_app
from api.db.database import open_database
from config.settings import Settings
from tests.support import databases
from tests.support.builders import a_clinic, a_report


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database without a schema."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/empty.db"
        return
    fresh = databases.new_postgresql_database()
    yield fresh
    databases.drop_postgresql_database(fresh)


def tables(url: str) -> set[str]:
    engine = create_engine(url)
    names = set(inspect(engine).get_table_names()) - {"alembic_version"}
    engine.dispose()
    return names


def test_there_is_one_head() -> None:
    assert len(ScriptDirectory.from_config(databases.alembic_config("sqlite://")).get_heads()) == 1


def test_up_down_and_up_again(url: str) -> None:
    config = databases.alembic_config(url)
    command.upgrade(config, "head")
    there = tables(url)
    assert {"entries", "alerts", "outbox"} <= there
    command.downgrade(config, "base")
    assert tables(url) == set()
    command.upgrade(config, "head")
    assert tables(url) == there


IDS = {name: f"{n:032x}" for n, name in enumerate(("site", "team", "patient"), 1)}
ROWS = (
    "INSERT INTO sites VALUES (:site, 'St. Example', 'Europe/Berlin', 'Call.', '2026-03-01 12:00:00')",
    "INSERT INTO teams VALUES (:team, :site, 'Breast clinic')",
    "INSERT INTO patients (id, site_id, team_id, reference, name, birth_year, timezone, check_in_at, "
    "quiet_from, quiet_until, enrolled_at) VALUES (:patient, :site, :team, 'P-1', 'Ada', 1960, "
    "'Europe/Berlin', '09:00:00', '21:00:00', '08:00:00', '2026-03-01 12:00:00')",
    "INSERT INTO trajectories (patient_id, change_seq, engine) VALUES (:patient, 1, 'before')",
    "INSERT INTO scores (patient_id, local_date, pain_level, risk_90d, unknown_doses_28d, status, engine) "
    "VALUES (:patient, '2026-03-01', 3.5, 0.25, 28, 'scored', 'before')",
)
"""A clinic with one scored patient, as revision 20261122c held it."""


def test_a_database_that_holds_rows_keeps_them_on_the_way_forward_and_back(url: str) -> None:
    config = databases.alembic_config(url)
    command.upgrade(config, "20261122c")
    engine = create_engine(url)
    with engine.begin() as connection:
        for row in ROWS:
            named = {name: IDS[name] for name in IDS if f":{name}" in row}
            connection.execute(text(row), named)
    kept = "SELECT pain_level, risk_90d, engine FROM scores"
    intervals = "SELECT pain_change_low, risk_90d_high, pain_level_low, stiffness_level_high FROM scores"

    command.upgrade(config, "head")
    with engine.begin() as connection:
        assert connection.execute(text(kept)).all() == [(3.5, 0.25, "before")]
        assert connection.execute(text(intervals)).all() == [(None, None, None, None)]
        assert connection.execute(text("SELECT count(*) FROM site_policies")).scalar() == 0
    command.downgrade(config, "20261122c")
    with engine.begin() as connection:
        assert connection.execute(text(kept)).all() == [(3.5, 0.25, "before")]
    engine.dispose()


BEFORE_TABLES_ARE_COPIED = "20261128_restores"
"""A revision after which tables are changed that others refer to."""


def test_a_clinic_in_use_keeps_every_row_on_the_way_back_and_forward(url: str) -> None:
    config = databases.alembic_config(url)
    command.upgrade(config, "head")
    database = open_database(url)
    with database.begin() as session:
        clinic = a_clinic(session, now=datetime.now(UTC))
    client = create_app(Settings(secret_key="for tests only"), database=database).test_client()
    for changes in ({"pain_worst": 3}, {"pain_worst": 8, "red_flags": ["chest_pain"]}):
        client.post("/v1/me/entries", json=a_report(**changes), headers=clinic.patient.headers)
    database.close()
    engine = create_engine(url)
    kept = "grants", "tokens", "patients", "entries", "alerts", "alert_events", "outbox", "audit"

    def counts() -> dict[str, int]:
        with engine.begin() as connection:
            found = {name: connection.scalar(select(func.count()).select_from(table(name))) for name in kept}
        return {name: count or 0 for name, count in found.items()}

    before = counts()
    assert min(before["grants"], before["tokens"], before["alerts"], before["alert_events"]) > 0
    command.downgrade(config, BEFORE_TABLES_ARE_COPIED)
    assert counts() == before
    command.upgrade(config, "head")
    assert counts() == before
    if engine.dialect.name == "sqlite":
        with engine.begin() as connection:
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
    engine.dispose()


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
def test_alembic_check_finds_nothing(url: str) -> None:
    config = databases.alembic_config(url)
    command.upgrade(config, "head")
    command.check(config)
