"""From a failure to an RFC 9457 problem; the only place that knows both languages."""

import logging
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from flask import Response, current_app, g, has_request_context, request
from flask_smorest import Api
from werkzeug.exceptions import HTTPException

from api.domain import account_errors, errors
from api.domain.errors import DomainError
from api.schemas.problem import ProblemSchema
from api.unavailable import Unavailable, why_unavailable
from api.words.catalogue import translate_problem
from api.words.speaking import accepted_language, language_of_request

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"

PROBLEMS: dict[type[DomainError], HTTPStatus] = {
    errors.UnknownParameter: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.InvalidEntry: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.UnknownEntry: HTTPStatus.NOT_FOUND,
    errors.EntryConflict: HTTPStatus.CONFLICT,
    errors.VersionMoved: HTTPStatus.PRECONDITION_FAILED,
    errors.VersionMissing: HTTPStatus.PRECONDITION_REQUIRED,
    errors.UnknownPatient: HTTPStatus.NOT_FOUND,
    errors.PatientNotActive: HTTPStatus.CONFLICT,
    account_errors.UnknownSite: HTTPStatus.NOT_FOUND,
    account_errors.UnknownStaff: HTTPStatus.NOT_FOUND,
    account_errors.LastSiteAdmin: HTTPStatus.CONFLICT,
    account_errors.PasswordNotSet: HTTPStatus.CONFLICT,
    account_errors.InvitationRefused: HTTPStatus.UNAUTHORIZED,
    account_errors.UnknownTeam: HTTPStatus.UNPROCESSABLE_ENTITY,
    account_errors.TeamNotFound: HTTPStatus.NOT_FOUND,
    account_errors.EmailTaken: HTTPStatus.CONFLICT,
    account_errors.NameTaken: HTTPStatus.CONFLICT,
    account_errors.ScopeRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    account_errors.UnknownService: HTTPStatus.NOT_FOUND,
    errors.ReferenceTaken: HTTPStatus.CONFLICT,
    errors.UnknownExport: HTTPStatus.NOT_FOUND,
    errors.ExportNotReady: HTTPStatus.CONFLICT,
    errors.UnknownProxy: HTTPStatus.NOT_FOUND,
    errors.TooManyProxies: HTTPStatus.CONFLICT,
    errors.ProxyConflict: HTTPStatus.CONFLICT,
    errors.UnknownErasureRequest: HTTPStatus.NOT_FOUND,
    errors.ErasureRequestClosed: HTTPStatus.CONFLICT,
    errors.UnknownAlert: HTTPStatus.NOT_FOUND,
    errors.UnknownAssignee: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.AlertAlreadyClosed: HTTPStatus.CONFLICT,
    errors.InvalidTreatments: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.UnknownCallback: HTTPStatus.NOT_FOUND,
    errors.UnknownExpectedLevel: HTTPStatus.NOT_FOUND,
    errors.ExpectedLevelRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.CallbackConflict: HTTPStatus.CONFLICT,
    account_errors.UnknownDevice: HTTPStatus.NOT_FOUND,
    errors.UnknownWebhook: HTTPStatus.NOT_FOUND,
    account_errors.SignInFailed: HTTPStatus.UNAUTHORIZED,
    account_errors.OneTimeCodeRequired: HTTPStatus.UNAUTHORIZED,
    account_errors.OneTimeCodeWrong: HTTPStatus.UNPROCESSABLE_ENTITY,
    account_errors.NoPendingEnrolment: HTTPStatus.CONFLICT,
    account_errors.AlreadyEnrolled: HTTPStatus.CONFLICT,
    account_errors.OneTimeCodesNeeded: HTTPStatus.CONFLICT,
    account_errors.WeakPassword: HTTPStatus.UNPROCESSABLE_ENTITY,
    account_errors.ActivationRefused: HTTPStatus.UNAUTHORIZED,
    account_errors.TokenRefused: HTTPStatus.UNAUTHORIZED,
    account_errors.NotSameOrigin: HTTPStatus.FORBIDDEN,
    errors.TooManyTries: HTTPStatus.TOO_MANY_REQUESTS,
    errors.TooManyRequests: HTTPStatus.TOO_MANY_REQUESTS,
    errors.AddressRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.InvalidTimezone: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.InvalidCursor: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.InvalidMoment: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.InvalidPolicy: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.PolicyTaken: HTTPStatus.CONFLICT,
    errors.InvalidLadder: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.LadderTaken: HTTPStatus.CONFLICT,
    errors.InvalidQuestions: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.QuestionsTaken: HTTPStatus.CONFLICT,
    errors.UnknownRota: HTTPStatus.NOT_FOUND,
    errors.InvalidRota: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.InvalidLink: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.LinkExpired: HTTPStatus.GONE,
    errors.LinkUsed: HTTPStatus.CONFLICT,
    errors.LinkOfAnother: HTTPStatus.FORBIDDEN,
    errors.UnknownInstrument: HTTPStatus.NOT_FOUND,
    errors.InstrumentRetired: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.InvalidAnswers: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.UnknownMeasurement: HTTPStatus.NOT_FOUND,
    errors.MeasurementConflict: HTTPStatus.CONFLICT,
    errors.InvalidMeasurement: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.ImplausibleMeasurement: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.UnreadableLine: HTTPStatus.BAD_REQUEST,
    errors.UnknownAssessment: HTTPStatus.NOT_FOUND,
    errors.AssessmentConflict: HTTPStatus.CONFLICT,
    errors.InvalidWording: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.UnknownGuidance: HTTPStatus.NOT_FOUND,
    errors.GuidanceWithheld: HTTPStatus.CONFLICT,
    errors.GuidanceNotApproved: HTTPStatus.CONFLICT,
    errors.ReasonNeeded: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.InvalidPlan: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.UnknownSlot: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.SlotSettled: HTTPStatus.CONFLICT,
    errors.PushNotConfigured: HTTPStatus.SERVICE_UNAVAILABLE,
}
"""The status each expected failure is answered with."""


