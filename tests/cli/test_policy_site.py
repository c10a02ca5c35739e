"""An operator sets a site's policy, lists policies, and rescores."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import func, select

from api.app import create_app
from api.cli.accounts import create_site
from api.cli.commands import COMMANDS
from api.cli.demo import DEMO_SITE, seed
from api.cli.demo_stories import STORIES
from api.cli.policy import policy
from api.cli.rescore import rescore
from api.db.database import Database
from api.domain.policies.render import POLICY_FORMAT
from api.domain.policies.site_policy import BUILT_IN
from api.models.patient import Trajectory
from api.models.score import ScoreRow
from api.models.site_document import PolicyRow
from api.services.policies.document_files import load_document
from config.settings import Settings

OURS = """
name = "Ward 3"
[thresholds.severe_from]
value = 8
source = "Ward 3, 1 March 2026"
[thresholds.severe_ends]
value = 7.5
source = "Ward 3, 1 March 2026"
"""
SITE = ["St. Example", "--timezone", "Europe/Berlin", "--contact", "Call 030 1234."]


@pytest.fixture
def app(sqlite: Database) -> Flask:
    """The application of the command line."""
    return create_app(Settings(secret_key="-" * 32), database=sqlite)


@pytest.fixture
def shell(app: Flask) -> FlaskCliRunner:
    """The operator's shell, in which the site exists already."""
    assert policy in COMMANDS
    shell = app.test_cli_runner()
    assert shell.invoke(create_site, SITE).exit_code == 0
    return shell


@pytest.fixture
def ours(tmp_path: Path) -> str:
    """A policy file."""
    path = tmp_path / "ours.toml"
    path.write_text(OURS)
    return str(path)


def test_a_policy_is_set_and_listed(shell: FlaskCliRunner, ours: str) -> None:
    engine = load_document(Path(ours), POLICY_FORMAT).engine().version
    done = shell.invoke(policy, ["set", "St. Example", ours, "--note", "as decided"])
    assert done.exit_code == 0, done.output
    assert f"UTC; engine {engine}; set by the command line; as decided" in done.output
    assert "0 patients are to be scored again" in done.output
    coming = ["set", "St. Example", "--default", "--from", "2126-03-02T08:00+01:00"]
    refused = shell.invoke(policy, coming)
    assert (refused.exit_code, "more than 366 days ahead" in refused.output) == (1, True)
    past, present = shell.invoke(policy, ["list", "St. Example"]).output.splitlines()
    assert past == f"past: 'default', until another one is set; engine {BUILT_IN.engine().version}"
    assert present.startswith("present: 'Ward 3' holds from ")


def test_the_same_again_changes_nothing(shell: FlaskCliRunner, ours: str) -> None:
    shell.invoke(policy, ["set", "St. Example", ours])
    again = shell.invoke(policy, ["set", "St. Example", ours])
    assert (again.exit_code, "nothing was changed" in again.output) == (0, True)
    back = shell.invoke(policy, ["set", "St. Example", "--default"])
    assert (back.exit_code, "'default' holds from" in back.output) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["St. Example"], 2, "name a FILE, or give --default"),
        (["St. Example", "FILE", "--default"], 2, "name a FILE, or give --default"),
        (["Nowhere", "FILE"], 1, "there is no site 'Nowhere'; there are: 'St. Example'"),
        (["St. Example", "FILE", "--from", "tomorrow"], 2, "is no moment of ISO 8601"),
        (["St. Example", "FILE", "--from", "2126-03-02T08:00"], 2, "has no offset from UTC"),
        (["St. Example", "FILE", "--from", "9999-12-31T23:59-12:00"], 2, "is no moment of ISO 8601"),
        (["St. Example", "FILE", "--from", "2020-03-02T08:00Z"], 1, "lies in the past"),
        (["St. Example", "FILE", "--note", "x" * 2001], 2, "is longer than 2000 characters"),
    ],
)
def test_impossible_arguments_are_refused(
    shell: FlaskCliRunner, sqlite: Database, ours: str, arguments: list[str], status: int, message: str
) -> None:
    done = shell.invoke(policy, ["set", *[ours if word == "FILE" else word for word in arguments]])
    assert (done.exit_code, message in done.output) == (status, True), done.output
    with sqlite.read() as session:
        assert session.scalar(select(func.count()).select_from(PolicyRow)) == 0


def test_a_file_that_is_no_policy_is_refused_with_its_lines(shell: FlaskCliRunner, tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text('name = "x"\n[tiers]\nred_flag = "routine"\n')
    done = shell.invoke(policy, ["set", "St. Example", str(path)])
    assert done.exit_code == 1
    assert f"{path}:3: tiers.red_flag: 'routine' may not be lowered" in done.output


def test_an_unknown_site_has_no_list(shell: FlaskCliRunner) -> None:
    done = shell.invoke(policy, ["list", "Nowhere"])
    assert (done.exit_code, "there is no site 'Nowhere'" in done.output) == (1, True)


def test_rescore_scores_a_site_by_its_own_policy(shell: FlaskCliRunner, sqlite: Database, ours: str) -> None:
    shell.invoke(seed, [])
    done = shell.invoke(policy, ["set", DEMO_SITE, ours])
    assert f"{len(STORIES)} patients are to be scored again" in done.output
    own = load_document(Path(ours), POLICY_FORMAT).engine().version
    message = shell.invoke(rescore, []).output
    assert message.startswith(
        f"{len(STORIES)} patients to score with engine {BUILT_IN.engine().version}, "
        f"or {own} by the policies of sites"
    )
    with sqlite.read() as session:
        assert set(session.scalars(select(ScoreRow.engine))) == {own}
        assert set(session.scalars(select(Trajectory.engine))) == {own}
    assert shell.invoke(rescore, []).output.startswith("0 patients")


def test_a_site_whose_policy_cannot_be_read_is_named_and_left_as_it_is(
    shell: FlaskCliRunner, sqlite: Database, ours: str
) -> None:
    shell.invoke(seed, [])
    shell.invoke(policy, ["set", DEMO_SITE, ours])
    with sqlite.begin() as session:
        row = session.scalars(select(PolicyRow)).one()
        document = {"name": "Old", "tiers": {"of_long_ago": "routine"}}
        later = PolicyRow(
            site_id=row.site_id,
            effective_from=row.effective_from - timedelta(days=1),
            document=document,
            version="old",
            created_at=row.created_at,
        )
        session.add(later)
        row.effective_from -= timedelta(days=2)
    done = shell.invoke(rescore, [])
    assert "its policy cannot be read any more; set another one" in done.output
    assert "0 patients to score" in done.output
    listed = shell.invoke(policy, ["list", DEMO_SITE]).output.splitlines()
    assert "this version of the software cannot read it: tiers.of_long_ago: is not known" in listed[-1]
