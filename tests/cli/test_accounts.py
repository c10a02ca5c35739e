"""An operator makes a clinic from the command line."""

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import select

from api.app import create_app
from api.cli.accounts import create_site, create_staff, reset_staff
from api.cli.services import create_service
from api.db.database import Database
from api.models.site import Site, Team
from api.models.site_document import PolicyRow
from api.models.staff import Staff
from api.services.policies.policies import PolicyStore
from config.settings import Settings

SITE = ["St. Example", "--timezone", "Europe/Berlin", "--contact", "Call 030 1234."]
NURSE = ["Nora@Example.org", "--name", "Nora", "--role", "nurse", "--site", "St. Example"]
PASSWORD = "correct horse battery"


@pytest.fixture
def app(sqlite: Database) -> Flask:
    """The application, which the command line speaks to."""
    return create_app(Settings(secret_key="-"), database=sqlite)


@pytest.fixture
def shell(app: Flask) -> FlaskCliRunner:
    """The operator's shell, in which the site exists already."""
    shell = app.test_cli_runner()
    assert shell.invoke(create_site, SITE).exit_code == 0
    return shell


def test_a_site_has_its_first_team(shell: FlaskCliRunner, sqlite: Database) -> None:
    with sqlite.read() as session:
        site = session.scalars(select(Site)).one()
        team = session.scalars(select(Team)).one()
    assert (site.name, site.timezone, team.site_id) == ("St. Example", "Europe/Berlin", site.id)


def test_a_new_site_is_asked_for_the_share_who_stop(shell: FlaskCliRunner, sqlite: Database) -> None:
    untold = shell.invoke(create_site, ["Second", *SITE[1:]])
    assert "share who stop within 12 months: 15% (14.6% in EvAluate-TM" in untold.output

    told = shell.invoke(create_site, ["Third", *SITE[1:], "--stopping-share", "0.2"])
    assert told.exit_code == 0, told.output
    with sqlite.read() as session:
        policy = session.scalars(select(PolicyRow)).one()
    own = {"value": 0.2, "source": "stated by the site at its set-up"}
    assert policy.document["thresholds"] == {"stopping_share": own}


@pytest.mark.parametrize("name", ["default", "A" * 200])
def test_a_share_told_at_set_up_gives_a_policy_that_can_be_read(
    shell: FlaskCliRunner, sqlite: Database, name: str
) -> None:
    assert shell.invoke(create_site, [name, *SITE[1:], "--stopping-share", "0.2"]).exit_code == 0
    with sqlite.read() as session:
        row = session.scalars(select(PolicyRow)).one()
        assert PolicyStore.find(session, row.id).thresholds.stopping_share.value == 0.2


def test_a_new_site_is_given_its_numbers_and_what_it_says_to_patients(
    shell: FlaskCliRunner, sqlite: Database
) -> None:
    words = ["--phone", "030 1234", "--hours", "en=Mon-Fri 8-16 h", "--hours", "de=Mo-Fr 8-16 Uhr"]
    made = shell.invoke(create_site, ["Second", *SITE[1:], *words])
    assert made.exit_code == 0, made.output
    with sqlite.read() as session:
        site = session.scalars(select(Site).where(Site.name == "Second")).one()
    assert (site.phone, site.hours) == ("030 1234", {"en": "Mon-Fri 8-16 h", "de": "Mo-Fr 8-16 Uhr"})
    assert (site.read_when, site.called_when, site.self_harm_answered_by) == (None, None, None)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([*SITE, "--stopping-share", "nan"], "'nan' is not a number"),
        (["Other", *SITE[1:], "--hours", "it=Lun-ven"], "it: Unknown field."),
        (["Other", *SITE[1:], "--read-when", "Mon-Fri"], "Mon-Fri: Unknown field."),
        (SITE, "there is a site 'St. Example' already"),
        (["Other", "--timezone", "Berlin", "--contact", "-"], "'Berlin' is not"),
        ([" ", *SITE[1:]], "'NAME': Must not be blank."),
        (["A" * 201, *SITE[1:]], "'NAME': Longer than 200 characters."),
        (["Other", "--timezone", "UTC", "--contact", ""], "'--contact': Must not be blank."),
    ],
)
def test_a_site_that_cannot_be_is_refused(
    shell: FlaskCliRunner, sqlite: Database, arguments: list[str], said: str
) -> None:
    done = shell.invoke(create_site, arguments)
    assert done.exit_code != 0
    assert said in done.output
    with sqlite.read() as session:
        assert len(session.scalars(select(Site)).all()) == 1


