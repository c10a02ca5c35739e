"""The blueprint every resource is made with: JSON and query parameters read strictly."""

import hashlib
from collections.abc import Callable
from copy import deepcopy
from functools import wraps
from http import HTTPStatus
from typing import Any

import flask_smorest
import orjson
from flask import Request, Response, current_app, make_response, request
from marshmallow import RAISE, Schema
from webargs import missing
from webargs.flaskparser import FlaskParser, is_json_request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from api.auth import fails_with
from api.domain.errors import UnknownParameter
from api.domain.json_values import with_whole_numbers
from api.resources.request_context import tags_in
from api.services.lenient_json import UnreadableBody, refuse_other_media

BODY_PROBLEMS = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
)


IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The ETag of the version the caller has; while it stands the answer is 304.",
    "schema": {"type": "string"},
}
"""Documentation of the header of reads that can answer 304."""


class StrictParser(FlaskParser):
    """Reads bodies by orjson: the standard library takes NaN, half characters and endless nesting."""

    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, str | None] = {  # noqa: RUF012 - webargs annotates it so
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "query": RAISE,
    }

    def _raw_load_json(self, req: Request) -> Any:
        return strict_json(req) if req.get_data(cache=True) else missing


def strict_json(req: Request) -> Any:
    """Return what a JSON body says; refused with place and reason where it is not all JSON in UTF-8.

    Raises:
        UnsupportedMediaType: It is of another media type, compressed, or UTF-16.
        BadRequest: It is no JSON.
    """
    body = req.get_data(cache=True)
    if not is_json_request(req):
        raise UnsupportedMediaType("send Content-Type: application/json")
    try:
        refuse_other_media(body, req.headers.get("Content-Encoding", ""))
        return with_whole_numbers(orjson.loads(body))
    except orjson.JSONDecodeError as error:
        line = f"line {error.lineno}, " if b"\n" in body.strip() else ""
        raise BadRequest(f"no JSON: {error.msg}, at {line}column {error.colno}") from error
    except UnreadableBody as error:
        kind = UnsupportedMediaType if error.is_other_media else BadRequest
        raise kind(str(error)) from error


class Blueprint(flask_smorest.Blueprint):
    """flask-smorest's blueprint with our way to read bodies and queries."""

    ARGUMENTS_PARSER = StrictParser()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Make the blueprint; every request to it must name only query parameters that its view declares."""
        super().__init__(*args, **kwargs)
        self.before_request(refuse_unknown_parameters)

    def arguments(
        self, schema: type[Schema] | Schema, *, location: str = "json", **kwargs: Any
    ) -> Callable[..., Any]:
        """Check a body or a query against ``schema``, and document how it can fail."""
        checked: Callable[..., Any] = super().arguments(schema, location=location, **kwargs)
        if location == "query":
            return lambda view: _taking(schema, checked(view))
        if location != "json":
            return checked
        documented = fails_with(*BODY_PROBLEMS)
        return lambda view: documented(checked(view))

    def revalidated(self, view: Callable[..., Any]) -> Callable[..., Any]:
        """Answer 304 where If-None-Match names the content of this read, by an ETag that is its hash.

        For reads that no single version covers, such as lists. The queries run all the same; what is saved
        is the transfer and the client's work. Stands above `response`.
        """

        @wraps(view)
        def answer(*args: Any, **kwargs: Any) -> Response:
            response = make_response(view(*args, **kwargs))
            if response.status_code != HTTPStatus.OK:
                return response
            digest = hashlib.sha256(response.get_data()).hexdigest()[:16]
            version, _ = response.get_etag()
            tag = f"{version}.{digest}" if version else digest
            if {f'"{tag}"', "*"} & tags_in(request.headers.get("If-None-Match", "")):
                return Response(status=304, headers={"ETag": f'"{tag}"'})
            response.set_etag(tag)
            return response

        unchanged = "The content of If-None-Match is current"
        found: Callable[..., Any] = self.alt_response(304, success=True, description=unchanged)(answer)
        notes = deepcopy(
            getattr(found, "_apidoc", {})
        )  # beside the query parameters, which `doc` would replace
        notes.setdefault("arguments", {}).setdefault("parameters", []).append(IF_NONE_MATCH)
        found._apidoc = notes  # type: ignore[attr-defined]
        return found


def _taking(schema: type[Schema] | Schema, view: Callable[..., Any]) -> Callable[..., Any]:
    """Note at ``view`` which query parameters it takes; decorators above it carry the note on."""
    fields = (schema() if isinstance(schema, type) else schema).load_fields
    view.query_parameters = frozenset(field.data_key or name for name, field in fields.items())  # type: ignore[attr-defined]
    return view


def refuse_unknown_parameters() -> None:
    """Refuse a request with a query parameter that its view does not take.

    Ignored, a slip such as `?dry_run=true` on a write does what it was meant to prevent, and `?statsu=open`
    on a read shows another list than the one asked for. Operations outside ``/v1`` (health, metrics) take
    anything, because probes and caches add parameters of their own.

    Raises:
        UnknownParameter: Names each such parameter and those that are known.
    """
    if not request.args or not request.path.startswith("/v1/"):
        return
    known = query_parameters_of(request.endpoint or "", request.method)
    if unknown := sorted(set(request.args) - known):
        takes = f"this operation takes {', '.join(sorted(known))}" if known else "this operation takes none"
        raise UnknownParameter(
            f"unknown query parameter {', '.join(unknown)}: {takes}", dict.fromkeys(unknown, takes)
        )


def query_parameters_of(endpoint: str, method: str) -> frozenset[str]:
    """Return the names of the query parameters that the view behind ``endpoint`` takes."""
    view = current_app.view_functions.get(endpoint)
    handler = getattr(getattr(view, "view_class", None), "get" if method == "HEAD" else method.lower(), None)
    found: frozenset[str] = getattr(handler, "query_parameters", frozenset())
    return found
