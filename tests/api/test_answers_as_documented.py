"""The test client holds every answer of the suite against the document; here it is held itself."""

import pytest
from flask import Flask, jsonify

from tests.support.builders import Clinic


def test_a_field_that_is_not_documented_fails_the_test_that_meets_it(app: Flask, clinic: Clinic) -> None:
    @app.after_request
    def add_a_field(response: object) -> object:
        return jsonify({"status": "live", "extra": 1})

    with pytest.raises(AssertionError, match=r"get /health/live 200: .*extra"):
        app.test_client().get("/health/live")


def test_a_status_that_is_not_documented_fails_the_test_that_meets_it(app: Flask, clinic: Clinic) -> None:
    @app.before_request
    def refuse() -> tuple[str, int]:
        return "", 418

    with pytest.raises(AssertionError, match="418 is not documented"):
        app.test_client().get("/v1/me", headers=clinic.patient.headers)
