"""Patients get a copy of everything that is kept about them."""

import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zipfile import ZipFile

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from api.db.base import Base
from api.db.database import Database
from api.domain.data_export import KEPT_FOR, LEASE, MOST_ATTEMPTS
from api.domain.enrolment import Language
from api.models.audit import AuditRow
from api.models.export import DataExport, ExportPart
from api.models.patient import Patient
from api.services.privacy import export_archive, export_jobs, export_records, export_words
from api.services.privacy.export_records import NOT_EXPORTED, RECORDS
from api.words.catalogue import translate
from notifications.jobs import cleanup, exports
from tests.notifications.conftest import an_alert
from tests.support.builders import (
    Clinic,
    Signed,
    a_measurement,
    a_patient,
    a_questionnaire,
    a_report,
    signed_in,
)

A_WEIGHT = {"kind": "weight", "value": 70, "unit": "kg"}
FORMULA = '=HYPERLINK("https://example.org";"<b>click</b>")'


def clock() -> datetime:
    return datetime.now(UTC)


def ask(client: FlaskClient, who: Signed) -> str:
    answer = client.post("/v1/me/exports", headers=who.headers)
    assert answer.status_code == 202, answer.text
    return str(answer.json["id"])


def fetch(client: FlaskClient, who: Signed, export: str) -> ZipFile:
    answer = client.get(f"/v1/me/exports/{export}/file", headers=who.headers)
    assert answer.status_code == 200, answer.text
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    return ZipFile(io.BytesIO(answer.data))


def copy_of(client: FlaskClient, who: Signed, database: Database) -> ZipFile:
    export = ask(client, who)
    assert exports.make_due(database, clock=clock) == 1
    return fetch(client, who, export)


