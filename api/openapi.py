"""What the generated OpenAPI document says beyond the views themselves."""

from typing import Any

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
