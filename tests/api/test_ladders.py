"""The site's ladders as its admins read and set them, and as an operator does."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api.cli.commands import COMMANDS
from api.cli.ladder import ladder
from api.db.database import Database
from api.domain.escalation.ladder import BUILT_IN
from api.domain.escalation.parse import read_ladders
from api.domain.escalation.render import document_of
from tests.support.builders import Clinic, a_clinic

OURS: dict[str, Any] = {
    "name": "Ward 3",
    "source": "Ward 3, team meeting of 1 March 2026",
    "hours": {"monday": ["08:00-12:00", "13:00-16:30"]},
    "holidays": {"2026-12-25": "Christmas Day"},
}
NIGHTS = {
    "rungs": [
        {"roles": ["nurse"], "on_call": "night", "after": {"minutes": 0}},
        {"roles": ["coordinator"], "after": {"hours": 1}},
    ],
    "then_every": {"hours": 1},
    "answer_within": {"hours": 4},
}


def post(client: FlaskClient, clinic: Clinic, document: Any = OURS, **more: Any) -> TestResponse:
    """Set ladders as the site's admin."""
    return client.post("/v1/ladders", json={"document": document} | more, headers=clinic.site_admin.headers)


def read(client: FlaskClient, clinic: Clinic) -> dict[str, Any]:
    answer = client.get("/v1/ladder", headers=clinic.site_admin.headers)
    assert answer.status_code == 200
    return dict(answer.json)


def test_before_any_other_the_built_in_ladders_are_in_force(client: FlaskClient, clinic: Clinic) -> None:
    found = read(client, clinic)
    present = found["current"]
    assert (found["upcoming"], found["unstaffed_rotas"], found["timezone"]) == ([], [], "Europe/Berlin")
    assert (present["id"], present["name"], present["changes"]) == (None, "default", [])
    assert present["document"] == document_of(BUILT_IN)


def test_an_admin_puts_ladders_into_force(client: FlaskClient, clinic: Clinic) -> None:
    answer = post(client, clinic, note="decided on Monday")
    assert answer.status_code == 201
    present = read(client, clinic)["current"]
    assert present == answer.json
    assert (present["set_by"], present["note"]) == (str(clinic.site_admin.id), "decided on Monday")
    assert read_ladders(present["document"]) == read_ladders(OURS)
    assert present["changes"][0].startswith("hours.monday: ")
    actions = client.get("/v1/audit", headers=clinic.site_admin.headers).json["items"]
    assert "ladders.set" in {row["action"] for row in actions}


def test_upcoming_ladders_are_shown_and_not_in_force_yet(client: FlaskClient, clinic: Clinic) -> None:
    later = datetime.now(UTC) + timedelta(days=3)
    assert post(client, clinic, effective_from=later.isoformat()).status_code == 201
    found = read(client, clinic)
    assert found["current"]["id"] is None
    assert [each["name"] for each in found["upcoming"]] == ["Ward 3"]


def test_equal_ladders_are_the_present_ones(client: FlaskClient, clinic: Clinic) -> None:
    first, again = post(client, clinic), post(client, clinic)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json == first.json
    assert post(client, clinic, {"name": "default"}).status_code == 201  # back to what is built in


def test_two_from_one_moment_are_a_conflict(client: FlaskClient, clinic: Clinic) -> None:
    later = (datetime.now(UTC) + timedelta(days=3)).isoformat()
    assert post(client, clinic, effective_from=later).status_code == 201
    refused = post(client, clinic, OURS | {"name": "Ward 4"}, effective_from=later)
    assert (refused.status_code, refused.json["type"]) == (409, "/problems/ladder-taken")


@pytest.mark.parametrize(
    ("document", "place", "what"),
    [
        (OURS | {"hours": {"monday": ["8-12"]}}, "document.hours.monday.0", "write it as"),
        (OURS | {"ladders": {"same_day": {}}}, "document.ladders.same_day.rungs", "is not a list"),
        (
            OURS | {"ladders": {"same_day": NIGHTS}},
            "document.ladders.same_day.rungs.0.on_call",
            "no rota 'night'",
        ),
        ([], "document", "Not a valid mapping"),
    ],
)
def test_a_document_without_ladders_is_refused_by_field(
    client: FlaskClient, clinic: Clinic, document: Any, place: str, what: str
) -> None:
    refused = post(client, clinic, document)
    assert refused.status_code == 422
    assert what in refused.json["errors"][place], refused.json
    assert read(client, clinic)["current"]["id"] is None


