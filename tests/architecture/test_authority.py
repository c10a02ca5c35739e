"""Authority of every route, for every kind of caller, with ids of another site and another team."""

from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from api.db.database import Database
from api.domain.authority import SCOPES_OF_WRITING_PROXY, Role
from api.models.site import Team
from api.services.access import tokens
from tests.architecture.authority_table import (
    FRAMEWORKS_OWN,
    MAKES_ITS_OWN,
    OPEN,
    OPEN_TO_PROXIES,
    ROUTES,
    SHOWN_TO_COLLEAGUES,
)
from tests.architecture.foreign import Foreign, anew, call, ids_of, is_foreign
from tests.support.builders import Clinic, Signed, a_clinic, a_member_of_staff, a_patient, a_proxy, signed_in


def routes_of(app: Flask) -> Iterator[tuple[str, Any]]:
    """Return every method and path of the application, with the view that answers it."""
    for rule in app.url_map.iter_rules():
        view: Any = app.view_functions[rule.endpoint]
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            by_method = getattr(view, "view_class", None)
            yield f"{method} {rule.rule}", getattr(by_method, method.lower()) if by_method else view


def test_every_view_declares_its_authority_or_is_public(app: Flask) -> None:
    declared = {name: getattr(view, "authority", "undeclared") for name, view in routes_of(app)}
    undeclared = {name for name, authority in declared.items() if authority == "undeclared"}
    assert undeclared == FRAMEWORKS_OWN
    assert {name for name, authority in declared.items() if authority is None} == OPEN


def test_every_route_requires_the_scope_of_the_table(app: Flask) -> None:
    asked = {name: getattr(view, "authority", None) for name, view in routes_of(app)}
    closed = {name: scope for name, scope in asked.items() if name not in OPEN | FRAMEWORKS_OWN}
    assert closed == {name: route.scope for name, route in ROUTES.items()}


def test_a_new_route_is_open_to_proxies_only_on_purpose() -> None:
    reached = {name for name, route in ROUTES.items() if route.scope in SCOPES_OF_WRITING_PROXY}
    assert reached == OPEN_TO_PROXIES


def wrong_answer(name: str, answer: TestResponse, foreign: Foreign, *, holds_scope: bool) -> str | None:
    """Return the fault of an answer to a signed-in caller, None where there is none."""
    status, answered = answer.status_code, f"{name}: {answer.status_code}"
    if not holds_scope:
        return None if status == 403 else f"{answered}, not 403"
    if is_foreign(name):
        return None if status == 404 else f"{answered}, not 404"
    if status in {401, 403} or status == 500:
        return f"{answered} for its own caller"
    tells = any(str(one) in answer.text for one in foreign.ids.values())
    return f"{answered}, and shows data of {foreign}" if tells and name not in MAKES_ITS_OWN else None


def walk(
    client: FlaskClient,
    database: Database,
    callers: list[Signed],
    foreign: Foreign,
    *,
    without: Collection[str] = (),
) -> list[str]:
    """Call every route as every caller, each time with a new sign-in, and return the faults."""
    wrong = []
    for caller in callers:
        for name, route in ROUTES.items():
            if name in without:
                continue
            with database.begin() as session:
                token = anew(session, caller, now=datetime.now(UTC)).access
            answer = call(client, name, foreign, {"Authorization": f"Bearer {token}"})
            holds = caller.principal.may(route.scope)
            found = wrong_answer(name, answer, foreign, holds_scope=holds)
            wrong += [f"{caller.principal.kind} {found}"] if found else []
    return wrong


def let_in(database: Database, clinic: Clinic) -> list[Signed]:
    """Return somebody the patient let in to read, and somebody to read and write."""
    with database.begin() as session:
        now = datetime.now(UTC)
        return [a_proxy(session, clinic.patient, now=now, may_write=may) for may in (False, True)]


@pytest.fixture
def elsewhere(client: FlaskClient, database: Database) -> Foreign:
    """The ids of another site."""
    with database.begin() as session:
        other = a_clinic(session, now=datetime.now(UTC), name="Another site")
    return ids_of(client, database, other.patient)


def test_no_caller_reaches_another_site(
    client: FlaskClient, clinic: Clinic, database: Database, elsewhere: Foreign
) -> None:
    assert walk(client, database, [*clinic.everybody().values(), *let_in(database, clinic)], elsewhere) == []


def test_a_nurse_a_clinician_and_a_patient_do_not_reach_another_team(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    now = datetime.now(UTC)
    with database.begin() as session:
        team = Team(site_id=clinic.site.id, name="Another team")
        session.add(team)
        session.flush()
        patient = signed_in(session, a_patient(session, team, now=now), now=now)
    foreign = ids_of(client, database, patient)
    callers = [clinic.nurse, clinic.clinician, clinic.patient, *let_in(database, clinic)]
    assert walk(client, database, callers, foreign, without=SHOWN_TO_COLLEAGUES) == []


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_walk_finds_a_fault(client: FlaskClient, clinic: Clinic, database: Database) -> None:
    wrong = [
        line
        for caller in (clinic.site_admin, clinic.patient)
        for line in walk(client, database, [caller], ids_of(client, database, clinic.patient))
    ]
    wrongly_open = {line.split(": ")[0].split(" ", 1)[1] for line in wrong if ", not 404" in line}
    assert wrongly_open == {name for name in ROUTES if is_foreign(name)}


def test_a_coordinator_and_an_admin_see_every_team_of_their_site(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    with database.begin() as session:
        team = Team(site_id=clinic.site.id, name="Another team")
        session.add(team)
        session.flush()
        patient = a_patient(session, team, now=datetime.now(UTC))
    for caller in (clinic.coordinator, clinic.site_admin, clinic.scheduler):
        assert client.get(f"/v1/patients/{patient.id}", headers=caller.headers).status_code == 200


def impostors(session: Session, clinic: Clinic, now: datetime) -> dict[str, dict[str, str]]:
    """Return the headers of callers that no route may accept."""
    admin, scheduler = clinic.site_admin, clinic.scheduler
    revoked, thrown_away = (anew(session, caller, now=now) for caller in (admin, scheduler))
    tokens.revoke(session, [revoked.grant_id, thrown_away.grant_id], because="a test", now=now)
    bearers = {
        "an expired token": anew(session, admin, now=now - timedelta(days=100)).access,
        "a revoked sign-in": revoked.access,
        "a revoked key": thrown_away.access,
        "a refresh token": anew(session, admin, now=now).refresh,
        "a guess": "x" * 43,
        "no token": "",
    }
    headers = {name: {"Authorization": f"Bearer {token}"} for name, token in bearers.items()}
    basic = {"Authorization": f"Basic {clinic.site_admin.token}"}
    return headers | {"nobody": {}, "another scheme": basic}


def test_callers_without_a_valid_sign_in_reach_nothing(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    own = ids_of(client, database, clinic.patient)
    with database.begin() as session:
        callers = impostors(session, clinic, datetime.now(UTC))
    wrong = [
        f"{who}: {name}: {answer.status_code}"
        for who, headers in callers.items()
        for name in ROUTES
        if (answer := call(client, name, own, headers)).status_code != 401
        or "WWW-Authenticate" not in answer.headers
    ]
    assert wrong == []


def test_a_role_has_the_scopes_of_its_grant_not_those_it_requests(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    now = datetime.now(UTC)
    with database.begin() as session:
        nurse = a_member_of_staff(session, clinic.team, now=now, role=Role.NURSE)
        signed = signed_in(session, nurse, now=now)
        nurse.role = Role.SITE_ADMIN
    assert client.get("/v1/audit", headers=signed.headers).status_code == 403
