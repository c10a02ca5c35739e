"""What the generated OpenAPI document says beyond the views themselves."""

import re
from collections.abc import Mapping
from typing import Any

from apispec import BasePlugin

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
                "against the patient's own history; the care team is told, with reasons, until somebody "
                "has answered. Problems are RFC 9457. Moments are ISO 8601 with an offset. "
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


class Operations(BasePlugin):
    """Names each operation after its method and path, and documents what all of them refuse."""

    def operation_helper(
        self, path: str | None = None, operations: Mapping[str, Any] | None = None, **_: Any
    ) -> None:
        """Complete the operations of one path; unknown query parameters are refused under ``/v1``."""
        for method, operation in (operations or {}).items():
            operation["operationId"] = operation_id(method, path or "")
            if (path or "").startswith("/v1/"):
                unprocessable = {"$ref": "#/components/responses/UNPROCESSABLE_ENTITY"}
                operation.setdefault("responses", {}).setdefault("422", unprocessable)


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
