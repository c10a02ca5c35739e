"""Signing in a patient's device with a one-time code."""

import logging
from datetime import datetime
from typing import Any

from flask.views import MethodView
from sqlalchemy.orm import Session

from api.auth import fails_with, public, requires
from api.domain.account_errors import ActivationRefused
from api.domain.authority import Principal, Scope
from api.models.patient import Patient
from api.resources import cookies
from api.resources.blueprint import Blueprint
from api.resources.request_context import now, principal, settings, transaction
from api.resources.throttling import client_address, lifetimes
from api.schemas.activation import ActivationCodeSchema, NewActivationSchema
from api.schemas.token import COOKIE, TokensSchema, dump_tokens
from api.services import counters
from api.services.access import throttle, visibility
from api.services.access.throttle import ACTIVATION_BY_ADDRESS, ACTIVATION_IN_TOTAL, OWN_CODE_BY_PATIENT
from api.services.access.tokens import IssuedTokens
from api.services.accounts import activations, proxies, qr

log = logging.getLogger(__name__)

blp = Blueprint("activations", __name__, url_prefix="/v1", description="Activation of patients' devices.")


@blp.route("/activations")
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


@blp.route("/me/activations")
class OwnActivations(MethodView):
    """One-time codes that patients make for their own devices."""

    @requires(Scope.PRIVACY)
    @fails_with(409, 429)
    @blp.response(201, ActivationCodeSchema)
    def post(self) -> dict[str, Any]:
        """Create a one-time code for a further device of the caller, to type or to scan.

        For a second phone, or to move from the browser to the installed app. It works once, within 10
        minutes, and is shown once; an earlier unused code of the caller stops working. Codes from the care
        team are not affected. Throttled.
        """
        by, at = principal(), now()
        with transaction() as session:
            throttle.count_attempt(session, [OWN_CODE_BY_PATIENT.of(str(by.id))], now=at)
        with transaction() as session:
            patient = visibility.find_patient(session, by, by.id, to_change=True)
            return dump_code(_make_own(session, by, patient, now=at))


def dump_code(new: activations.NewCode) -> dict[str, Any]:
    """Return a new code with its link and the QR code of the link."""
    url = f"{settings().public_url}/activate#{new.code}"  # a fragment never reaches a log
    return {"code": new.code, "expires_at": new.expires_at, "url": url, "qr_svg": qr.svg_of(url)}


def _make_own(session: Session, by: Principal, patient: Patient, *, now: datetime) -> activations.NewCode:
    key = activations.key_of(settings().secret_key)
    return activations.make_code(
        session, by, patient, key=key, lifetime=activations.OWN_CODE_WORKS_FOR, now=now
    )


def _redeem(session: Session, body: dict[str, str], *, key: bytes, now: datetime) -> IssuedTokens:
    """Sign in somebody a patient let in, or else a patient's device."""
    code, label, lasts = body["code"], body["label"], lifetimes()
    let_in = proxies.redeem(session, code, key=key, label=label, now=now, lifetimes=lasts)
    return let_in or activations.redeem(session, code, key=key, label=label, now=now, lifetimes=lasts)


def _activate(body: dict[str, str], *, now: datetime) -> IssuedTokens:
    key = activations.key_of(settings().secret_key)
    counted = ACTIVATION_BY_ADDRESS.of(client_address()), ACTIVATION_IN_TOTAL.of("all")
    with transaction() as session:
        throttle.count_attempt(session, counted, now=now)
    try:
        with transaction() as session:
            issued = _redeem(session, body, key=key, now=now)
            throttle.refund_attempt(session, counted)
            counters.add(session, {(counters.SIGN_INS, "patient started"): 1}, source=counters.once())
    except ActivationRefused:
        log.warning("activation failed", extra={"reason": "activation code"})
        with transaction() as session:
            counters.add(session, {(counters.SIGN_INS, "patient failed"): 1}, source=counters.once())
        raise
    return issued