def test_a_generated_password_is_shown_once_and_signs_in(shell: FlaskCliRunner, app: Flask) -> None:
    done = shell.invoke(create_staff, [*NURSE, "--generate"])
    password = done.output.split()[-1]
    body = {"email": "nora@example.org", "password": password}
    assert app.test_client().post("/v1/sessions", json=body).status_code == 201


def test_a_password_may_be_piped_in_or_typed(shell: FlaskCliRunner, app: Flask) -> None:
    piped = shell.invoke(create_staff, [*NURSE, "--password-stdin"], input=f"{PASSWORD}\n")
    typed = shell.invoke(create_staff, ["kim@example.org", *NURSE[1:]], input=f"{PASSWORD}\n{PASSWORD}\n")
    for done, email in ((piped, "nora@example.org"), (typed, "kim@example.org")):
        assert done.exit_code == 0, done.output
        assert PASSWORD not in done.output
        body = {"email": email, "password": PASSWORD}
        assert app.test_client().post("/v1/sessions", json=body).status_code == 201


def test_a_nurse_is_in_a_team_and_an_admin_sees_the_site(shell: FlaskCliRunner, sqlite: Database) -> None:
    shell.invoke(create_staff, [*NURSE, "--generate"])
    shell.invoke(
        create_staff,
        ["a@example.org", "--name", "A", "--role", "site_admin", "--site", "St. Example", "--generate"],
    )
    with sqlite.read() as session:
        teams = {staff.role: staff.team_id for staff in session.scalars(select(Staff))}
    assert teams["nurse"] is not None
    assert teams["site_admin"] is None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([*NURSE, "--generate"], "another account has the address nora@example.org"),
        (["kim@example.org", *NURSE[1:-1], "Nowhere", "--generate"], "there are: 'St. Example'"),
        (["kim@example.org", *NURSE[1:], "--team", "B", "--generate"], "it has: 'Care team'"),
        (["kim@example.org", *NURSE[1:], "--generate", "--password-stdin"], "not both"),
        (["no address", *NURSE[1:], "--generate"], "no e-mail address"),
        (["kim@example.org", "--name", "", *NURSE[3:], "--generate"], "'--name': Must not be blank."),
        (["kim@example.org", *NURSE[1:], "--password-stdin"], "12 to 1024 characters"),
    ],
)
def test_staff_that_cannot_be_is_refused(
    shell: FlaskCliRunner, sqlite: Database, arguments: list[str], said: str
) -> None:
    shell.invoke(create_staff, [*NURSE, "--generate"])
    done = shell.invoke(create_staff, arguments, input="short\n")
    assert done.exit_code != 0
    assert said in done.output
    with sqlite.read() as session:
        assert len(session.scalars(select(Staff)).all()) == 1


def test_a_services_key_opens_what_it_was_made_for(shell: FlaskCliRunner, app: Flask) -> None:
    done = shell.invoke(create_service, ["cron", "--site", "St. Example", "--scope", "audit:read"])
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {done.output.split()[-1]}"
    assert client.get("/v1/audit").status_code == 200
    assert client.get("/v1/patients").status_code == 403


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["cron", "--site", "Nowhere", "--scope", "audit:read"], "there are: 'St. Example'"),
        (["cron", "--site", "St. Example", "--scope", "patients:write"], "allowed are audit:read, "),
        (["backup", "--site", "St. Example", "--scope", "audit:read"], "'backup' already"),
    ],
)
def test_a_service_that_cannot_be_is_refused(shell: FlaskCliRunner, arguments: list[str], said: str) -> None:
    shell.invoke(create_service, ["backup", "--site", "St. Example", "--scope", "audit:read"])
    done = shell.invoke(create_service, arguments)
    assert done.exit_code == 1
    assert said in done.output


def test_a_reset_gives_a_new_password_and_ends_what_was_open(shell: FlaskCliRunner, app: Flask) -> None:
    old = shell.invoke(create_staff, [*NURSE, "--generate"]).output.split()[-1]
    client = app.test_client()
    body = {"email": "nora@example.org", "password": old}
    token = client.post("/v1/sessions", json=body).json["access_token"]
    new = shell.invoke(reset_staff, ["nora@example.org", "--generate"]).output.split()[-1]
    assert client.get("/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    assert client.post("/v1/sessions", json=body).status_code == 401
    assert client.post("/v1/sessions", json=body | {"password": new}).status_code == 201
    assert "no account has the address" in shell.invoke(reset_staff, ["no@example.org", "--generate"]).output
