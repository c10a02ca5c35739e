"""Records safety statements in refused requests, and puts emergency notices into responses.

`record_refused` runs after every request and sees each refusal, so code that refuses requests
(budgets with 429, for example) need not care. A request that fails with 500 is treated in the same
way, since it may fail again when it is repeated.
"""

import sys
from collections.abc import Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

import orjson
from flask import Response, current_app, g, request
from werkzeug.exceptions import BadRequest, HTTPException, RequestEntityTooLarge, UnsupportedMediaType

from api.auth import caller_of_request
from api.domain.authority import Principal, Scope
from api.domain.entries.safety_statements import StatementSource, all_stated, stated_in_value, text_of
from api.domain.errors import InvalidEntry
from api.domain.json_values import repeated_in
from api.resources.request_context import engine, now, read_session, transaction
from api.schemas.problem import EmergencySchema
from api.services.care import emergency_numbers
from api.services.lenient_json import MAX_UNPACKED, UnreadableBody, read_lenient, text_to_search
from api.services.scoring import rejected_items, safety_alerts
from api.services.scoring.rejected_items import RejectedItem

OWN_DIARY = "/v1/me/"
ENTRIES = "/v1/me/entries"
_CARRYING = frozenset({"POST", "PUT", "PATCH"})

_REVIEWED = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.CONFLICT,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
    }
)
"""Statuses of refusals shown to the team; after any other (version, budget) the phone retries."""

_NOT_REVIEWED = frozenset({"/problems/entry-conflict"})
"""Problems of readable content: the patient's phone shows both versions."""


def json_body() -> Any:
    """Return the JSON body, parsed leniently, so that invalid items can be rejected one by one.

    Raises:
        UnsupportedMediaType: It is not JSON in UTF-8.
        BadRequest: It is no JSON; the message has position and reason.
    """
    body = request.get_data(cache=True)
    if not request.is_json:
        raise UnsupportedMediaType("send Content-Type: application/json")
    if not body:
        raise BadRequest("the body is empty; send JSON")
    try:
        value = read_lenient(body, encoding=request.headers.get("Content-Encoding", ""))
    except UnreadableBody as error:
        kind = UnsupportedMediaType if error.is_other_media else BadRequest
        raise kind(str(error)) from error
    g.stated = stated_in_value(value)
    return value


def sent_at() -> datetime | None:
    """Return the ``Date`` of the request, by the phone's clock; None where there is none."""
    try:
        moment = parsedate_to_datetime(request.headers.get("Date", ""))
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo is not None else None


def note_recorded() -> None:
    """Note that all items and statements of this request were recorded or kept as rejected."""
    g.is_recorded = True


def record_refused(response: Response) -> Response:
    """Record the statements of a refused request, and add the emergency notice to the response."""
    if request.method not in _CARRYING or not request.path.startswith(OWN_DIARY):
        return response
    try:
        if HTTPStatus.BAD_REQUEST <= response.status_code <= HTTPStatus.INTERNAL_SERVER_ERROR:
            _record(response)
        return _with_emergency(response)
    except HTTPException:  # the caller is not signed in
        return response
    except Exception as error:  # noqa: BLE001 - handled like any other error: the phone retries
        return current_app.make_response(current_app.handle_user_exception(error))


def _record(response: Response) -> None:
    if g.get("is_recorded") or response.status_code == HTTPStatus.UNAUTHORIZED:
        return
    g.is_recorded = True
    by = _patient()
    if by is None:
        return
    body, encoding = _body(), request.headers.get("Content-Encoding", "")
    entry_id = (request.view_args or {}).get("entry_id")
    key = str(entry_id) if entry_id else None
    sources = safety_alerts.sources_in(body, of=by.id, encoding=encoding, key=key)
    g.stated = all_stated(source.stated for source in sources)
    rejected = _rejected_item(response, body, encoding, key)
    if rejected or _is_any_new(by, sources):
        with transaction() as session:
            safety_alerts.record_refused_request(
                session, by, sources, rejected=rejected, engine=engine(), now=now()
            )


def _is_any_new(by: Principal, sources: Sequence[StatementSource]) -> bool:
    """Check before a transaction, so that a phone over its budget makes no others wait."""
    if not sources:
        return False
    with read_session() as session:
        return safety_alerts.is_any_new(session, by.id, sources, now=now())


def _patient() -> Principal | None:
    """Return the patient who sent the request, even if it was refused before authentication."""
    caller: Principal = g.get("principal") or caller_of_request()
    g.principal = caller
    return caller if caller.may(Scope.REPORT) else None


def _body() -> bytes:
    """Return the body, or the beginning of one that is too long."""
    try:
        return request.get_data(cache=True)
    except RequestEntityTooLarge:
        request.max_content_length = sys.maxsize  # None would be the application's own limit again
        beginning: bytes = request.stream.read(MAX_UNPACKED)
        return beginning


def _rejected_item(response: Response, body: bytes, encoding: str, key: str | None) -> RejectedItem | None:
    """Return the item to show the team; None where there is nothing to review."""
    if response.status_code not in _REVIEWED or not request.path.startswith(ENTRIES):
        return None
    problem = orjson.loads(response.get_data()) if response.is_json else {}
    if problem.get("type") in _NOT_REVIEWED:
        return None
    problem = g.get("problem_in_english") or problem
    why = InvalidEntry(str(problem.get("detail", "it was refused")), problem.get("errors"))
    try:
        value = read_lenient(body, encoding=encoding)
    except UnreadableBody:
        return RejectedItem(key, text_to_search(body, encoding=encoding), why)
    text = text_to_search(body, encoding=encoding) if repeated_in(value) else text_of(value)
    return RejectedItem(key or rejected_items.readable_id(value), text, why)


def _with_emergency(response: Response) -> Response:
    """Add the emergency notice at the top of the response, where one is needed."""
    stated = g.get("stated")
    if stated is None or not stated.red_flags or not response.is_json or "principal" not in g:
        return response
    with read_session() as session:
        notice = emergency_numbers.notice_for(session, g.principal, stated.red_flags)
    if notice is not None:
        body = orjson.loads(response.get_data())
        response.set_data(orjson.dumps({"emergency": EmergencySchema().dump(notice), **body}))
    return response
