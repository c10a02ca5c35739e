"""An operator lists, invites, changes and deactivates staff, and rotates keys, from the command line."""

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from api.app import create_app
from api.cli.commands import COMMANDS
from api.db.database import Database
from config.settings import Settings

SITE = ["create-site", "St. Example", "--timezone", "Europe/Berlin", "--contact", "Call."]
AT = ["--site", "St. Example"]
PASSWORD = "correct horse battery"


@pytest.fixture
def app(sqlite: Database) -> Flask:
    """The application, which the command line speaks to."""
    return create_app(Settings(secret_key="-"), database=sqlite)


class Shell:
    """The operator's shell."""

    def __init__(self, runner: FlaskCliRunner) -> None:
        self.runner = runner

    def __call__(self, *words: str, fails: bool = False) -> str:
        done = self.runner.invoke(args=list(words))
        assert (done.exit_code != 0) is fails, done.output
        return done.output


@pytest.fixture
def shell(app: Flask) -> Shell:
    """A shell with a site, a nurse who was invited, and an admin who has set a password."""
    shell = Shell(app.test_cli_runner())
    shell(*SITE)
    shell("create-staff", "boss@example.org", "--name", "Boss", "--role", "site_admin", *AT, "--generate")
    return shell


def invite(shell: Shell) -> str:
    said = shell("staff", "invite", "nora@example.org", "--name", "Nora", "--role", "nurse", *AT)
    return said.strip().splitlines()[-1]


def test_a_link_of_the_command_line_sets_the_password(shell: Shell, app: Flask) -> None:
    link = invite(shell)
    assert link.startswith("http://127.0.0.1:8000/invitation#")
    body = {"token": link.partition("#")[2], "password": PASSWORD}
    client = app.test_client()
    assert client.post("/v1/invitations/acceptance", json=body).status_code == 200
    sign_in = {"email": "nora@example.org", "password": PASSWORD}
    assert client.post("/v1/sessions", json=sign_in).status_code == 201

    assert "1 sign-ins ended" in shell("staff", "deactivate", "Nora@example.org")
    assert client.post("/v1/sessions", json=sign_in).status_code == 401
    assert "active" in shell("staff", "reactivate", "nora@example.org")
    assert client.post("/v1/sessions", json=sign_in).status_code == 201
    assert "1 sign-ins" in shell("staff", "sign-out", "nora@example.org")
    assert "/invitation#" in shell("staff", "invite-again", "nora@example.org")


def test_the_list_shows_names_and_roles(shell: Shell) -> None:
    invite(shell)
    boss, nora = shell("staff", "list", *AT).splitlines()
    assert boss.split()[:3] == ["active", "site_admin", "boss@example.org"]
    assert nora.split()[:3] == ["invited", "nurse", "nora@example.org"]
    assert "Care team" in nora


def test_role_and_team_are_changed_by_name(shell: Shell) -> None:
    invite(shell)
    said = shell("staff", "change", "nora@example.org", "--role", "coordinator", "--team", "-")
    assert "coordinator" in said
    assert "whole site" in said
    assert "name at least one" in shell("staff", "change", "nora@example.org", fails=True)
    assert "has no team" in shell("staff", "change", "nora@example.org", "--team", "x", fails=True)


def test_the_last_admin_stays(shell: Shell) -> None:
    assert "last active site admin" in shell("staff", "deactivate", "boss@example.org", fails=True)
    assert "no account has the address" in shell("staff", "deactivate", "x@example.org", fails=True)


def test_keys_are_listed_rotated_and_revoked(shell: Shell) -> None:
    made = shell("create-service", "nightly", *AT, "--scope", "reminders:read", "--days", "30")
    secret = made.split()[-1]
    listed = shell("service", "list", *AT)
    assert "nightly: reminders:read" in listed
    assert "not used yet" in listed
    assert secret not in listed
    assert "shown this once" in shell("service", "rotate", "nightly", *AT, "--overlap-days", "1")
    assert len(shell("service", "list", *AT).splitlines()) == 3
    assert "2 keys" in shell("service", "revoke", "nightly", *AT)
    assert "no key that works" in shell("service", "list", *AT)
    assert "it has: 'nightly'" in shell("service", "rotate", "x", *AT, fails=True)


@pytest.mark.parametrize("name", ["staff", "service", "create-service"])
def test_every_command_explains_itself(shell: Shell, name: str) -> None:
    [command] = [each for each in COMMANDS if each.name == name]
    for words in [[], *[[each] for each in getattr(command, "commands", {})]]:
        assert "Usage:" in shell(name, *words, "--help")
