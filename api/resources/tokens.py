"""Keeping a sign-in alive, and ending it."""

from flask.views import MethodView

from api.auth import fails_with, public, requires
from api.domain.authority import Scope
from api.domain.errors import TokenRefused
from api.resources.blueprint import Blueprint
from api.resources.door import counted, lifetimes, place
from api.resources.edge import clock, principal, transaction
from api.schemas.token import RefreshSchema, TokensSchema
from api.services.access import devices
from api.services.access.throttle import ROTATION_BY_ADDRESS
from api.services.access.tokens import Issued

blp = Blueprint("tokens", __name__, url_prefix="/v1/tokens", description="Keeping a sign-in alive.")


@blp.route("")
class Tokens(MethodView):
    """Pairs of tokens."""

    @public
    @fails_with(401, 429)
    @blp.arguments(RefreshSchema)
    @blp.response(201, TokensSchema)
    def post(self, body: dict[str, str]) -> Issued:
        """Trade a refresh token for a new pair.

        It works once. A refresh token that comes a second time is a copy in somebody's hands: the whole
        sign-in ends, and its owner signs in again.
        """
        with counted(ROTATION_BY_ADDRESS.of(place())):
            with transaction() as session:
                issued = devices.rotate(session, body["refresh_token"], now=clock(), lifetimes=lifetimes())
            if issued is None:  # the end of that sign-in is committed
                raise TokenRefused("this refresh token was used before; sign in again")
            return issued


@blp.route("/current")
class CurrentToken(MethodView):
    """The sign-in that is asking."""

    @requires(Scope.SELF)
    @blp.response(204)
    def delete(self) -> None:
        """Sign out: this device's tokens stop working, and its push address is retired."""
        with transaction() as session:
            devices.sign_out(session, principal(), now=clock())
