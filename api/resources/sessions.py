"""Staff's way in: password, and one-time code."""

from typing import Any

from flask.views import MethodView

from api.auth import fails_with, public
from api.domain.errors import SignInFailed
from api.resources import cookies
from api.resources.blueprint import Blueprint
from api.resources.door import code_key, counted, lifetimes, place
from api.resources.edge import clock, reading, transaction
from api.schemas.session import NewSessionSchema
from api.schemas.token import COOKIE, TokensSchema, tokens_on_wire
from api.services.access import sign_ins
from api.services.access.sign_ins import Attempt
from api.services.access.throttle import (
    SIGN_IN_BY_ADDRESS,
    SIGN_IN_BY_EMAIL,
    SIGN_IN_BY_EMAIL_AND_ADDRESS,
    SIGN_IN_CODE_BY_STAFF,
)
from api.services.access.tokens import Issued

blp = Blueprint("sessions", __name__, url_prefix="/v1/sessions", description="Staff's way in.")


@blp.route("")
class Sessions(MethodView):
    """Sign-ins of staff."""

    @public
    @fails_with(401, 403, 429)
    @blp.arguments(NewSessionSchema)
    @blp.response(201, TokensSchema)
    def post(self, body: dict[str, str]) -> dict[str, Any]:
        """Sign in a member of staff.

        Open to anybody, throttled by address and by e-mail, and failures are in the audit. An account that
        is enrolled for one-time codes and sends none is answered `one-time-code-required`: send all of it
        again with the code.
        """
        transport = body.pop("transport")
        if transport == COOKIE:
            cookies.check_same_origin()
        now = clock()
        issued = _try(Attempt(**body))
        cookies.hand_out(issued, transport, now=now)
        return tokens_on_wire(issued, transport)


def _try(attempt: Attempt) -> Issued:
    here = SIGN_IN_BY_EMAIL_AND_ADDRESS.of(f"{place()} {attempt.email}")
    with counted(SIGN_IN_BY_ADDRESS.of(place()), here, SIGN_IN_BY_EMAIL.of(attempt.email)):
        try:
            return _sign_in(attempt)
        except SignInFailed:
            with transaction() as session:
                sign_ins.note_failure(session, attempt, now=clock())
            raise


def _sign_in(attempt: Attempt) -> Issued:
    with reading() as session:
        known = sign_ins.check_password(session, attempt)
    with counted(SIGN_IN_CODE_BY_STAFF.of(str(known.id))), transaction() as session:
        return sign_ins.sign_in(session, attempt, known, key=code_key(), now=clock(), lifetimes=lifetimes())
