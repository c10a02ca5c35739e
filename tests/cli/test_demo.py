"""The demo clinic, scoring anew, and the pages a browser opens."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient, FlaskCliRunner
from sqlalchemy import delete, select, update

from api.app import create_app
from api.cli.demo import PHONE_OF, seed
from api.cli.demo_stories import STORIES
from api.cli.demo_wording import DEMO_INSTRUMENT, demo_wording
from api.cli.rescore import rescore
from api.db.database import Database
from api.domain.alerts.finding import FindingKind
from api.domain.enrolment import Language
from api.domain.instruments.wording import read_wording
from api.errors import PROBLEMS, slug_of
from api.models.alert import Alert, AlertEvent, Evidence
from api.models.outbox import OutboxMessage
from api.models.patient import Trajectory
from api.models.score import ScoreRow
from api.models.site import Site
from config.settings import Settings


@pytest.fixture
def app(sqlite: Database) -> Flask:
    """The application, which the command line speaks to."""
    return create_app(Settings(secret_key="-" * 32), database=sqlite)


@pytest.fixture
def shell(app: Flask) -> FlaskCliRunner:
    """An operator's shell."""
    return app.test_cli_runner()


def sign_in(client: FlaskClient, printed: str) -> dict[str, str]:
    email, password = next(line.split()[1:] for line in printed.splitlines() if " nurse@" in line)
    answer = client.post("/v1/sessions", json={"email": email, "password": password})
    return {"Authorization": f"Bearer {answer.json['access_token']}"}


def test_the_demo_clinic_is_worth_looking_at_and_made_once(
    shell: FlaskCliRunner, app: Flask, tmp_path: Path
) -> None:
    kept = tmp_path / "sign-ins.txt"
    done = shell.invoke(seed, ["--sign-ins", str(kept)])
    assert done.exit_code == 0, done.output
    again = shell.invoke(seed, ["--sign-ins", str(kept)])
    assert "is there already" in again.output
    assert kept.read_text() in again.output
    client = app.test_client()
    nurse = sign_in(client, done.output)
    worklist: list[dict[str, Any]] = client.get("/v1/alerts", headers=nurse).json["items"]
    about = {(alert["patient"]["name"], alert["kind"]) for alert in worklist}
    assert worklist[0]["kind"] == "red_flag"
    assert {
        ("Worsening Wanda", "worsening"),
        ("Weekly Winnie", "worsening"),
        ("Skipping Sofia", "adherence_gap"),
        ("Red-flag Rita", "red_flag"),
    } <= about
    assert "Steady Sarah" not in {name for name, _ in about}
    patients = client.get("/v1/patients", headers=nurse).json["items"]
    assert len(patients) == len(STORIES)
    wanda = next(each["id"] for each in patients if each["reference"] == PHONE_OF)
    before, present = client.get(f"/v1/patients/{wanda}/treatments", headers=nurse).json["treatments"]
    days = [
        entry["local_date"]
        for entry in client.get(f"/v1/patients/{wanda}/entries", headers=nurse).json["items"]
    ]
    assert (before["ai"], before["why_stopped"], present["ai"]) == (
        "letrozole",
        "side_effects",
        "anastrozole",
    )
    assert min(days) < before["from"] < before["until"] < present["from"] < max(days), "within the curve"


def test_starting_the_demo_again_gives_an_activation_code_that_works_and_keeps_the_rest(
    shell: FlaskCliRunner, app: Flask, tmp_path: Path
) -> None:
    kept = tmp_path / "sign-ins.txt"
    client = app.test_client()

    def started() -> tuple[list[str], int]:
        assert shell.invoke(seed, ["--sign-ins", str(kept)]).exit_code == 0
        *others, line = kept.read_text().splitlines()
        code = line.rpartition(": ")[2]
        return others, client.post("/v1/activations", json={"code": code, "label": "phone"}).status_code

    first, second = started(), started()

    assert first == second
    assert first[1] == 201


