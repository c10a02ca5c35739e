"""Every body has an example, valid against its schema: one a server accepts, or one it responded with."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import jsonschema_rs
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.db.database import Database
from api.domain.alerts.finding import Tier
from api.domain.assessments.assessment import AssessmentStatus, AssessmentSubmission
from api.domain.trajectory.engine import Engine
from api.models.alert import Alert
from api.models.entry import EntryRow
from api.models.staff import ServiceAccount, Staff
from api.schemas.examples import EXAMPLE_DAY, recorded_examples
from api.services.assessments.assessments import record_assessment
from api.services.privacy import erasure
from tests.response_examples import recorded
from tests.support.builders import Clinic, a_measurement, a_report
from tests.support.contract import closed, document
from tests.support.entries import record_items


def bodies() -> Iterator[tuple[str, str, str, Any]]:
    """Return method, path, scope and example of each request body; a body of several kinds has several."""
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            if method == "parameters" or "requestBody" not in operation:
                continue
            content = operation["requestBody"]["content"]["application/json"]
            examples = [each["value"] for each in content.get("examples", {}).values()]
            for example in examples or [content.get("example")]:
                yield method, path, operation.get("x-scope", ""), example


BODIES = list(bodies())
IDS = [f"{method} {path} {place}" for place, (method, path, _, _) in enumerate(BODIES)]


@pytest.mark.parametrize(("method", "path", "scope", "example"), BODIES, ids=IDS)
def test_every_body_has_an_example_that_its_schema_takes(
    method: str, path: str, scope: str, example: Any
) -> None:
    assert example, "api/schemas/examples.py has none"
    schema = document()["paths"][path][method]["requestBody"]["content"]["application/json"]["schema"]
    assert errors_of(example, schema) == []


def errors_of(example: Any, schema: Any) -> list[str]:
    """Return why an example does not fit a schema, in which every property is named."""
    components = {"schemas": closed(document()["components"]["schemas"])}
    validator = jsonschema_rs.Draft202012Validator(
        {**closed(schema), "components": components}, validate_formats=True
    )
    return [each.message for each in validator.iter_errors(example)]


def response_bodies() -> Iterator[tuple[str, Any]]:
    """Return the place and the content of each JSON body of a response."""
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            for status, response in operation["responses"].items() if method != "parameters" else ():
                for kind, content in response.get("content", {}).items():
                    if kind.endswith("json"):
                        yield f"{method} {path} {status}", content
    for name, response in document()["components"]["responses"].items():
        for content in response.get("content", {}).values():
            yield name, content


def test_every_body_of_a_response_has_an_example_of_each_schema() -> None:
    known, faults = document()["components"]["examples"], {}
    for place, content in response_bodies():
        names = [each["$ref"].rpartition("/")[2] for each in content.get("examples", {}).values()]
        examples = [known[name]["value"] for name in names] or [content.get("example")]
        schemas = content["schema"].get("oneOf", [content["schema"]])
        faults[place] = [error for each in examples for error in errors_of(each, content["schema"])]
        faults[place] += ["run make pages openapi"] if len(examples) < len(schemas) else []
    assert len(faults) > 100
    assert {place: found for place, found in faults.items() if found} == {}


def fields_of(value: Any, path: str = "") -> set[str]:
    """Return the dotted names of the fields of JSON; a date as a name counts as any date."""
    if isinstance(value, list):
        return {name for each in value for name in fields_of(each, path)}
    if not isinstance(value, dict):
        return set()
    named = {re.sub(r"^\d{4}-\d{2}-\d{2}$", "DATE", key): each for key, each in value.items()}
    inner = {name for key, each in named.items() for name in fields_of(each, f"{path}.{key}")}
    return inner | {f"{path}.{key}" for key in named}


def test_the_examples_of_responses_have_the_fields_of_the_running_product() -> None:
    found = recorded()
    assert found.keys() == recorded_examples().keys(), "run make pages"
    for name, example in found.items():
        assert fields_of(example) == fields_of(recorded_examples()[name]), f"{name}: run make pages"


def test_no_secret_is_in_an_example() -> None:
    for name in ("access_token", "refresh_token", "secret"):
        values = [each[name] for each in recorded_examples().values() if name in each]
        assert set(values) == {"…"}, name


def recent(example: Any) -> Any:
    """Return an example with its day moved to yesterday, as the browsable documentation does."""
    moved = datetime.now(UTC).date() - timedelta(days=1) - date.fromisoformat(EXAMPLE_DAY)
    text = json.dumps(example)
    for day in ("2026-11-29", "2026-11-27"):  # the later one first, or it would be moved twice
        text = text.replace(day, str(date.fromisoformat(day) + moved))
    return json.loads(text)


SECRET = {
    "/v1/activations", "/v1/sessions", "/v1/invitations/acceptance", "/v1/tokens", "/v1/me/totp",
    "/v1/me/password", "/v1/me/recovery-codes", "/v1/alerts/acknowledgements",
}  # fmt: skip
"""Bodies with a secret that does not exist: they are valid, and refused because of the secret."""

ELSEWHERE = {"/v1/webhooks", "/v1/me/subscriptions/{device}"}
"""Bodies that name a host of the internet, which a test does not look up: as those with a secret."""

MEASURED = {
    "grip_strength": {"kind": "grip_strength", "hand": "left", "tries": [20], "unit": "kg"},
    "range_of_motion": {
        "kind": "range_of_motion", "joint": "knee", "side": "left", "movement": "flexion", "degrees": 120,
    },
    "bone_density": {"kind": "bone_density", "site": "total_hip", "t_score": -1},
    "vitamin_d": {"kind": "vitamin_d", "value": 50, "unit": "nmol/l"},
    "weight": {"kind": "weight", "value": 70, "unit": "kg"},
}  # fmt: skip


def caller_of(clinic: Clinic, path: str, scope: str) -> dict[str, str]:
    """Return the header of a caller with the scope."""
    order = ["site_admin", "nurse", "scheduler", "clinician"]
    if path.startswith("/v1/me"):
        order = ["patient", "nurse"]
    able = [who for who in order if scope in {each.value for each in getattr(clinic, who).principal.scopes}]
    return getattr(clinic, able[0]).headers if able else {}


def ids_of(session: Session, clinic: Clinic, example: dict[str, Any]) -> dict[str, Any]:
    """Make what the parameters of a path name."""
    me, now = clinic.patient.principal, datetime.now(UTC)
    record_items(session, me, [a_report(red_flags=["chest_pain"])], engine=Engine(), now=now)
    said = AssessmentSubmission(AssessmentStatus.PARTIAL, now, {"worst": 7}, {}, instrument="bpi-sf")
    row, _ = record_assessment(session, me, uuid4(), said, engine=Engine(), now=now)
    alert = session.scalars(select(Alert)).one()
    alert.tier = Tier.ROUTINE  # an alert of the same day is not put off until tomorrow
    measured = MEASURED.get(example.get("kind", ""))
    wish, _ = erasure.request_erasure(session, me, now=now)
    return {
        "patient_id": clinic.patient.id,
        "entry_id": session.scalars(select(EntryRow.id)).one(),
        "alert_id": alert.id,
        "assessment_id": row.id,
        "measurement_id": a_measurement(session, clinic.patient.id, measured).id if measured else uuid4(),
        "staff_id": clinic.clinician.id,
        "team_id": clinic.team.id,
        "service_id": a_service(session, clinic).id,
        "item_id": "acupuncture",
        "erasure_id": wish.id,
        "device": uuid4(),
        "name": "night",
    }


def a_service(session: Session, clinic: Clinic) -> ServiceAccount:
    """Make an account whose scopes a site may give."""
    now = datetime.now(UTC)
    made = ServiceAccount(site_id=clinic.site.id, name="another", scopes=["patients:read"], created_at=now)
    session.add(made)
    session.flush()
    return made


def told(client: FlaskClient, session: Session, clinic: Clinic, example: dict[str, Any]) -> dict[str, Any]:
    """Return an example about this clinic's own people."""
    nurse = session.get_one(Staff, clinic.nurse.id)
    known = {"patient_id": str(clinic.patient.id), "team_id": str(clinic.team.id)}
    changed = {name: known[name] for name in known if example.get(name)}
    if "slot" in example and "reason" in example:
        plan = client.get(f"/v1/patients/{clinic.patient.id}/plan", headers=clinic.nurse.headers).json
        changed["slot"] = next(each["id"] for each in plan["slots"] if each["task"] == "bone_density")
    text = json.dumps(example | changed).replace('"staff": "nurse@example.org"', f'"staff": "{nurse.email}"')
    return dict(json.loads(text))


@pytest.mark.parametrize(("method", "path", "scope", "example"), BODIES, ids=IDS)
def test_every_example_is_accepted_by_a_server(
    client: FlaskClient, clinic: Clinic, database: Database, method: str, path: str, scope: str, example: Any
) -> None:
    with database.begin() as session:
        ids = ids_of(session, clinic, example)
    with database.read() as session:
        body = told(client, session, clinic, recent(example))
    headers = caller_of(clinic, path, scope) | {"If-Match": "*"}
    answer = client.open(path.format(**ids), method=method, json=body, headers=headers)
    if path in SECRET | ELSEWHERE and answer.status_code >= 400:
        assert answer.json["type"] != "/problems/invalid-request", answer.json
        assert answer.status_code not in {400, 403, 404, 415}
    else:
        assert answer.status_code < 300, answer.text
