"""Receipts of pushes, sent by the service worker of a device."""

from typing import Any

from flask.views import MethodView

from api.auth import public
from api.domain.delivery.messages import ReceiptEvent
from api.resources.blueprint import Blueprint
from api.resources.request_context import now, read_session, transaction
from api.schemas.receipt import NewReceiptSchema
from api.services.messages import receipts

blp = Blueprint("receipts", __name__, url_prefix="/v1/receipts", description="Receipts of pushes.")


@blp.route("")
class Receipts(MethodView):
    """Receipts of pushes."""

    @public
    @blp.arguments(NewReceiptSchema)
    @blp.response(204)
    def post(self, body: dict[str, Any]) -> None:
        """Report that a push was shown, opened or dismissed. Safe to repeat: the first of each is kept.

        Open without a token, because a service worker that was woken by a push has none. The `id` of the
        push is the authority: it is random (122 bits), and only the addressed device can decrypt it. The
        response is the same for an unknown id, which is neither stored nor counted, because the devices of
        a hospital can share one network address. A receipt does not acknowledge an alert.
        """
        received_at = now()
        with read_session() as session:
            is_known = receipts.is_known(session, body["id"])
        if is_known:
            with transaction() as session:
                receipts.take(
                    session,
                    body["id"],
                    ReceiptEvent(body["event"]),
                    at=body.get("at", received_at),
                    now=received_at,
                )
