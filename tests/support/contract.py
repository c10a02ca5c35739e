"""Holds every answer of a test client against the OpenAPI document, more strictly than the document asks.

A status that is not documented, a header or media type that is not, a field that the document does not name:
each fails the test that met it, whatever that test is about.
"""

import gzip
import json
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from api.errors import MEDIA_TYPE

COMMITTED = Path(__file__).parents[2] / "docs/openapi.json"


@cache
def document() -> Any:
    """Return the committed document; a test holds it equal to the generated one."""
    return json.loads(COMMITTED.read_text())


def closed(schema: Any) -> Any:
    """Return a schema in which no object has a property that is not named."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: closed(each) for key, each in schema.items()}
    if isinstance(inner.get("properties"), dict) and "type" in inner:
        inner.setdefault("additionalProperties", False)
    return inner


@cache
def _components() -> Any:
    return closed(deepcopy(document()["components"]))


@cache
def _validator(place: str, status: str, media_type: str) -> jsonschema_rs.Draft202012Validator | None:
    method, path = place.split(" ", 1)
    answer = document()["paths"][path][method]["responses"][status]
    if "$ref" in answer:
        answer = document()["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    content = answer.get("content", {})
    if not content:
        return None
    schema = closed(content[media_type]["schema"])
    return jsonschema_rs.Draft202012Validator({**schema, "components": _components()}, validate_formats=True)


def operation_of(answer: TestResponse, client: FlaskClient) -> tuple[str, str] | None:
    """Return the method and the path, as the document has them, of the operation that answered."""
    request = answer.request
    adapter = client.application.url_map.bind("localhost")
    try:
        rule, _ = adapter.match(request.path, method=request.method, return_rule=True)
    except HTTPException:
        return None
    path = rule.rule.replace("<", "{").replace(">", "}")
    path = "/".join(
        "{" + part.rpartition(":")[2].strip("{}") + "}" if "{" in part else part for part in path.split("/")
    )
    method = "get" if request.method == "HEAD" else request.method.lower()
    return (method, path) if method in document()["paths"].get(path, {}) else None


def _content(answer: TestResponse) -> Any:
    """Return the JSON of an answer, also of a compressed one."""
    is_packed = answer.headers.get("Content-Encoding") == "gzip"
    return json.loads(gzip.decompress(answer.data)) if is_packed else answer.json


def check(answer: TestResponse, client: FlaskClient) -> None:
    """Fail where an answer under /v1 or /health is not one that the document promises.

    Raises:
        AssertionError: Says the operation, the status and what differs.
    """
    operation = operation_of(answer, client)
    if operation is None:
        return
    method, path = operation
    place, status = f"{method} {path}", str(answer.status_code)
    assert status in document()["paths"][path][method]["responses"], (
        f"{place}: {status} is not documented: {answer.text[:300]}"
    )
    if answer.request.method == "HEAD" or answer.status_code in {204, 304}:
        assert not answer.data, place
        return
    validator = _validator(place, status, answer.mimetype)
    if answer.mimetype in {"application/json", MEDIA_TYPE} and validator is not None:
        errors = [
            f"{'.'.join(map(str, e.instance_path))}: {e.message[:300]}"
            for e in validator.iter_errors(_content(answer))
        ]
        assert not errors, f"{place} {status}: {'; '.join(errors)}"


class CheckedClient(FlaskClient):
    """Flask's test client, which holds each answer against the document."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send a request, check its answer, return it."""
        answer = super().open(*args, **kwargs)
        check(answer, self)
        return answer
