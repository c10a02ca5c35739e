"""Completes the generated OpenAPI document."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from threading import RLock
from typing import Any

from apispec import APISpec, BasePlugin
from flask_smorest import Api, Blueprint
from marshmallow import Schema

from api.schemas.examples import example_of, recorded_examples

OPENAPI: dict[str, Any] = {
    "API_TITLE": "AIMSS Monitor",
    "API_VERSION": "v1",
    "OPENAPI_VERSION": "3.1.0",
    "OPENAPI_URL_PREFIX": "/",
    "OPENAPI_JSON_PATH": "openapi.json",
    "API_SPEC_OPTIONS": {
        "info": {
            "summary": "Aromatase-inhibitor musculoskeletal symptoms: log, score, alert, answer.",
            "description": (
                "Patients on aromatase inhibitors log pain, stiffness and tablets; every entry is scored "
                "against the patient's own history; the care team is notified, with reasons, "
                "until an alert is answered. Problems are RFC 9457. Moments are ISO 8601 with an offset. "
                "This is not an emergency line, and it never advises a patient to change a medicine."
            ),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "This server"}],
        "components": {
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An access token of POST /v1/sessions, /v1/activations or /v1/tokens, "
                    "or the key of a service account. `x-scope` names what each operation needs.",
                }
            }
        },
    },
}
"""The configuration of flask-smorest."""


class LateDocument(Api):
    """flask-smorest that writes the document when it is first asked for, not at every start."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Begin with nothing to write."""
        self._undocumented: list[Blueprint] = []
        self._document: APISpec
        self._writing = RLock()
        super().__init__(*args, **kwargs)

    @property
    def spec(self) -> APISpec:
        """Return the document, with every blueprint that was registered."""
        with self._writing:
            while self._undocumented:
                blueprint = self._undocumented.pop(0)
                blueprint.register_views_in_doc(
                    self, self._app, self._document, name=blueprint.name, parameters=None
                )
                self._document.tag({"name": blueprint.name, "description": blueprint.description})
            return self._document

    @spec.setter
    def spec(self, document: APISpec) -> None:
        self._document = document

    def register_blueprint(self, blueprint: Blueprint) -> None:
        """Register the routes of a blueprint, which the document lacks until it is asked for."""
        self._app.extensions["flask-smorest"]["blp_name_to_api"][blueprint.name] = self
        self._app.register_blueprint(blueprint)
        self._undocumented.append(blueprint)


class Operations(BasePlugin):
    """Names each operation after its method and path, and documents what all of them refuse."""

    def path_helper(
        self,
        path: str | None = None,  # noqa: ARG002 - apispec hands them over by name
        operations: dict[Any, Any] | None = None,  # noqa: ARG002
        parameters: list[dict[Any, Any]] | None = None,
        **_: Any,
    ) -> str | None:
        """Describe the parameters of one path."""
        for parameter in parameters or []:
            if isinstance(parameter, dict) and parameter.get("in") == "path":
                parameter.setdefault("description", meaning_of(parameter["name"]))
        return None

    def operation_helper(
        self, path: str | None = None, operations: Mapping[str, Any] | None = None, **_: Any
    ) -> None:
        """Complete the operations of one path; unknown query parameters are refused under ``/v1``."""
        for method, operation in (operations or {}).items():
            operation["operationId"] = operation_id(method, path or "")
            if (path or "").startswith("/v1/"):
                unprocessable = {"$ref": "#/components/responses/UNPROCESSABLE_ENTITY"}
                operation.setdefault("responses", {}).setdefault("422", unprocessable)


