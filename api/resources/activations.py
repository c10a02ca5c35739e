"""A patient's way in: her one-time code."""

from flask.views import MethodView

from api.auth import fails_with, public
from api.resources.blueprint import Blueprint
from api.resources.door import counted, lifetimes, place
from api.resources.edge import clock, transaction
from api.schemas.activation import NewActivationSchema
from api.schemas.token import TokensSchema
from api.services.access import activations
from api.services.access.throttle import ACTIVATION_BY_ADDRESS, ACTIVATION_BY_ANYBODY
from api.services.access.tokens import Issued

blp = Blueprint("activations", __name__, url_prefix="/v1/activations", description="A patient's way in.")


@blp.route("")
class Activations(MethodView):
    """Devices of patients."""

    @public
    @fails_with(401, 429)
    @blp.arguments(NewActivationSchema)
    @blp.response(201, TokensSchema)
    def post(self, body: dict[str, str]) -> Issued:
        """Activate a patient's device with the one-time code from her care team.

        Open to anybody, and throttled; the code works once and expires.
        """
        counters = ACTIVATION_BY_ADDRESS.of(place()), ACTIVATION_BY_ANYBODY.of("all")
        with counted(*counters), transaction() as session:
            return activations.redeem(
                session, body["code"], label=body["label"], now=clock(), lifetimes=lifetimes()
            )
