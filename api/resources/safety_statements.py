"""Statements of safety in what a patient sends: read from every body, told in every answer.

A request that is refused, for whatever reason and by whatever code, is answered only after what it
states has been heard: `hear_refused` runs after every request and sees the refusal. Code that refuses
requests (budgets with 429, for example) does not have to do anything for that. A request that fails by
a fault of ours (500) is heard in the same way: sent again, it may fail again.
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
from api.services.lenient_json import LARGEST_TEXT, UnreadableBody, read_lenient, text_to_search
from api.services.scoring import rejected_items, safety_statements
from api.services.scoring.rejected_items import RejectedItem

OWN_DIARY = "/v1/me/"
ENTRIES = "/v1/me/entries"
_CARRYING = frozenset({"POST", "PUT", "PATCH"})

_TO_BE_LOOKED_AT = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.CONFLICT,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
    }
)
"""Refusals that the team is shown. After any other (an old version, a budget) the phone sends it again."""

_NOT_TO_BE_LOOKED_AT = frozenset({"/problems/entry-conflict"})
"""Problems whose content could be read: the patient's phone shows both versions."""


def json_body() -> Any:
    """Return what the request's body says, read leniently: it is for the reader of items to refuse items.

    Raises:
        UnsupportedMediaType: It is not JSON in UTF-8.
        BadRequest: It is no JSON; says where and why.
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
    """Return the ``Date`` of the request, by the clock of the phone; None where it has none."""
    try:
        moment = parsedate_to_datetime(request.headers.get("Date", ""))
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo is not None else None


def note_recorded() -> None:
    """Note that every item of this request was recorded or kept as refused, statements included."""
    g.is_heard = True


def hear_refused(response: Response) -> Response:
    """Hear what a refused request of a patient states, and say first in the answer what is an emergency."""
    if request.method not in _CARRYING or not request.path.startswith(OWN_DIARY):
        return response
    try:
        if HTTPStatus.BAD_REQUEST <= response.status_code <= HTTPStatus.INTERNAL_SERVER_ERROR:
            _hear(response)
        return _with_emergency(response)
    except HTTPException:  # nobody is signed in
        return response
    except Exception as error:  # noqa: BLE001 - answered like any other: the phone sends it again
        return current_app.make_response(current_app.handle_user_exception(error))


def _hear(response: Response) -> None:
    if g.get("is_heard") or response.status_code == HTTPStatus.UNAUTHORIZED:
        return
    g.is_heard = True
    by = _patient()
    if by is None:
        return
    body, encoding = _body(), request.headers.get("Content-Encoding", "")
    entry_id = (request.view_args or {}).get("entry_id")
    key = str(entry_id) if entry_id else None
    carriers = safety_statements.carriers_in(body, of=by.id, encoding=encoding, key=key)
    g.stated = all_stated(carrier.stated for carrier in carriers)
    refused = _refused(response, body, encoding, key)
    if refused or _is_any_new(by, carriers):
        with transaction() as session:
            safety_statements.hear_statements(
                session, by, carriers, refused=refused, engine=engine(), now=now()
            )


def _is_any_new(by: Principal, carriers: Sequence[StatementSource]) -> bool:
    """Look before the transaction is opened: others would wait for what a phone over its budget repeats."""
    if not carriers:
        return False
    with read_session() as session:
        return safety_statements.is_any_new(session, by.id, carriers, now=now())


def _patient() -> Principal | None:
    """Return the patient who sent this, also where the request was refused before anybody asked who."""
    caller: Principal = g.get("principal") or caller_of_request()
    g.principal = caller
    return caller if caller.may(Scope.REPORT) else None


def _body() -> bytes:
    """Return the body, of one that is too long its beginning."""
    try:
        return request.get_data(cache=True)
    except RequestEntityTooLarge:
        request.max_content_length = sys.maxsize  # None would be the application's own limit again
        beginning: bytes = request.stream.read(LARGEST_TEXT)
        return beginning


def _refused(response: Response, body: bytes, encoding: str, key: str | None) -> RejectedItem | None:
    """Return what the team is shown as refused; None: nothing that it has to look at."""
    if response.status_code not in _TO_BE_LOOKED_AT or not request.path.startswith(ENTRIES):
        return None
    problem = orjson.loads(response.get_data()) if response.is_json else {}
    if problem.get("type") in _NOT_TO_BE_LOOKED_AT:
        return None
    said = g.get("said_in_english") or problem
    why = InvalidEntry(str(said.get("detail", "it was refused")), said.get("errors"))
    try:
        value = read_lenient(body, encoding=encoding)
    except UnreadableBody:
        return RejectedItem(key, text_to_search(body, encoding=encoding), why)
    text = text_to_search(body, encoding=encoding) if repeated_in(value) else text_of(value)
    return RejectedItem(key or rejected_items.readable_id(value), text, why)


def _with_emergency(response: Response) -> Response:
    """Put what is an emergency now before everything else in the answer."""
    stated = g.get("stated")
    if stated is None or not stated.red_flags or not response.is_json or "principal" not in g:
        return response
    with read_session() as session:
        notice = emergency_numbers.notice_for(session, g.principal, stated.red_flags)
    if notice is not None:
        said = orjson.loads(response.get_data())
        response.set_data(orjson.dumps({"emergency": EmergencySchema().dump(notice), **said}))
    return response
