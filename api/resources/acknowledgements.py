"""Acknowledging by the link of a message, instead of from the worklist."""

from typing import Any

from flask.views import MethodView

from api.auth import fails_with, requires
from api.domain.authority import Scope
from api.resources.alerts import answer_with
from api.resources.blueprint import Blueprint
from api.resources.request_context import Versioned, now, principal, settings, transaction
from api.schemas.alert import AlertSchema
from api.schemas.alert_action import LinkTokenSchema
from api.services.alerts import ack_links

blp = Blueprint(
    "acknowledgements",
    __name__,
    url_prefix="/v1/alerts",
    description="Acknowledgement by the link of a message.",
)


@blp.route("/acknowledgements")
class Acknowledgements(MethodView):
    """Seen, by a link."""

    @requires(Scope.ALERTS_WRITE)
    @fails_with(403, 404, 409, 410, 422)
    @blp.arguments(LinkTokenSchema)
    @blp.response(200, AlertSchema)
    def post(self, body: dict[str, Any]) -> Versioned:
        """Acknowledge the alert a message is about, with the token of its link.

        The token is the part of the link after the `#`. It works once, until the message expires, and only
        for its recipient, who must be signed in. It is refused if the alert was opened again since.
        """
        with transaction() as session:
            alert = ack_links.redeem(session, body["token"], principal(), settings=settings(), now=now())
            return answer_with(session, alert)
