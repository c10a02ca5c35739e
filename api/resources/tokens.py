"""Keeping a sign-in alive, and ending it."""

from typing import Any

from flask.views import MethodView
from flask_smorest import abort

from api.auth import fails_with, public, requires
from api.domain.account_errors import TokenRefused
from api.domain.authority import Scope
from api.resources import cookies
from api.resources.blueprint import Blueprint
from api.resources.request_context import now, principal, read_session, settings, transaction
from api.resources.throttling import lifetimes
from api.schemas.token import BEARER, COOKIE, OWNERS, RefreshSchema, TokensSchema, dump_tokens
from api.services.access import tokens as issued_tokens
from api.services.accounts import devices

blp = Blueprint("tokens", __name__, url_prefix="/v1/tokens", description="Refresh and revocation of tokens.")


@blp.route("")
class Tokens(MethodView):
    """Pairs of tokens."""

    @public
    @fails_with(401, 403, 429)
    @blp.arguments(RefreshSchema)
    @blp.response(201, TokensSchema)
    def post(self, body: dict[str, str]) -> dict[str, Any]:
        """Exchange a refresh token for a new pair.

        Safe to repeat: a spent refresh token gives the same successor again for 60 seconds, and for as long
        as the successor is unused. So a lost answer, a second tab or a service worker does no harm. Later
        use means that the token was copied: the whole sign-in ends. Access tokens issued before work until
        they expire.

        Without `refresh_token` in the body it is read from the cookie, and its successor is set there.
        """
        refresh, transport = _sent(body)
        at = now()
        with read_session() as session:  # junk is refused without a writing transaction, and counted nowhere
            if not issued_tokens.is_refresh_token(session, refresh):
                raise TokenRefused("sign in again")
        key = issued_tokens.rotation_key(settings().secret_key)
        with transaction() as session:
            issued = devices.rotate(session, refresh, key=key, now=now(), lifetimes=lifetimes())
        if issued is None:  # the end of that sign-in is committed
            raise TokenRefused("this refresh token was used before; sign in again")
        cookies.hand_out(issued, transport, now=at)
        return dump_tokens(issued, transport)


@blp.route("/current")
class CurrentToken(MethodView):
    """The sign-in that is asking."""

    @requires(Scope.SELF)
    @blp.response(204)
    def delete(self) -> None:
        """Sign out: this device's tokens stop working, its push address is retired, its cookie is cleared."""
        with transaction() as session:
            devices.sign_out(session, principal(), now=now())
        cookies.clear(principal().kind)


def _sent(body: dict[str, str]) -> tuple[str, str]:
    """Return the refresh token, and the transport of its successor."""
    if "refresh_token" in body and body.get("transport") != COOKIE:
        return body["refresh_token"], BEARER
    found = cookies.refresh_tokens()
    if "refresh_token" not in body and not found and body.get("transport") != COOKIE:
        abort(422, errors={"refresh_token": ["Missing data for required field."]})
    cookies.check_same_origin()
    if "refresh_token" in body:  # moves a sign-in from bodies into a cookie
        return body["refresh_token"], COOKIE
    if "owner" in body:
        found = {kind: token for kind, token in found.items() if kind is OWNERS[body["owner"]]}
    if not found:
        raise TokenRefused("there is no refresh token: sign in again")
    if len(found) > 1:
        abort(422, errors={"owner": ["There are cookies of a patient and of staff: name one."]})
    return next(iter(found.values())), COOKIE