class BodyExamples(BasePlugin):
    """Gives every body of a request or response its examples; see ``api.schemas.examples``."""

    def init_spec(self, spec: APISpec) -> None:
        """Keep the document, in which the schemas of bodies are looked up."""
        super().init_spec(spec)
        self._spec = spec

    def operation_helper(
        self,
        path: str | None = None,  # noqa: ARG002 - apispec hands it over by name
        operations: Mapping[str, Any] | None = None,
        **_: Any,
    ) -> None:
        """Add the examples to the bodies of one path."""
        for operation in (operations or {}).values():
            for content in operation.get("requestBody", {}).get("content", {}).values():
                named = self._examples_of(content.get("schema", {}))
                if len(named) == 1:
                    content["example"] = next(iter(named.values()))
                elif named:
                    content["examples"] = {name: {"value": example} for name, example in named.items()}
            for status, response in operation.get("responses", {}).items():
                if isinstance(response, dict):  # not the name of a shared response
                    self._add_recorded(response, str(status))

    def response_helper(self, response: dict[str, Any], **_: Any) -> dict[str, Any] | None:
        """Return the example to add to a problem that operations share."""
        names = [each.name for each in HTTPStatus if each.phrase == response["description"]]
        example = recorded_examples().get(names[0]) if names else None
        if example is None:
            return None
        return {"content": {kind: body | {"example": example} for kind, body in response["content"].items()}}

    def _add_recorded(self, response: dict[str, Any], status: str) -> None:
        """Refer to the recorded examples of a response, which are components of the document."""
        for content in response.get("content", {}).values():
            for name in _names_of(content.get("schema", {})):
                known = name if status.startswith("2") else f"{name}.{status}"
                if known not in recorded_examples():
                    continue
                if known not in self._spec.components.examples:
                    self._spec.components.example(known, {"value": recorded_examples()[known]})
                content.setdefault("examples", {})[name] = {"$ref": f"#/components/examples/{known}"}

    def _examples_of(self, schema: Any) -> dict[str, Any]:
        """Return the examples of a body by the names of the schemas it may have."""
        schemas = self._spec.components.schemas
        named = {
            name: example_of(name, schemas.get(name, {}).get("properties", {})) for name in _names_of(schema)
        }
        return {name: example for name, example in named.items() if example}


def _names_of(schema: Any) -> list[str]:
    """Return the names of the components that a body may be."""
    if isinstance(schema, dict) and "oneOf" in schema:
        return [name for each in schema["oneOf"] for name in _names_of(each)]
    if isinstance(schema, dict):
        return [schema.get("$ref", "").rpartition("/")[2]]
    kind = schema if isinstance(schema, type) else type(schema)
    return [kind.__name__.removesuffix("Schema")]


class SchemaMeanings(BasePlugin):
    """Describes each component by the first line of its schema's docstring."""

    def schema_helper(self, name: str, definition: dict[str, Any], **kwargs: Any) -> dict[str, Any] | None:  # noqa: ARG002
        """Return what to add to the definition of a component."""
        schema = kwargs.get("schema")
        kind = schema if isinstance(schema, type) else type(schema)
        meaning = (kind.__doc__ or "").strip().partition("\n")[0]
        return {"description": meaning} if meaning and kind.__doc__ != Schema.__doc__ else None


PATH_PARAMETERS = {
    "code": "Code of the questionnaire, such as `bpi-sf`.",
    "device": "A UUID the client made for this device, the same each time.",
    "name": "Name of the rota.",
    "slot": "Id of the slot, as the plan has it.",
}
"""Descriptions of path parameters that are not ids."""


def meaning_of(parameter: str) -> str:
    """Return what a parameter of a path means.

    >>> meaning_of("patient_id"), meaning_of("name")
    ('Id of the patient.', 'Name of the rota.')
    """
    of = parameter.removesuffix("_id").replace("_", " ")
    return PATH_PARAMETERS.get(parameter, f"Id of the {of}.")


def operation_id(method: str, path: str) -> str:
    """Return the name of an operation: the method and the nouns of the path, one thing in the singular.

    >>> operation_id("get", "/v1/patients"), operation_id("get", "/v1/patients/{patient_id}/entries")
    ('getPatients', 'getPatientEntries')
    """
    nouns: list[str] = []
    for part in path.removeprefix("/v1").strip("/").split("/"):
        if part.startswith("{"):
            nouns[-1] = _singular(nouns[-1])
        else:
            nouns += [word.capitalize() for word in re.split(r"\W+", part)]
    return method + "".join(nouns)


def _singular(noun: str) -> str:
    if noun == "Staff":
        return "StaffMember"
    return noun.removesuffix("ies") + "y" if noun.endswith("ies") else noun.removesuffix("s")