OF_HTTP: dict[HTTPStatus, str] = {
    HTTPStatus.BAD_REQUEST: "bad-request",
    HTTPStatus.UNAUTHORIZED: "unauthorized",
    HTTPStatus.FORBIDDEN: "forbidden",
    HTTPStatus.NOT_FOUND: "not-found",
    HTTPStatus.METHOD_NOT_ALLOWED: "method-not-allowed",
    HTTPStatus.REQUEST_TIMEOUT: "request-timeout",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "content-too-large",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "unsupported-media-type",
    HTTPStatus.UNPROCESSABLE_ENTITY: "invalid-request",
    HTTPStatus.TOO_MANY_REQUESTS: "too-many-requests",
    HTTPStatus.INTERNAL_SERVER_ERROR: "internal-error",
    HTTPStatus.SERVICE_UNAVAILABLE: "service-unavailable",
}
"""The kinds of problems that are HTTP's own; each has a page, as the domain's have."""


UNAVAILABLE_TO_READ = (
    "The server cannot reach its data for the moment. Ask again after the time in Retry-After."
)
UNAVAILABLE_TO_WRITE = (
    "The server cannot reach its data for the moment. This request may have been kept: send it again with "
    "the same id after the time in Retry-After; nothing is kept twice."
)

OUR_FAULT = "Something went wrong on our side. Send the same again; with the same id nothing is kept twice."

RETRY_AFTER_S: Mapping[Unavailable, int] = {
    Unavailable.LOCKED: 2,
    Unavailable.BUSY: 2,
    Unavailable.AWAY: 5,
    Unavailable.FULL: 30,
}
"""Retry-After in seconds, by state of the database."""


def slug_of(error: type[DomainError]) -> str:
    """Return the last part of the problem's type: ``UnknownEntry`` is ``unknown-entry``."""
    return re.sub("(?<!^)(?=[A-Z])", "-", error.__name__).lower()


def title_of(slug: str) -> str:
    """Return the English title of a kind of problem.

    >>> title_of("entry-conflict")
    'Entry conflict'
    """
    return slug.replace("-", " ").capitalize()


def describe(error: DomainError) -> dict[str, Any]:
    """Return the problem of an expected failure, as JSON, in the language of the caller."""
    found = {"detail": str(error)} | ({"errors": error.problems} if error.problems else {})
    return _problem(slug_of(type(error)), PROBLEMS[type(error)], found)


def _problem(slug: str, status: HTTPStatus, found: Mapping[str, Any]) -> dict[str, Any]:
    if has_request_context():  # not in a command
        g.problem_in_english = found  # stored with a rejected item
    body = {"type": f"/problems/{slug}", "title": title_of(slug), "status": int(status), **found}
    return translate_problem(body, slug, language_of_request())


def _http_problem(status: HTTPStatus, found: Mapping[str, Any]) -> dict[str, Any]:
    """Return the problem of a status that no domain error made."""
    is_callers = status < HTTPStatus.INTERNAL_SERVER_ERROR
    other = OF_HTTP[HTTPStatus.BAD_REQUEST if is_callers else HTTPStatus.INTERNAL_SERVER_ERROR]
    return _problem(OF_HTTP.get(status, other), status, found)


