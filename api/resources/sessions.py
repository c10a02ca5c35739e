"""Sign-in of staff by password and one-time code."""

from typing import Any

from flask.views import MethodView

from api.auth import fails_with, public
from api.domain.account_errors import SignInFailed
from api.domain.errors import DomainError
from api.resources import cookies
from api.resources.blueprint import Blueprint
from api.resources.request_context import now, read_session, transaction
from api.resources.throttling import client_address, sign_in_rules
from api.schemas.session import NewSessionSchema
from api.schemas.token import COOKIE, TokensSchema, dump_tokens
from api.services.access import throttle
from api.services.access.tokens import IssuedTokens
from api.services.accounts import known_origins, sign_ins
from api.services.accounts.known_origins import SignInOrigin
from api.services.accounts.sign_ins import SignInAttempt

blp = Blueprint("sessions", __name__, url_prefix="/v1/sessions", description="Sign-in of staff.")


@blp.route("")
class Sessions(MethodView):
    """Sign-ins of staff."""

    @public
    @fails_with(401, 403, 429)
    @blp.arguments(NewSessionSchema)
    @blp.response(201, TokensSchema)
    def post(self, body: dict[str, str]) -> dict[str, Any]:
        """Sign in a member of staff.

        Open without a token, and throttled by e-mail and network, by network, and by e-mail. A network or
        browser with an earlier sign-in of the account has a counter of its own, which other clients cannot
        use up. Failures are audited. An account that is enrolled for one-time codes and sends none is
        answered `one-time-code-required`: send all of it again with the code.
        """
        transport, device = body.pop("transport"), cookies.device_id()
        if transport == COOKIE:
            cookies.check_same_origin()
            device = cookies.give_device_id()
        at = now()
        issued = _sign_in(SignInAttempt(**body, origin=SignInOrigin(client_address(), device)))
        cookies.hand_out(issued, transport, now=at)
        return dump_tokens(issued, transport)


def _sign_in(attempt: SignInAttempt) -> IssuedTokens:
    """Count the attempt, check the password, and sign in: two write transactions, the slow check between."""
    rules = sign_in_rules()
    with transaction() as session:
        counted = known_origins.counters(session, attempt.email, attempt.origin, key=rules.origin_key)
        throttle.count_attempt(session, counted, now=now())
    try:
        with read_session() as session:
            known = sign_ins.check_password(session, attempt)
    except SignInFailed as failed:
        with transaction() as session:
            sign_ins.note_failure(session, attempt, reason=failed.reason, now=now())
        raise
    with transaction() as session:
        issued = sign_ins.sign_in(session, attempt, known, rules=rules, counted=counted, now=now())
    if isinstance(issued, DomainError):
        raise issued
    return issued
