"""Refresh tokens in cookies: set, read and cleared, and only for requests of our own pages.

A cookie goes along with every request to this server, so a request that uses one must prove that a page of
this server made it: `SameSite=Strict`, `Sec-Fetch-Site: same-origin`, and a header that no form can send.
"""

import re
import secrets
from datetime import datetime, timedelta

from flask import Response, after_this_request, request

from api.domain.account_errors import NotSameOrigin
from api.domain.authority import ActorKind
from api.resources.request_context import settings
from api.schemas.token import COOKIE
from api.services.access.tokens import IssuedTokens

MARK_HEADER = "X-AIMSS"
DEVICE_KEPT_FOR = timedelta(days=400)
"""The longest that browsers keep a cookie (RFC 6265bis, section 5.5)."""
_NAMES = {ActorKind.PATIENT: "aimss_p", ActorKind.STAFF: "aimss_s"}
_DEVICE = "aimss_d"


def check_same_origin() -> None:
    """Refuse a request that was not made by a page of this server.

    Raises:
        NotSameOrigin: It names another origin, or does not carry both headers.
    """
    is_ours = request.headers.get("Sec-Fetch-Site") == "same-origin"
    if not is_ours or request.headers.get(MARK_HEADER) != "1":
        raise NotSameOrigin(f"cookies need Sec-Fetch-Site: same-origin and {MARK_HEADER}: 1")


def name_of(kind: ActorKind) -> str:
    """Return the name of the cookie for staff or for patients, which those whom they let in have too.

    The prefix makes browsers insist on https, this host and the whole path; they refuse it on plain http.
    """
    return _prefixed(_NAMES[_owner(kind)])


def refresh_tokens() -> dict[ActorKind, str]:
    """Return the refresh tokens that came in cookies."""
    sent = {kind: request.cookies.get(name_of(kind)) for kind in _NAMES}
    return {kind: token for kind, token in sent.items() if token}


def hand_out(issued: IssuedTokens, transport: str, *, now: datetime) -> None:
    """Put the refresh token into a cookie of the answer, where the client asked for that."""
    if transport == COOKIE:
        lasts = issued.refresh_expires_at - now
        _set(name_of(issued.kind), issued.refresh, max_age=int(lasts.total_seconds()))


def clear(kind: ActorKind) -> None:
    """Delete the cookie of a sign-in, if the request has one."""
    if _owner(kind) in refresh_tokens():
        _set(name_of(kind), "", max_age=0)


def device_id() -> str | None:
    """Return the random id of this browser, by which its attempts to sign in are counted separately."""
    sent = request.cookies.get(_prefixed(_DEVICE), "")
    return sent if re.fullmatch(r"[\w-]{43}", sent, re.ASCII) else None


def give_device_id() -> str:
    """Return this browser's id, and let the browser keep it; a new one if it has none."""
    made = device_id() or secrets.token_urlsafe(32)
    _set(_prefixed(_DEVICE), made, max_age=int(DEVICE_KEPT_FOR.total_seconds()))
    return made


def _owner(kind: ActorKind) -> ActorKind:
    return ActorKind.PATIENT if kind is ActorKind.PROXY else kind


def _prefixed(name: str) -> str:
    return name if settings().plain_cookies else f"__Host-{name}"


def _set(name: str, value: str, *, max_age: int) -> None:
    secure = not settings().plain_cookies

    @after_this_request
    def _(response: Response) -> Response:
        response.set_cookie(
            name, value, max_age=max_age, path="/", secure=secure, httponly=True, samesite="Strict"
        )
        return response
