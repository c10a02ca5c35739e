"""Acknowledging by the link of a message, or several alerts at once."""

from datetime import datetime
from typing import Any

from flask import Response, jsonify, make_response
from flask.views import MethodView
from sqlalchemy.orm import Session

from api.auth import fails_with, requires
from api.domain.authority import Scope
from api.models.alert import Alert
from api.resources.alert_batches import Item, answer_all, check_of
from api.resources.alerts import answer_with
from api.resources.blueprint import Blueprint
from api.resources.request_context import now, principal, settings, transaction
from api.schemas.alert import AlertSchema
from api.schemas.alert_batch import AlertAcknowledgementsSchema, AlertBatchResultSchema
from api.services.alerts import ack_links, actions

blp = Blueprint(
    "acknowledgements",
    __name__,
    url_prefix="/v1/alerts",
    description="Acknowledgement by the link of a message, or of several alerts.",
)


@blp.route("/acknowledgements")
class Acknowledgements(MethodView):
    """Acknowledgement by a link, or of several alerts."""

    @requires(Scope.ALERTS_WRITE)
    @fails_with(403, 404, 409, 410, 422)
    @blp.arguments(AlertAcknowledgementsSchema)
    @blp.alt_response(
        200,
        schema={"oneOf": [AlertSchema(), AlertBatchResultSchema()]},
        success=True,
        description="The alert of the token, or a result per alert",
    )
    def post(self, body: dict[str, Any]) -> Response:
        """Acknowledge the alert a message is about, with the token of its link, or several alerts.

        The token is the part of the link after the `#`. It works once, until the message expires, and only
        for its recipient, who must be signed in. It is refused if the alert was opened again since.

        With `items`, up to 50 alerts are acknowledged, each with its own result, as for resolutions.
        """
        if "items" in body:
            return jsonify(AlertBatchResultSchema().dump(answer_all(body["items"], _acknowledge)))
        with transaction() as session:
            alert = ack_links.redeem(session, body["token"], principal(), settings=settings(), now=now())
            shown, status, headers = answer_with(session, alert)
        return make_response(jsonify(AlertSchema().dump(shown)), status, headers)


def _acknowledge(session: Session, item: Item, at: datetime) -> Alert:
    return actions.acknowledge(session, principal(), item["id"], check=check_of(item), now=at)
