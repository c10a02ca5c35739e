"""Export of diaries: replaying the files gives the scores of the server."""

import csv
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from api.db.database import Database
from api.models.audit import AuditRow
from api.models.entry import EntryRow
from api.models.patient import Patient
from api.models.score import ScoreRow
from tests.support.builders import Clinic, a_report

CHECKED = ("pain_level", "pain_baseline", "pain_change", "p_worsening", "self_reported_pdc_28d", "risk_90d")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder for the files, which does not exist yet."""
    return tmp_path / "out"


@pytest.fixture
def diary(client: FlaskClient, clinic: Clinic, database: Database) -> None:
    """A diary of 60 days, of which some are about the day before, and a note."""
    with database.begin() as session:
        started = (datetime.now(UTC) - timedelta(days=90)).date()
        session.execute(update(Patient).values(ai_started_on=started, ai="letrozole", prior_taxane=True))
    start = datetime.now(UTC) - timedelta(days=61)
    entries = [
        a_report(
            recorded_at=start + timedelta(days=day),
            local_date=(start + timedelta(days=day - (day % 7 == 3))).date(),
            pain_worst=2 if day < 40 else 7,
            stiffness=3,
            dose="missed" if day % 9 == 0 else "taken",
            note="Ada wrote this",
        )
        for day in range(60)
    ]
    answer = client.post("/v1/me/entries", json={"entries": entries}, headers=clinic.patient.headers)
    assert {item["status"] for item in answer.json["results"]} == {"created"}


def export(app: Flask, clinic: Clinic, folder: Path, *more: str) -> Any:
    runner = app.test_cli_runner()
    return runner.invoke(args=["export", "--site", clinic.site.name, "--into", str(folder), *more])


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.usefixtures("diary")
def test_what_is_exported_replays_to_the_servers_own_scores(
    app: Flask, database: Database, clinic: Clinic, folder: Path
) -> None:
    assert export(app, clinic, folder).exit_code == 0
    scores = folder / "scores.csv"
    args = ["replay", "--entries", str(folder / "entries.csv"), "--patients", str(folder / "patients.csv")]
    args += ["--alerts", str(folder / "alerts.csv"), "--scores", str(scores)]
    assert app.test_cli_runner().invoke(args=args).exit_code == 0
    replayed = {row["date"]: row for row in rows(scores)}
    with database.read() as session:
        kept = session.scalars(select(ScoreRow).where(ScoreRow.patient_id == clinic.patient.id)).all()
    assert {score.local_date.isoformat() for score in kept} == set(replayed)
    for score in kept:
        row = replayed[score.local_date.isoformat()]
        for name in CHECKED:
            ours = getattr(score, name)
            theirs = float(row[name]) if row[name] else None
            assert theirs == (None if ours is None else pytest.approx(ours, abs=6e-3)), (
                name,
                score.local_date,
            )
        assert (row["severity"] or None) == score.severity


@pytest.mark.usefixtures("diary")
def test_no_patient_is_named_the_pseudonym_stays_and_the_export_is_audited(
    app: Flask, database: Database, clinic: Clinic, folder: Path, tmp_path: Path
) -> None:
    done = export(app, clinic, folder)
    assert done.exit_code == 0
    assert "60 entries" in done.output
    texts = "".join(path.read_text() for path in folder.iterdir())
    with database.read() as session:
        patient = session.get_one(Patient, clinic.patient.id)
    for word in (patient.reference, patient.name, str(patient.id), "Ada wrote this", "note"):
        assert word not in texts
    export(app, clinic, tmp_path / "again")
    assert (tmp_path / "again" / "patients.csv").read_text() == (folder / "patients.csv").read_text()
    export(app, clinic, tmp_path / "named", "--named")
    assert patient.reference in {row["patient"] for row in rows(tmp_path / "named" / "patients.csv")}
    with database.read() as session:
        trail = session.scalars(select(AuditRow).where(AuditRow.action == "diaries.exported")).all()
    assert [row.detail for row in trail] == [{"named": False}, {"named": False}, {"named": True}]
    lines = [json.loads(line) for line in (folder / "entries.ndjson").read_text().splitlines()]
    assert len(lines) == 60
    assert {line["answers"]["pain_worst"] for line in lines} == {2, 7}
    assert oct(folder.stat().st_mode)[-3:] == "700"
    assert {oct(path.stat().st_mode)[-3:] for path in folder.iterdir()} == {"600"}


@pytest.mark.usefixtures("diary")
def test_a_withdrawn_entry_is_not_exported(
    app: Flask, database: Database, clinic: Clinic, folder: Path
) -> None:

    with database.begin() as session:
        last = select(EntryRow.id).order_by(EntryRow.recorded_at.desc()).limit(1).scalar_subquery()
        session.execute(update(EntryRow).where(EntryRow.id == last).values(withdrawn=True))
    export(app, clinic, folder)
    assert len(rows(folder / "entries.csv")) == 59


def test_a_failed_export_leaves_nothing_and_gives_the_reason(
    app: Flask, clinic: Clinic, folder: Path
) -> None:
    done = export(app, clinic, Path("/proc/nowhere/out"))
    assert (done.exit_code, "cannot be written" in done.output) == (1, True)
    folder.mkdir()
    done = export(app, clinic, folder)
    assert (done.exit_code, "exists already" in done.output) == (1, True)
    assert list(folder.parent.iterdir()) == [folder] or not list(folder.iterdir())
    done = app.test_cli_runner().invoke(args=["export", "--site", "Nowhere", "--into", str(folder)])
    assert (done.exit_code, "there is no site" in done.output) == (1, True)
