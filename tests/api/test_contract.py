"""Runs schemathesis over the whole API as every kind of caller: no 5xx, every response as documented."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import FailureGroup
from schemathesis.schemas import APIOperation, BaseSchema
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.app import create_app
from api.db.database import Database
from api.domain.assessments.assessment import AssessmentStatus, AssessmentSubmission
from api.domain.trajectory.engine import Engine
from api.models.alert import Alert
from api.models.entry import EntryRow
from api.models.outbox import Heartbeat
from api.services.assessments.assessments import record_assessment
from api.services.messages.vapid import new_private_key
from config.settings import Settings
from tests.support.builders import Clinic, a_clinic, a_measurement, a_report
from tests.support.entries import record_items

CALLERS = (
    ("sqlite", "nobody"),
    ("postgresql", "nurse"),
    ("sqlite", "clinician"),
    ("postgresql", "coordinator"),
    ("sqlite", "site_admin"),
    ("sqlite", "patient"),
    ("postgresql", "patient"),
    ("postgresql", "scheduler"),
)
"""Staff may do nearly the same: both databases are met, and every role, without trying all twice."""
EXCEPT = {
    "POST /v1/me/entries": [negative_data_rejection]  # one bad item never sinks the batch: it is a 200
}
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
    negative_data_rejection,
]
A_WEIGHT = {"kind": "weight", "value": 70, "unit": "kg"}
LET_IN, SHUT_OUT = 7, 1
"""Number of examples where the caller has the scope, and where every response is a refusal."""


@pytest.fixture
def app(database: Database) -> Flask:
    return create_app(Settings(secret_key="x", vapid_private_key=new_private_key()), database=database)


@pytest.mark.slow
@pytest.mark.parametrize(("database", "caller"), CALLERS, indirect=["database"])
def test_whatever_is_sent_the_answer_is_a_documented_one(app: Flask, database: Database, caller: str) -> None:
    cast = _Cast(database, caller)
    found = [
        problem
        for operation in _schema(app).get_all_operations()
        for problem in _problems(operation.ok(), cast)
    ]
    assert not found, "\n\n".join(found)


def _schema(app: Flask) -> BaseSchema:
    config = SchemathesisConfig.from_dict({"generation": {"with-security-parameters": False}})
    return schemathesis.openapi.from_wsgi("/openapi.json", app, config=config)


class _Cast:
    """A clinic and one who calls; renewed where something was done to it that others would miss."""

    def __init__(self, database: Database, caller: str) -> None:
        self._database = database
        self._caller = caller
        self.clinic, self.ids = _a_busy_clinic(database)
        self._first = self.ids

    @property
    def seed(self) -> int:
        """Return what chance begins with: another for each caller, the same in every run."""
        return sum(self._caller.encode())

    @property
    def scopes(self) -> frozenset[str]:
        """Return what the caller may do."""
        return frozenset() if self._caller == "nobody" else frozenset(self._signed().principal.scopes)

    @property
    def headers(self) -> dict[str, str]:
        """Return the header that says who calls."""
        return {} if self._caller == "nobody" else self._signed().headers

    def renew(self) -> None:
        """Begin again: what was tried may have signed the caller out, or ended the patient's monitoring."""
        self.clinic, self.ids = _a_busy_clinic(self._database)

    def put_in_place(self, path_parameters: dict[str, Any]) -> None:
        """Let the ids of the first clinic stand for those of the present one."""
        for name, value in path_parameters.items():
            if value == self._first.get(name):
                path_parameters[name] = self.ids[name]

    def _signed(self) -> Any:
        return getattr(self.clinic, self._caller)


def _a_busy_clinic(database: Database) -> tuple[Clinic, dict[str, str]]:
    now = datetime.now(UTC)
    with database.begin() as session:
        clinic = a_clinic(session, now=now, name=f"St. {uuid4().hex}")
        session.merge(Heartbeat(worker="a worker", started_at=now, ticked_at=now))
        report = a_report(pain_worst=9, red_flags=["chest_pain"], note="since Monday")
        record_items(session, clinic.patient.principal, [report, {"id": "?"}], engine=Engine(), now=now)
        alert = session.scalars(select(Alert).where(Alert.patient_id == clinic.patient.id)).one()
        entry = session.scalars(select(EntryRow).where(EntryRow.patient_id == clinic.patient.id)).one()
        ids: dict[str, UUID | str] = {
            "patient_id": clinic.patient.id,
            "entry_id": entry.id,
            "alert_id": alert.id,
            "device_id": clinic.patient.principal.grant_id,
            "device": uuid4(),
            "measurement_id": a_measurement(session, clinic.patient.id, A_WEIGHT).id,
            "assessment_id": _an_assessment(session, clinic),
            "code": "bpi-sf",
        }
    return clinic, {name: str(value) for name, value in ids.items()}


def _an_assessment(session: Session, clinic: Clinic) -> UUID:
    now = datetime.now(UTC)
    said = AssessmentSubmission(AssessmentStatus.COMPLETE, now, {"worst": 7}, {}, instrument="bpi-sf")
    row, _ = record_assessment(session, clinic.patient.principal, uuid4(), said, engine=Engine(), now=now)
    return row.id


def _problems(operation: APIOperation, cast: _Cast) -> Iterator[str]:
    scope = operation.definition.raw.get("x-scope")
    examples = LET_IN if scope is None or scope in cast.scopes else SHUT_OUT
    attempt = _attempt(operation, cast, examples)
    try:
        attempt()
    except FailureGroup as failures:
        yield from (f"{operation.label}: {failure}" for failure in failures.exceptions)
    except Exception as error:  # noqa: BLE001 - every operation is tried, whatever another one does
        yield f"{operation.label}: {type(error).__name__}: {error}"


def _attempt(operation: APIOperation, cast: _Cast, examples: int) -> Callable[[], None]:
    strangers = operation.as_strategy(GenerationMode.POSITIVE)
    known = {name: value for name, value in cast.ids.items() if f"{{{name}}}" in operation.path}
    theirs = operation.as_strategy(GenerationMode.POSITIVE, path_parameters=known)
    wrong = operation.as_strategy(GenerationMode.NEGATIVE, path_parameters=known)

    @seed(cast.seed)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=st.one_of(theirs, wrong, strangers), matched=st.booleans())
    def attempt(case: Case, matched: bool) -> None:
        cast.put_in_place(case.path_parameters)

        if matched and "If-Match" in (case.headers or {}):
            case.headers["If-Match"] = "*"
        response = case.call(headers=cast.headers | {"Accept-Encoding": "identity"})
        case.validate_response(response, checks=CHECKS, excluded_checks=EXCEPT.get(operation.label))
        if operation.method in {"delete", "patch", "put"} and response.status_code < 300:
            cast.renew()

    return attempt
