"""Lists of questionnaires, measurements, guidance and plans: as many queries for much as for little."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from api.db.database import Database
from tests.support.builders import Clinic, a_questionnaire

COUNTED = Callable[[], AbstractContextManager[list[str]]]
MOST = 16
"""More than any of these routes needs, the sign-in and the audit row included."""

PLANNED = ("bpi-sf", "haq-di", "siqr", "fiq", "quickdash", "mars-5", "pro-ctcae")
APPROVED = ("acupuncture", "duloxetine", "topical-anti-inflammatories")
FOR_TEAM = (
    "/v1/patients/{patient}/assessments",
    "/v1/patients/{patient}/assessments/{assessment}/versions",
    "/v1/patients/{patient}/grades",
    "/v1/patients/{patient}/measurements",
    "/v1/patients/{patient}/measurements/{measurement}/versions",
    "/v1/patients/{patient}/plan",
    "/v1/patients/{patient}/trajectory",
    "/v1/guidance",
)
FOR_A_PATIENT = (
    "/v1/me/assessments",
    "/v1/me/assessments/{assessment}/versions",
    "/v1/me/due",
    "/v1/instruments",
)


class Ward:
    """A patient of whom more and more is known."""

    def __init__(self, client: FlaskClient, clinic: Clinic) -> None:
        self.client, self.clinic = client, clinic
        self.days = 0
        self.assessment = self.fill("pro-ctcae", {"51A": 2, "51B": 2, "51C": 2})
        self.measurement = self.weigh(str(uuid4()))

    def url(self, path: str) -> str:
        ids = {"assessment": self.assessment, "measurement": self.measurement}
        return path.format(patient=self.clinic.patient.id, **ids)

    def ask(self, method: str, path: str, who: Any, body: Any) -> None:
        headers = who.headers | {"If-Match": "*"}
        answer = self.client.open(self.url(path), method=method, json=body, headers=headers)
        assert answer.status_code in {200, 201}, answer.text

    def fill(self, instrument: str, answers: dict[str, Any]) -> str:
        self.days += 1
        at = datetime.now(UTC) - timedelta(days=self.days)
        sent = a_questionnaire(answers, instrument=instrument, recorded_at=at.isoformat())
        answer = self.client.post("/v1/me/assessments", json=sent, headers=self.clinic.patient.headers)
        assert answer.status_code == 201, answer.text
        return str(sent["id"])

    def weigh(self, its: str) -> str:
        day = datetime.now(UTC).date() - timedelta(days=self.days)
        sent = {"id": its, "kind": "weight", "measured_on": str(day), "value": 70, "unit": "kg"}
        url = f"/v1/patients/{self.clinic.patient.id}/measurements"
        assert self.client.post(url, json=sent, headers=self.clinic.nurse.headers).status_code == 201
        return its

    def grow(self) -> None:
        """Let there be several times as much of everything."""
        for nth in range(4):
            self.fill("pro-ctcae", {"51A": 1 + nth % 4, "51B": 2, "51C": 2})
            self.fill("bpi-sf", {"worst": 7, "least": nth})
            self.weigh(str(uuid4()))
            self.ask("PUT", "/v1/me/assessments/{assessment}", self.clinic.patient, self.corrected(nth))
            self.ask(
                "PUT",
                "/v1/patients/{patient}/measurements/{measurement}",
                self.clinic.nurse,
                {"kind": "weight", "measured_on": "2026-03-01", "value": 71 + nth, "unit": "kg"},
            )
        for item in APPROVED:
            url = f"/v1/guidance/{item}/decisions"
            self.ask("POST", url, self.clinic.site_admin, {"decision": "approved"})
        courses = [{"what": what, "at_weeks": [0, 4, 8], "source": "ours"} for what in PLANNED]
        for name in ("one", "two"):
            document = {"name": name, "courses": courses}
            self.ask("PUT", "/v1/patients/{patient}/plan", self.clinic.nurse, {"document": document})

    def corrected(self, nth: int) -> dict[str, Any]:
        at = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
        return {"status": "complete", "recorded_at": at, "answers": {"51A": 1 + nth, "51B": 1, "51C": 1}}


@pytest.fixture
def ward(client: FlaskClient, clinic: Clinic) -> Ward:
    return Ward(client, clinic)


def test_every_list_costs_as_many_queries_for_much_as_for_little(
    client: FlaskClient, ward: Ward, count_queries: COUNTED, database: Database
) -> None:
    def spent() -> dict[str, int]:
        found = {}
        for who, paths in ((ward.clinic.nurse, FOR_TEAM), (ward.clinic.patient, FOR_A_PATIENT)):
            for path in paths:
                with count_queries() as statements:
                    answer = client.get(ward.url(path), headers=who.headers)
                assert answer.status_code == 200, answer.text
                found[path] = len(statements)
        return found

    ward.ask("PUT", "/v1/me/assessments/{assessment}", ward.clinic.patient, ward.corrected(0))
    few = spent()
    ward.grow()
    assert spent() == few
    assert {path: count for path, count in few.items() if count > MOST} == {}
