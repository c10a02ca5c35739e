"""The blueprint every resource is made with: JSON read strictly, and what may go wrong with a body said."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import flask_smorest
import orjson
from flask import Request
from marshmallow import RAISE, Schema
from webargs import missing
from webargs.flaskparser import FlaskParser, is_json_request
from werkzeug.exceptions import UnsupportedMediaType

from api.auth import fails_with

BODY_PROBLEMS = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
)


class StrictParser(FlaskParser):
    """Reads bodies by orjson: the standard library takes NaN, half characters and endless nesting."""

    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, str | None] = {  # noqa: RUF012 - webargs annotates it so
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "query": RAISE,
    }

    def _raw_load_json(self, req: Request) -> Any:
        body = req.get_data(cache=True)
        if not body:
            return missing
        if not is_json_request(req):
            raise UnsupportedMediaType("send Content-Type: application/json")
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError as error:  # webargs would take bytes that are no UTF-8 for no body
            return self._handle_invalid_json_error(error, req)


class Blueprint(flask_smorest.Blueprint):
    """flask-smorest's blueprint with our way to read bodies and queries."""

    ARGUMENTS_PARSER = StrictParser()

    def arguments(
        self, schema: type[Schema] | Schema, *, location: str = "json", **kwargs: Any
    ) -> Callable[..., Any]:
        """Check a body or a query against ``schema``, and document how it can fail."""
        checked: Callable[..., Any] = super().arguments(schema, location=location, **kwargs)
        if location != "json":
            return checked
        documented = fails_with(*BODY_PROBLEMS)
        return lambda view: documented(checked(view))