def test_a_due_questionnaire_of_the_demo_has_texts_marked_as_a_demo(
    shell: FlaskCliRunner, app: Flask
) -> None:
    printed = shell.invoke(seed, []).output
    code = next(line.rpartition(": ")[2] for line in printed.splitlines() if "Activation code" in line)
    client = app.test_client()
    phone = client.post("/v1/activations", json={"code": code.strip(), "label": "phone"}).json
    headers = {"Authorization": f"Bearer {phone['access_token']}"}

    due = client.get("/v1/me/due", headers=headers).json["items"]
    answerable = [task for task in due if task.get("instrument") and not task["notice"]]
    assert [task["instrument"] for task in answerable] == ["siqr"]
    shown = client.get("/v1/instruments/siqr", headers=headers).json

    assert all(item["text"].startswith("Demo wording: ") for item in shown["items"])
    assert shown["wording"]["licence"].startswith("Demo wording: written for the demo clinic")
    assert "not for patients" in shown["wording"]["licence"]
    sent = {"id": str(uuid4()), "instrument": "siqr", "status": "complete",
            "recorded_at": datetime.now(UTC).isoformat(),
            "answers": {item["id"]: 3 for item in shown["items"]}}  # fmt: skip
    answer = client.post("/v1/me/assessments", json=sent, headers=headers)
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize("language", Language)
def test_the_demo_wording_fits_its_questionnaire_and_is_none_of_the_shipped_words(language: Language) -> None:
    wording = demo_wording(language)
    read = read_wording(
        DEMO_INSTRUMENT,
        {"language": wording.language, "licence": wording.licence, "items": wording.items,
         "answers": wording.answers},
    )  # fmt: skip
    assert read == wording
    words = [text for item in DEMO_INSTRUMENT.items for text in item.texts.values()]
    shipped = {text.split(":")[0].casefold() for text in words}
    assert not [text for text in wording.items.values() if any(each in text.casefold() for each in shipped)]
    marks = {text.partition(":")[0].strip() for text in (*wording.items.values(), wording.licence)}
    assert len(marks) == 1


def test_the_demo_wording_is_all_in_the_language_it_is_asked_for_in() -> None:
    english = demo_wording(Language.ENGLISH)
    for language in set(Language) - {Language.ENGLISH}:
        other = demo_wording(language)
        alike = [name for name, text in other.items.items() if english.items[name][-30:] == text[-30:]]
        assert alike == []
        assert not {*english.answers["impact_1"].values()} & {*other.answers["impact_1"].values()}


def test_sign_ins_that_cannot_be_written_fail_before_anything_is_created(
    shell: FlaskCliRunner, sqlite: Database, tmp_path: Path
) -> None:
    said = shell.invoke(seed, ["--sign-ins", str(tmp_path)])
    assert said.exit_code == 2
    assert "is a directory" in said.output
    with sqlite.read() as session:
        assert session.scalars(select(Site)).all() == []


def test_rescoring_mends_whom_it_must_and_only_counts_when_dry(
    shell: FlaskCliRunner, sqlite: Database
) -> None:
    shell.invoke(seed, [])

    def scores() -> list[tuple[Any, ...]]:
        with sqlite.read() as session:
            rows = select(ScoreRow.patient_id, ScoreRow.local_date, ScoreRow.pain_level)
            return [tuple(row) for row in session.execute(rows.order_by(*rows.selected_columns))]

    before = scores()
    assert shell.invoke(rescore, []).output.startswith("0 patients")
    with sqlite.begin() as session:
        session.execute(update(Trajectory).values(engine="another"))
        session.execute(update(ScoreRow).values(pain_level=None))
    assert shell.invoke(rescore, ["--dry-run"]).output.startswith(f"{len(STORIES)} patients")
    assert scores() != before
    shell.invoke(rescore, [])
    assert scores() == before


def test_a_dry_run_of_rescoring_names_the_alerts_that_would_open_and_changes_nothing(
    shell: FlaskCliRunner, sqlite: Database
) -> None:
    shell.invoke(seed, [])
    same = shell.invoke(rescore, ["--all", "--dry-run"])
    assert (same.exit_code, "open alerts: none would change" in same.output) == (0, True)
    with sqlite.begin() as session:
        lost = list(session.scalars(select(Alert.id).where(Alert.kind == FindingKind.WORSENING)))
        for table in (Evidence, AlertEvent):
            session.execute(delete(table).where(table.alert_id.in_(lost)))
        session.execute(update(OutboxMessage).where(OutboxMessage.alert_id.in_(lost)).values(alert_id=None))
        session.execute(delete(Alert).where(Alert.id.in_(lost)))

    preview = shell.invoke(rescore, ["--all", "--dry-run"]).output

    assert f"open alerts: {len(lost)} worsening would be new" in preview
    with sqlite.read() as session:
        assert not session.scalars(select(Alert.id).where(Alert.kind == FindingKind.WORSENING)).all()


@pytest.mark.parametrize("path", ["/docs", "/static/docs.js", "/static/vendor/swagger-ui/swagger-ui.css"])
def test_the_documentation_comes_from_this_package(app: Flask, path: str) -> None:
    answer = app.test_client().get(path)
    assert answer.status_code == 200
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert b"//cdn" not in answer.data[:5000]
    answer.close()


def test_every_kind_of_problem_has_a_page_with_its_meaning(app: Flask) -> None:
    client = app.test_client()
    for kind in PROBLEMS:
        page = client.get(f"/problems/{slug_of(kind)}")
        assert page.status_code == 200
        assert str(kind.__doc__).split(";", maxsplit=1)[0].split("'")[0] in page.text
    assert client.get("/problems/none-of-ours").status_code == 404
    assert client.get("/").headers["Location"] == "/docs"
