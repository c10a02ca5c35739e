"""Authentication by bearer token, and the scope that each view requires."""

import logging
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar
from uuid import UUID

from flask import current_app, g, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, HTTPException, Unauthorized

from api.domain.authority import SCOPES_OF_PATIENT, ActorKind, Principal, Scope
from api.domain.errors import DomainError
from api.services import audit
from api.services.access import tokens
from api.services.organisation import service_keys

log = logging.getLogger(__name__)

View = TypeVar("View", bound=Callable[..., Any])


def requires(scope: Scope) -> Callable[[View], View]:
    """Require ``scope`` of the caller; apply it as the outermost decorator of a view."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(*args: Any, **kwargs: Any) -> Any:
            caller = caller_of_request()
            g.principal = caller
            if not caller.may(scope):
                g.denied_because = f"needs {scope.value}"
                raise Forbidden(f"this needs the scope {scope.value}")
            if caller.is_for_patient:
                current_app.extensions["aimss.budgets"].charge_request(caller.id)
            return _traced(caller, view, args, kwargs)

        checked.authority = scope  # type: ignore[attr-defined]
        over_budget = (429,) if scope in SCOPES_OF_PATIENT else ()
        doc: dict[str, Any] = {"security": [{"bearer": []}], "x-scope": scope.value}
        _document(checked, doc, 401, 403, *over_budget)
        return checked  # type: ignore[return-value]

    return decorate


def _traced(caller: Principal, view: View, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call the view, and audit each patient it looked up and did not audit itself.

    Reading one's own diary as a patient is not audited; changes are. Every act of somebody a patient
    has let in is.
    """
    if caller.kind is ActorKind.PATIENT:
        return view(*args, **kwargs)
    with audit.trail() as trail:
        if caller.kind is ActorKind.PROXY:
            audit.note_access(caller.id)
        try:
            answer = view(*args, **kwargs)
        except (DomainError, HTTPException) as error:
            _trace(caller, trail, refused=type(error).__name__)
            raise
        _trace(caller, trail, refused=None)
        return answer


def _trace(caller: Principal, trail: audit.AuditTrail, *, refused: str | None) -> None:
    if trail.missing(was_kept=refused is None) or trail.deferred:
        operation = f"{request.method} {request.url_rule}"
        with current_app.extensions["aimss.database"].begin() as session:
            audit.record_shown(
                session, trail, by=caller, operation=operation, refused=refused, now=datetime.now(UTC)
            )


def public(view: View) -> View:
    """Mark a view as open to callers without a token."""
    view.authority = None  # type: ignore[attr-defined]
    _document(view, {"security": []})
    return view


def fails_with(*statuses: int) -> Callable[[View], View]:
    """Document the problems a view can answer with, beyond those of its scope."""

    def decorate(view: View) -> View:
        _document(view, {}, *statuses)
        return view

    return decorate


def _document(view: Callable[..., Any], doc: dict[str, Any], *statuses: int) -> None:
    """Add to the documentation of a view, without changing the view it wraps."""
    notes: dict[str, Any] = deepcopy(getattr(view, "_apidoc", {}))
    manual = notes.setdefault("manual_doc", {})
    manual.update(doc)
    manual.setdefault("responses", {}).update({str(s): HTTPStatus(s).name for s in statuses})
    view._apidoc = notes  # type: ignore[attr-defined]


def _challenge() -> WWWAuthenticate:
    return WWWAuthenticate("bearer", {"realm": "aimss"})


def caller_of_request() -> Principal:
    """Return the principal of the bearer token, or answer 401."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        g.denied_because = "no token"
        raise Unauthorized("send Authorization: Bearer <access token>", www_authenticate=_challenge())
    with current_app.extensions["aimss.database"].connect() as connection:
        caller = tokens.authenticate(connection, token.strip(), now=datetime.now(UTC))
    if caller is None:
        g.denied_because = "token not good"
        raise Unauthorized("the token is unknown, expired or revoked", www_authenticate=_challenge())
    if caller.kind is ActorKind.SERVICE:
        _note_use(caller)
    return caller


_NOTED: dict[UUID, datetime] = {}
"""Time at which the use of each service key was last stored by this process."""


def _note_use(service: Principal) -> None:
    """Store that a service key is used, at most once an hour; a failure does not fail the request."""
    now = datetime.now(UTC)
    noted = _NOTED.get(service.grant_id)
    if noted is not None and now - noted < service_keys.USE_NOTED_EVERY:
        return
    _NOTED[service.grant_id] = now
    try:
        with current_app.extensions["aimss.database"].begin() as session:
            service_keys.note_use(session, service.grant_id, now=now)
    except SQLAlchemyError:
        log.warning("the use of a service key was not stored", extra={"key_id": service.grant_id})
