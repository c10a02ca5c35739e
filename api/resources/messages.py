"""A patient's delivery log, and the receipts of pushes."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from api.auth import fails_with, public, requires
from api.domain.authority import Scope
from api.domain.delivery.messages import ReceiptEvent
from api.models.outbox import OutboxMessage
from api.resources.blueprint import Blueprint
from api.resources.request_context import now, principal, read_session, transaction
from api.schemas.fields import PageQuery
from api.schemas.message import MessagesSchema, NewReceiptSchema
from api.services.messages import outbox_status, receipts
from api.services.paging import Page

blp = Blueprint("messages", __name__, url_prefix="/v1/patients", description="The delivery log of messages.")
receipts_blp = Blueprint("receipts", __name__, url_prefix="/v1/receipts", description="Receipts of pushes.")


@blp.route("/<uuid:patient_id>/messages")
class Messages(MethodView):
    """Messages to and about one patient."""

    @requires(Scope.PATIENTS_READ)
    @fails_with(404, 422)
    @blp.arguments(PageQuery, location="query")
    @blp.response(200, MessagesSchema)
    def get(self, query: dict[str, Any], patient_id: UUID) -> Page[OutboxMessage]:
        """The delivery log, newest first: reminders of the patient and notifications of the team."""
        with read_session() as session:
            return outbox_status.log_of(session, principal(), patient_id=patient_id, now=now(), **query)


@receipts_blp.route("")
class Receipts(MethodView):
    """Receipts of pushes."""

    @public
    @receipts_blp.arguments(NewReceiptSchema)
    @receipts_blp.response(204)
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
