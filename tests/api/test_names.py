"""Names of the API: standard terms, periods, the ends of pages, and a site's documents."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from marshmallow import Schema

from api.schemas.fields import Rounded
from tests.support.builders import Clinic, a_report

RENAMED = {
    "acknowledged_by_staff",
    "adds",
    "against_baseline",
    "against_last",
    "alerts_passed_on",
    "because",
    "beyond_matters",
    "beyond_noise",
    "body_cut",
    "broken",
    "climbed",
    "closed_by_staff",
    "comes_back_at",
    "coming",
    "follows_phone",
    "from_refused_item",
    "lacking",
    "looked_at",
    "matters",
    "must_enrol",
    "not_known",
    "numbers",
    "refused",
    "refused_items",
    "stopping",
    "told",
    "told_at",
    "trusted",
    "unscored",
    "what",
    "word",
    "words",
    "written_days",
    "written_lately",
}
"""Names that the API no longer uses."""

POLICY = {"name": "Ward 3", "tiers": {"silence": "self_care"}}
LADDER = {"name": "Ward 3", "source": "Ward 3, 1 March 2026", "hours": {"monday": ["08:00-12:00"]}}
PLAN = {"name": "Ward 3", "courses": [{"what": "bpi-sf", "at_weeks": [0], "source": "Ward 3, 1 March 2026"}]}


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("/v1/patients/{id}/trajectory", "since=2026-01-01", "from_date=2026-01-01"),
        ("/v1/patients/{id}/trajectory", "until=2026-01-01", "until_date=2026-01-01"),
        ("/v1/rotas", "since=2026-01-01T00:00:00Z", "ended_after=2026-01-01T00:00:00Z"),
        (
            "/v1/reports/response-times",
            "since=2026-01-01T00:00:00Z&until=2026-02-01T00:00:00Z",
            "opened_from=2026-01-01T00:00:00Z&opened_before=2026-02-01T00:00:00Z",
        ),
    ],
)
def test_an_old_name_means_the_same_and_is_marked_as_old(
    client: FlaskClient, clinic: Clinic, path: str, old: str, new: str
) -> None:
    client.post("/v1/me/entries", json=a_report(), headers=clinic.patient.headers)
    address, headers = path.format(id=clinic.patient.id), clinic.site_admin.headers
    if "trajectory" in path:
        headers = clinic.nurse.headers
    before, after = (client.get(f"{address}?{query}", headers=headers) for query in (old, new))
    assert (before.status_code, before.json) == (200, after.json)
    both = client.get(f"{address}?{old}&{new}", headers=headers)
    assert both.status_code == 422
    assert "Old name of" in both.json["detail"]


def test_since_is_a_cursor_wherever_it_is_not_deprecated(client: FlaskClient) -> None:
    document = client.get("/openapi.json").json
    named = [
        (path, parameter)
        for path, methods in document["paths"].items()
        for operation in methods.values()
        if isinstance(operation, dict)
        for parameter in operation.get("parameters", [])
        if parameter.get("name") == "since"
    ]
    assert len(named) >= 7
    for path, parameter in named:
        old = parameter.get("deprecated") or parameter["schema"].get("deprecated")
        feed = path.endswith(("/entries", "/assessments", "/events", "/changes"))
        assert bool(old) != feed, path
        assert not feed or parameter["schema"]["type"] in ("string", ["string", "null"])


def test_every_page_has_more_if_another_follows(client: FlaskClient, clinic: Clinic) -> None:
    document = client.get("/openapi.json").json
    pages = {
        name: s for name, s in document["components"]["schemas"].items() if "next" in s.get("properties", {})
    }
    assert len(pages) > 8
    assert [name for name, page in pages.items() if "more" not in page["properties"]] == []
    for _ in range(3):
        client.post("/v1/me/entries", json=a_report(pain_worst=11), headers=clinic.patient.headers)
    path = "/v1/me/rejected-entries?limit=2"
    first = client.get(path, headers=clinic.patient.headers).json
    last = client.get(f"{path}&cursor={first['next']}", headers=clinic.patient.headers).json
    assert (first["more"], last["more"], last["next"]) == (True, False, None)


@pytest.mark.parametrize(("path", "document"), [("policy", POLICY), ("ladder", LADDER), ("plan", PLAN)])
def test_every_document_of_a_site_is_set_in_the_same_way(
    client: FlaskClient, clinic: Clinic, path: str, document: dict[str, Any]
) -> None:
    headers = clinic.site_admin.headers
    body = {"document": document, "note": "as agreed"}
    for _ in range(2):  # a retry is safe
        answer = client.put(f"/v1/site/{path}", json=body, headers=headers)
        assert answer.status_code == 200, answer.text
        assert (answer.json["current"]["name"], answer.json["current"]["note"]) == ("Ward 3", "as agreed")
        assert answer.json["upcoming"] == []
    assert client.get(f"/v1/site/{path}", headers=headers).json == answer.json
    refused = client.put(f"/v1/site/{path}", json=body, headers=clinic.nurse.headers)
    assert refused.status_code == 403


def test_no_field_and_no_parameter_has_a_name_that_was_replaced(client: FlaskClient) -> None:
    document = client.get("/openapi.json").json
    fields = {name for s in document["components"]["schemas"].values() for name in s.get("properties", {})}
    parameters = {
        parameter.get("name")
        for methods in document["paths"].values()
        for operation in methods.values()
        if isinstance(operation, dict)
        for parameter in operation.get("parameters", [])
    }
    assert (fields | parameters) & RENAMED == set()


@pytest.mark.parametrize(("number", "shown"), [(0.1 + 0.2, 0.3), (2 / 3, 0.6667), (3, 3.0), (None, None)])
def test_a_number_in_a_response_has_four_decimals(number: float | None, shown: float | None) -> None:
    schema = Schema.from_dict({"number": Rounded(allow_none=True)})()
    assert schema.dump({"number": number}) == {"number": shown}
