"""What a device's service worker says became of a push."""

from typing import Any

from flask.views import MethodView

from api.auth import fails_with, public
from api.domain.messages import ReceiptEvent
from api.resources.blueprint import Blueprint
from api.resources.door import place
from api.resources.edge import clock, transaction
from api.schemas.receipt import NewReceiptSchema
from api.services.access import throttle
from api.services.access.throttle import RECEIPT_BY_ADDRESS
from api.services.messages import receipts

blp = Blueprint("receipts", __name__, url_prefix="/v1/receipts", description="What became of a push.")


@blp.route("")
class Receipts(MethodView):
    """Receipts of pushes."""

    @public
    @fails_with(429)
    @blp.arguments(NewReceiptSchema)
    @blp.response(204)
    def post(self, body: dict[str, Any]) -> None:
        """Say that a push was shown, opened or dismissed. Safe to repeat: the first of each is kept.

        Open: a service worker that was woken by a push has no token. The push's `id` is the authority: it is
        random, and only the device it was encrypted for can read it. The answer is the same for an id nobody
        was sent, and such tries are throttled. A receipt says that a screen works; it answers no alert.
        """
        now, counters = clock(), [RECEIPT_BY_ADDRESS.of(place())]
        with transaction() as session:
            throttle.count(session, counters, now=now)
            event, at = ReceiptEvent(body["event"]), body.get("at", now)
            if receipts.take(session, body["id"], event, at=at, now=now):
                throttle.give_back(session, counters)
