"""Signing in a patient's device with a one-time code."""

from typing import Any

from flask.views import MethodView

from api.auth import fails_with, public
from api.resources import cookies
from api.resources.blueprint import Blueprint
from api.resources.door import counted, lifetimes, place
from api.resources.edge import clock, transaction
from api.schemas.activation import NewActivationSchema
from api.schemas.token import COOKIE, TokensSchema, tokens_on_wire
from api.services.access import activations
from api.services.access.throttle import ACTIVATION_BY_ADDRESS, ACTIVATION_BY_ANYBODY

blp = Blueprint("activations", __name__, url_prefix="/v1/activations", description="A patient's way in.")


@blp.route("")
class Activations(MethodView):
    """Devices of patients."""

    @public
    @fails_with(401, 403, 429)
    @blp.arguments(NewActivationSchema)
    @blp.response(201, TokensSchema)
    def post(self, body: dict[str, str]) -> dict[str, Any]:
        """Activate a patient's device with the one-time code from her care team.

        Open to anybody, and throttled; the code works once and expires.
        """
        if body["transport"] == COOKIE:
            cookies.check_same_origin()
        now = clock()
        counters = ACTIVATION_BY_ADDRESS.of(place()), ACTIVATION_BY_ANYBODY.of("all")
        with counted(*counters), transaction() as session:
            issued = activations.redeem(
                session, body["code"], label=body["label"], now=now, lifetimes=lifetimes()
            )
        cookies.hand_out(issued, body["transport"], now=now)
        return tokens_on_wire(issued, body["transport"])