class ProblemApi(Api):
    """flask-smorest, speaking problem+json."""

    ERROR_SCHEMA = ProblemSchema
    DEFAULT_ERROR_RESPONSE_NAME = None  # each view names its problems; "anything else" would be no promise

    def _register_responses(self) -> None:
        self.DEFAULT_RESPONSE_CONTENT_TYPE = MEDIA_TYPE  # errors only; views keep JSON
        super()._register_responses()
        del self.DEFAULT_RESPONSE_CONTENT_TYPE

    def _register_pagination_header(self) -> None:
        """Document no header for pages: ours carry their cursor in the body."""

    def _register_error_handlers(self) -> None:
        super()._register_error_handlers()
        self._app.register_error_handler(DomainError, self.handle_domain_error)
        self._app.register_error_handler(Exception, self.handle_unexpected)

    def handle_domain_error(self, error: DomainError) -> Response:
        """Answer for a failure the domain expected."""
        body = describe(error)
        headers = {}
        g.denied_because = slug_of(type(error))
        if isinstance(error, errors.TooManyTries):
            g.denied_by_limit = error.limit
            headers["Retry-After"] = str(error.retry_after_s)
        if body["status"] == HTTPStatus.UNAUTHORIZED:
            headers["WWW-Authenticate"] = 'Bearer realm="aimss"'
        return _answer(body, headers)

    def handle_http_exception(self, error: HTTPException) -> Response:
        """Answer for Werkzeug's and webargs' own errors, keeping Allow and friends."""
        given = getattr(error, "data", None) or {}
        messages = given.get("errors") or given.get("messages")
        if messages:
            named = _flat(messages)
            detail = "; ".join(f"{name}: {what}" for name, what in named.items())[:500]
            found: dict[str, Any] = {"detail": detail, "errors": named}
        else:
            found = {"detail": given.get("message") or error.description}
        headers = {
            n: v for n, v in error.get_headers() if n.lower() not in {"content-type", "content-length"}
        }
        body = _http_problem(HTTPStatus(error.code or 500), found)
        return _answer(body, headers | (given.get("headers") or {}))

    def handle_unexpected(self, error: Exception) -> Response:
        """Answer for what no view expected: a database that cannot be used now, or a bug."""
        why = why_unavailable(error)
        return self.handle_bug(error) if why is None else self.handle_unavailable(why)

    def handle_unavailable(self, why: Unavailable) -> Response:
        """Answer while the database cannot be used; whether a write was kept is not known."""
        g.setdefault("language", accepted_language())  # the profile is in the database
        log.warning("database unavailable", extra={"request_id": request_id(), "error": why.value})
        detail = UNAVAILABLE_TO_READ if request.method in {"GET", "HEAD"} else UNAVAILABLE_TO_WRITE
        body = _http_problem(HTTPStatus.SERVICE_UNAVAILABLE, {"detail": detail})
        return _answer(body, {"Retry-After": str(RETRY_AFTER_S[why])})

    def handle_bug(self, error: Exception) -> Response:
        """Respond to an unexpected error, which is logged by id and not shown."""
        log.error("bug", exc_info=error, extra={"request_id": request_id(), "error": type(error).__name__})
        return _answer(_http_problem(HTTPStatus.INTERNAL_SERVER_ERROR, {"detail": OUR_FAULT}), {})


def request_id() -> str:
    """Return this request's id, which the answer repeats as `instance` and the log as `request_id`."""
    return str(g.setdefault("request_id", f"urn:uuid:{uuid4()}"))


def _answer(body: dict[str, Any], headers: Mapping[str, str]) -> Response:
    body.setdefault("instance", request_id())
    answer = current_app.response_class(
        current_app.json.dumps(body), status=body["status"], mimetype=MEDIA_TYPE
    )
    answer.headers.update(headers)
    return answer


def _flat(messages: Any, path: str = "") -> dict[str, str]:
    """Name each field by its path: ``{"json": {"a": {"0": ["no"]}}}`` is ``{"a.0": "no"}``."""
    if isinstance(messages, Mapping):
        found: dict[str, str] = {}
        for key, inner in messages.items():
            places = {"json", "query", "headers", "json_or_form", "_schema"}
            here = path if str(key) in places else f"{path}.{key}".strip(".")
            found |= _flat(inner, here)
        return found
    words = messages if isinstance(messages, list) else [messages]
    return {path or "body": " ".join(str(word) for word in words)}