def table(archive: ZipFile, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig"))))


def write_diary(client: FlaskClient, clinic: Clinic, database: Database, **answers: Any) -> str:
    """Let the patient write, correct, answer and be measured; return the id of the entry."""
    me = clinic.patient.headers
    entry = a_report(**{"pain_worst": 9, "red_flags": ["chest_pain"], **answers})
    assert client.post("/v1/me/entries", json=entry, headers=me).status_code == 201
    changed = {key: value for key, value in entry.items() if key != "id"} | {"pain_worst": 8}
    url = f"/v1/me/entries/{entry['id']}"
    assert client.put(url, json=changed, headers=me | {"If-Match": "*"}).status_code == 200
    client.post("/v1/me/assessments", json=a_questionnaire({"worst": 7}), headers=me)
    with database.begin() as session:
        a_measurement(session, clinic.patient.id, A_WEIGHT)
    return str(entry["id"])


def test_a_copy_holds_entries_with_versions_questionnaires_measurements_notices_and_uses(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    entry = write_diary(client, clinic, database)
    client.get(f"/v1/patients/{clinic.patient.id}/entries", headers=clinic.nurse.headers)
    archive = copy_of(client, clinic.patient, database)
    everything = json.loads(archive.read("data.json"))
    assert everything["patient"]["name"] == "Ada Example"
    [now], [before] = everything["entries"], everything["entry_versions"]
    assert (now["id"], now["answers"]["pain_worst"], before["answers"]["pain_worst"]) == (entry, 8, 9)
    [questionnaire] = everything["questionnaires"]
    assert questionnaire["instrument_name"] == "Brief Pain Inventory, Short Form"
    assert questionnaire["answers"] == {"worst": 7}
    assert [each["kind"] for each in everything["measurements"]] == ["weight"]
    assert {"red_flag"} <= {each["kind"] for each in everything["notices_to_the_team"]}
    assert {(each["role"], each["action"]) for each in everything["uses_of_your_data"]} >= {
        ("nurse", "entries.read"),
        (None, "export.requested"),
    }
    [row] = table(archive, "entries.csv")
    assert (row["pain_worst"], row["red_flags"]) == ("8", '["chest_pain"]')


def test_no_copy_holds_secrets_or_the_names_and_ids_of_others(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    write_diary(client, clinic, database)
    with database.begin() as session:
        other = a_patient(session, clinic.team, now=clock(), name="Somebody Else")
    client.get("/v1/patients", headers=clinic.nurse.headers)
    archive = copy_of(client, clinic.patient, database)
    text = "".join(archive.read(name).decode("utf-8-sig") for name in archive.namelist())
    assert "Somebody Else" not in text
    for one in (clinic.nurse.id, clinic.site_admin.id, clinic.scheduler.id, other.id):
        assert str(one) not in text
    shown = {column for records in RECORDS for column in records.columns}
    assert not {each for each in shown if re.search(r"secret|token|digest|endpoint|password", each)}


def test_the_risk_of_stopping_is_left_out_as_no_view_shows_it_to_patients(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    with database.begin() as session:
        an_alert(session, clinic, kind="likely_discontinuation", reason="the risk is 41%")
        an_alert(session, clinic, kind="worsening", reason="worst pain rose")
    archive = copy_of(client, clinic.patient, database)
    notices = json.loads(archive.read("data.json"))["notices_to_the_team"]
    assert {each["reason"] for each in notices} == {None, "worst pain rose"}
    text = "".join(archive.read(name).decode("utf-8-sig") for name in archive.namelist())
    assert "41%" not in text
    assert "risk_90d" not in text


def test_every_table_about_patients_is_exported_or_left_out_for_a_reason() -> None:
    about_patients = {
        mapper.class_.__tablename__
        for mapper in Base.registry.mappers
        if "patient_id" in mapper.columns  # also where the attribute has another name
    }
    exported = {records.table.__tablename__ for records in RECORDS}
    assert about_patients - exported - set(NOT_EXPORTED) == set()


def test_the_page_is_in_the_language_of_the_patient_and_holds_no_script(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    with database.begin() as session:
        session.get_one(Patient, clinic.patient.id).language = "de"
    write_diary(client, clinic, database, note=FORMULA, body_sites=[{"site": "hand", "side": "left"}])
    archive = copy_of(client, clinic.patient, database)
    page = archive.read("summary.html").decode()
    assert '<html lang="de">' in page
    assert "Kopie Ihrer Daten" in page
    assert "Schmerzen in der Brust" in page
    assert "Hand, links" in page
    assert "&lt;b&gt;click&lt;/b&gt;" in page
    assert not re.search(r"<script|<link|<img|\son\w+=|src=|href=", page)
    [row] = table(archive, "entries.csv")
    assert row["note"] == "'" + FORMULA
    assert json.loads(archive.read("data.json"))["entries"][0]["answers"]["note"] == FORMULA


def test_every_word_of_the_page_is_translated() -> None:
    others = [language for language in Language if language is not Language.ENGLISH]
    words = sorted(export_words.words())
    assert [word for word in words if any(translate(word, each) is None for each in others)] == []


def test_a_copy_is_made_once_however_often_it_is_asked_for(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    first = ask(client, clinic.patient)
    assert ask(client, clinic.patient) == first
    pending = client.get(f"/v1/me/exports/{first}/file", headers=clinic.patient.headers)
    assert (pending.status_code, pending.json["type"]) == (409, "/problems/export-not-ready")
    assert exports.make_due(database, clock=clock) == 1
    assert exports.make_due(database, clock=clock) == 0
    [listed] = client.get("/v1/me/exports", headers=clinic.patient.headers).json["items"]
    assert (listed["id"], listed["state"]) == (first, "ready")


def test_a_new_copy_replaces_the_last_and_many_in_a_day_are_refused(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    made = []
    for _ in range(5):
        made.append(ask(client, clinic.patient))
        exports.make_due(database, clock=clock)
    assert client.get(f"/v1/me/exports/{made[0]}", headers=clinic.patient.headers).status_code == 404
    refused = client.post("/v1/me/exports", headers=clinic.patient.headers)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 3600
    fetch(client, clinic.patient, made[-1])


def test_nobody_else_fetches_a_copy(client: FlaskClient, clinic: Clinic, database: Database) -> None:
    export = ask(client, clinic.patient)
    exports.make_due(database, clock=clock)
    with database.begin() as session:
        other = signed_in(session, a_patient(session, clinic.team, now=clock()), now=clock())
    url = f"/v1/me/exports/{export}/file"
    assert client.get(url, headers=other.headers).status_code == 404
    assert client.get(url, headers=clinic.site_admin.headers).status_code == 403
    assert client.get(url).status_code == 401


def test_asking_making_and_fetching_are_audited(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    copy_of(client, clinic.patient, database)
    with database.read() as session:
        acts = session.execute(
            select(AuditRow.action, AuditRow.actor_kind, AuditRow.site_id)
            .where(AuditRow.patient_id == clinic.patient.id)
            .order_by(AuditRow.id)
        ).all()
    site = clinic.site.id
    assert acts == [
        ("export.requested", "patient", site),
        ("export.made", "system", site),
        ("export.fetched", "patient", site),
    ]


def parts(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(ExportPart)) or 0


def test_a_crash_in_the_middle_is_repeated_and_nothing_half_is_served(
    client: FlaskClient, clinic: Clinic, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_diary(client, clinic, database)
    export = ask(client, clinic.patient)
    monkeypatch.setattr(export_jobs, "PART_BYTES", 1000)

    def crash(*_: object, **__: object) -> None:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(export_archive.SummaryPage, "write", crash)
        exports.make_due(database, clock=clock)
    assert parts(database) > 0
    assert client.get(f"/v1/me/exports/{export}/file", headers=clinic.patient.headers).status_code == 409
    assert exports.make_due(database, clock=clock) == 0, "the lease of the dead worker still runs"
    later = clock() + LEASE + timedelta(seconds=1)
    assert exports.make_due(database, clock=lambda: later) == 1
    archive = fetch(client, clinic.patient, export)
    assert archive.testzip() is None
    assert "summary.html" in archive.namelist()


def test_a_worker_that_lost_its_lease_changes_nothing(
    client: FlaskClient, clinic: Clinic, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = ask(client, clinic.patient)
    whole = export_archive.write_archive

    def overtaken(*args: Any, **kwargs: Any) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(export_jobs, "write_archive", whole)
            later = clock() + LEASE + timedelta(seconds=1)
            assert export_jobs.make_next(database, lambda text, _: text, clock=lambda: later)
        whole(*args, **kwargs)

    monkeypatch.setattr(export_jobs, "write_archive", overtaken)
    exports.make_due(database, clock=clock)
    with database.read() as session:
        row = session.scalars(select(DataExport)).one()
        attempts = set(session.scalars(select(ExportPart.attempt)))
    assert (row.state, row.attempts, attempts) == ("ready", 2, {2})
    assert fetch(client, clinic.patient, export).testzip() is None


def test_a_copy_that_can_never_be_made_is_given_up(
    client: FlaskClient, clinic: Clinic, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object, **__: object) -> None:
        raise ValueError

    monkeypatch.setattr(export_jobs, "write_archive", crash)
    export = ask(client, clinic.patient)
    for attempt in range(MOST_ATTEMPTS + 1):
        at = clock() + 2 * LEASE * attempt
        exports.make_due(database, clock=lambda: at)  # noqa: B023 - called at once
    shown = client.get(f"/v1/me/exports/{export}", headers=clinic.patient.headers).json
    assert shown["state"] == "failed"
    assert ask(client, clinic.patient) != export


def test_a_copy_is_deleted_after_a_day(client: FlaskClient, clinic: Clinic, database: Database) -> None:
    copy_of(client, clinic.patient, database)
    cleanup.delete_expired(database, now=clock() + KEPT_FOR - timedelta(minutes=1))
    assert parts(database) > 0
    cleanup.delete_expired(database, now=clock() + KEPT_FOR + timedelta(minutes=1))
    assert parts(database) == 0
    assert client.get("/v1/me/exports", headers=clinic.patient.headers).json["items"] == []


def test_pages_of_records_hold_each_row_once(
    client: FlaskClient, clinic: Clinic, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_records, "PAGE", 2)
    sent = [a_report(recorded_at=clock() - timedelta(hours=hours)) for hours in range(1, 6)]
    client.post("/v1/me/entries", json={"entries": sent}, headers=clinic.patient.headers)
    archive = copy_of(client, clinic.patient, database)
    ids = [row["id"] for row in table(archive, "entries.csv")]
    assert sorted(ids) == sorted(each["id"] for each in sent)
