"""Signing in a patient's device with a one-time code."""

import logging
from datetime import datetime
from typing import Any

from flask.views import MethodView

from api.auth import fails_with, public
from api.domain.account_errors import ActivationRefused
from api.resources import cookies
from api.resources.blueprint import Blueprint
from api.resources.request_context import now, settings, transaction
from api.resources.throttling import client_address, lifetimes
from api.schemas.activation import NewActivationSchema
from api.schemas.token import COOKIE, TokensSchema, dump_tokens
from api.services import counters
from api.services.access import throttle
from api.services.access.throttle import ACTIVATION_BY_ADDRESS, ACTIVATION_IN_TOTAL
from api.services.access.tokens import IssuedTokens
from api.services.accounts import activations

log = logging.getLogger(__name__)

blp = Blueprint(
    "activations", __name__, url_prefix="/v1/activations", description="Activation of patients' devices."
)


@blp.route("")
class Activations(MethodView):
    """Devices of patients."""

    @public
    @fails_with(401, 403, 429)
    @blp.arguments(NewActivationSchema)
    @blp.response(201, TokensSchema)
    def post(self, body: dict[str, str]) -> dict[str, Any]:
        """Activate a patient's device with the one-time code from the care team.

        Open without a token, and throttled; the code works once and expires.
        """
        if body["transport"] == COOKIE:
            cookies.check_same_origin()
        at = now()
        issued = _activate(body, now=at)
        cookies.hand_out(issued, body["transport"], now=at)
        return dump_tokens(issued, body["transport"])


def _activate(body: dict[str, str], *, now: datetime) -> IssuedTokens:
    key = activations.key_of(settings().secret_key)
    counted = ACTIVATION_BY_ADDRESS.of(client_address()), ACTIVATION_IN_TOTAL.of("all")
    with transaction() as session:
        throttle.count_attempt(session, counted, now=now)
    try:
        with transaction() as session:
            issued = activations.redeem(
                session, body["code"], key=key, label=body["label"], now=now, lifetimes=lifetimes()
            )
            throttle.refund_attempt(session, counted)
            counters.add(session, {(counters.SIGN_INS, "patient started"): 1}, source=counters.once())
    except ActivationRefused:
        log.warning("activation failed", extra={"reason": "activation code"})
        with transaction() as session:
            counters.add(session, {(counters.SIGN_INS, "patient failed"): 1}, source=counters.once())
        raise
    return issued
