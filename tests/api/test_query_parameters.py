"""Query parameters: what an operation does not take is refused, for every route by one mechanism."""

import re
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from api.app import create_app
from api.db.database import open_database
from api.resources.blueprint import query_parameters_of
from config.settings import Settings
from tests.support.builders import Clinic


def _routes() -> list[tuple[str, str, str]]:
    """Return method, address and endpoint of every route under /v1, ids filled in."""
    database = open_database("sqlite://")
    app = create_app(Settings(), database=database)
    database.close()
    return [
        (method, re.sub(r"<[^>]+>", str(uuid4()), rule.rule), rule.endpoint)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/v1/")
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"})  # type: ignore[operator]
    ]


ROUTES = _routes()


def test_every_route_refuses_a_query_parameter_that_it_does_not_take(app: Flask, clinic: Clinic) -> None:
    client = app.test_client()
    for method, address, endpoint in ROUTES:
        answer = client.open(
            f"{address}?dry_run=true", method=method, json={}, headers=clinic.site_admin.headers
        )
        assert answer.status_code == 422, (method, address)
        assert answer.json["type"] == "/problems/unknown-parameter"
        assert set(answer.json["errors"]) == {"dry_run"}
        with app.app_context():
            known = query_parameters_of(endpoint, method)
        assert all(name in answer.json["detail"] for name in known)


def test_what_is_refused_is_what_the_document_does_not_name(app: Flask) -> None:
    document = app.test_client().get("/openapi.json").json
    templates = {re.sub(r"{\w+}", "{}", path): methods for path, methods in document["paths"].items()}
    with app.app_context():
        for rule in app.url_map.iter_rules():
            if not rule.rule.startswith("/v1/"):
                continue
            path = templates[re.sub(r"<[^>]+>", "{}", rule.rule)]
            for method in rule.methods - {"HEAD", "OPTIONS"}:  # type: ignore[operator]
                parameters = path[method.lower()].get("parameters", []) + path.get("parameters", [])
                named = {each["name"] for each in parameters if each.get("in") == "query"}
                assert named == query_parameters_of(rule.endpoint, method), (method, rule.rule)


def test_a_policy_is_not_set_where_the_caller_asked_for_a_trial(client: FlaskClient, clinic: Clinic) -> None:
    body = {"document": {"name": "Ward 3", "tiers": {"silence": "self_care"}}}
    headers = clinic.site_admin.headers
    assert client.post("/v1/policies?dry_run=true", json=body, headers=headers).status_code == 422
    assert client.get("/v1/policy", headers=headers).json["current"]["name"] != "Ward 3"


@pytest.mark.parametrize("path", ["/health/live", "/docs", "/openapi.json"])
def test_probes_and_pages_take_any_query_parameter(client: FlaskClient, path: str) -> None:
    assert client.get(f"{path}?cache-buster=1").status_code == 200
