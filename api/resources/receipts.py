"""What a device's service worker says became of a push."""

from typing import Any

from flask.views import MethodView

from api.auth import public
from api.domain.delivery.messages import ReceiptEvent
from api.resources.blueprint import Blueprint
from api.resources.request_context import now, read_session, transaction
from api.schemas.receipt import NewReceiptSchema
from api.services.messages import receipts

blp = Blueprint("receipts", __name__, url_prefix="/v1/receipts", description="What became of a push.")


@blp.route("")
class Receipts(MethodView):
    """Receipts of pushes."""

    @public
    @blp.arguments(NewReceiptSchema)
    @blp.response(204)
    def post(self, body: dict[str, Any]) -> None:
        """Say that a push was shown, opened or dismissed. Safe to repeat: the first of each is kept.

        Open: a service worker that was woken by a push has no token. The push's `id` is the authority: it is
        random, and only the device it was encrypted for can read it. The answer is the same for an id nobody
        was sent, which is neither written nor counted: 122 random bits are not guessed, and a hospital's
        devices share one address. A receipt says that a screen works; it answers no alert.
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