@pytest.mark.parametrize("days", [-1, 367])
def test_a_moment_that_is_past_or_too_far_ahead_is_refused(
    client: FlaskClient, clinic: Clinic, days: int
) -> None:
    moment = (datetime.now(UTC) + timedelta(days=days)).isoformat()
    refused = post(client, clinic, effective_from=moment)
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["effective_from"])


def test_a_rota_without_staff_on_call_is_listed_as_unstaffed(client: FlaskClient, clinic: Clinic) -> None:
    made = client.put("/v1/rotas/night", json={"shifts": []}, headers=clinic.site_admin.headers)
    assert made.status_code == 200
    assert post(client, clinic, OURS | {"ladders": {"same_day": NIGHTS}}).status_code == 201
    assert read(client, clinic)["unstaffed_rotas"] == ["night"]


@pytest.mark.parametrize("who", ["nurse", "clinician", "coordinator", "patient", "scheduler"])
def test_only_a_site_admin_has_access(client: FlaskClient, clinic: Clinic, who: str) -> None:
    headers = getattr(clinic, who).headers
    assert client.get("/v1/ladder", headers=headers).status_code == 403
    assert client.post("/v1/ladders", json={"document": OURS}, headers=headers).status_code == 403


def test_another_site_goes_on_as_before(client: FlaskClient, clinic: Clinic, database: Database) -> None:
    with database.begin() as session:
        other = a_clinic(session, now=datetime.now(UTC), name="Elsewhere")
    assert post(client, clinic).status_code == 201
    assert read(client, other)["current"]["id"] is None


def test_an_operator_shows_checks_sets_and_lists(app: Flask, clinic: Clinic, tmp_path: Path) -> None:
    assert ladder in COMMANDS
    shell, file, toml = app.test_cli_runner(), tmp_path / "ours.json", tmp_path / "ours.toml"
    shown = shell.invoke(ladder, ["show"])
    assert read_ladders(json.loads(shown.output)) == BUILT_IN
    file.write_text(json.dumps(OURS))
    toml.write_text('name = "Ward 3"\nsource = "Ward 3, team meeting of 1 March 2026"\n'
                    '[hours]\nmonday = ["08:00-12:00", "13:00-16:30"]\n'
                    '[holidays]\n2026-12-25 = "Christmas Day"\n')  # fmt: skip
    checks = [shell.invoke(ladder, ["check", str(each)]).output.splitlines() for each in (file, toml)]
    assert checks[0][1:] == checks[1][1:]
    assert "'Ward 3' can be used" in checks[0][0]
    assert shell.invoke(ladder, ["show", str(toml)]).exit_code == 0

    done = shell.invoke(ladder, ["set", "St. Example", str(file), "--note", "as decided"])
    assert done.exit_code == 0, done.output
    assert "set by the command line; as decided" in done.output
    again = shell.invoke(ladder, ["set", "St. Example", str(toml)])
    assert "nothing was changed" in again.output
    past, present = shell.invoke(ladder, ["list", "St. Example"]).output.splitlines()
    assert past.startswith("past: 'default', until another one is set; version ")
    assert present.startswith("present: 'Ward 3' holds from ")
    assert shell.invoke(ladder, ["set", "St. Example", "--default"]).exit_code == 0


def test_an_operator_sees_the_gaps(app: Flask, client: FlaskClient, clinic: Clinic, tmp_path: Path) -> None:
    client.put("/v1/rotas/night", json={"shifts": []}, headers=clinic.site_admin.headers)
    post(client, clinic, OURS | {"ladders": {"same_day": NIGHTS}})
    listed = app.test_cli_runner().invoke(ladder, ["list", "St. Example"]).output
    assert listed.endswith("the rota 'night' has no staff on call now\n")


def test_an_operator_gets_every_problem_with_its_line(app: Flask, clinic: Clinic, tmp_path: Path) -> None:
    shell, file = app.test_cli_runner(), tmp_path / "ours.json"
    file.write_text(json.dumps(OURS | {"holidays": {"2026-12-35": "x"}}, indent=1))
    wrong = shell.invoke(ladder, ["check", str(file)])
    assert (wrong.exit_code, wrong.output) == (
        1,
        f"{file}:11: holidays.2026-12-35: is no day of this century, such as 2026-12-25\n",
    )
    file.write_text('{"name": "x", "name": "y"}')
    assert "'name' is repeated" in shell.invoke(ladder, ["check", str(file)]).output
    assert shell.invoke(ladder, ["set", "St. Example"]).exit_code == 2
    assert "there is no site" in shell.invoke(ladder, ["set", "Nowhere", "--default"]).output
    assert "there is no site" in shell.invoke(ladder, ["list", "Nowhere"]).output
