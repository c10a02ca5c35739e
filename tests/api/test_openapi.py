"""The OpenAPI document: complete, honest, and the one that is committed."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from api.app import create_app
from api.db.database import open_database
from config.settings import Settings

COMMITTED = Path(__file__).parents[2] / "docs/openapi.json"


@pytest.fixture(scope="module")
def document() -> Any:
    database = open_database("sqlite://")
    answer = create_app(Settings(), database=database).test_client().get("/openapi.json")
    database.close()
    return answer.json


def operations(document: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if method != "parameters":
                yield f"{method.upper()} {path}", operation


def test_it_is_openapi_3_1(document: Any) -> None:
    assert document["openapi"].startswith("3.1.")


def test_the_committed_copy_is_the_generated_one(document: Any) -> None:
    assert json.loads(COMMITTED.read_text()) == document, "make openapi writes it anew"


def test_those_who_ask_for_it_first_and_at_once_all_get_the_whole(document: Any) -> None:
    database = open_database("sqlite://")
    app = create_app(Settings(), database=database)
    with ThreadPoolExecutor(8) as readers:
        answers = list(readers.map(lambda _: app.test_client().get("/openapi.json").json, range(8)))
    database.close()
    assert [answer == document for answer in answers] == [True] * 8


def test_every_operation_has_a_name_of_its_own(document: Any) -> None:
    names = [operation["operationId"] for _, operation in operations(document)]
    assert len(set(names)) == len(names)
    assert "getPatientEntries" in names


@pytest.mark.parametrize("part", ["summary", "tags", "security", "responses"])
def test_every_operation_has_what_a_reader_needs(document: Any, part: str) -> None:
    lacking = {"security"} if part == "security" else set()
    assert [
        place
        for place, operation in operations(document)
        if part not in operation or not (operation[part] or lacking)
    ] == []


def test_every_tag_is_described(document: Any) -> None:
    described = {tag["name"] for tag in document["tags"] if tag.get("description")}
    assert {tag for _, operation in operations(document) for tag in operation["tags"]} <= described


def test_every_operation_but_health_names_what_is_refused_and_none_says_default(document: Any) -> None:
    for place, operation in operations(document):
        statuses = set(operation["responses"])
        assert "default" not in statuses, place
        assert "/health/" in place or any(status.startswith("4") for status in statuses), place


def test_every_operation_behind_a_token_names_its_scope(document: Any) -> None:
    assert [
        place
        for place, operation in operations(document)
        if bool(operation["security"]) != ("x-scope" in operation)
    ] == []


def test_every_field_and_every_parameter_says_what_it_means(document: Any) -> None:
    schemas = document["components"]["schemas"]
    fields = [
        (name, field)
        for name, schema in schemas.items()
        for field, described in schema.get("properties", {}).items()
        if len(described.get("description", "")) < len("The name.")
    ]
    parameters = [
        (place, parameter["name"])
        for place, methods in document["paths"].items()
        for operation in methods.values()
        for parameter in (operation if isinstance(operation, list) else operation.get("parameters", []))
        if "$ref" not in parameter and not parameter.get("description")
    ]
    assert (fields, parameters) == ([], [])
