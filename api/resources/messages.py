"""A patient's delivery log."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from api.auth import fails_with, requires
from api.domain.authority import Scope
from api.models.outbox import OutboxMessage
from api.resources.blueprint import Blueprint
from api.resources.request_context import now, principal, read_session
from api.schemas.fields import PageQuery
from api.schemas.message import MessagesSchema
from api.services.messages import outbox_status
from api.services.paging import Page

blp = Blueprint("messages", __name__, url_prefix="/v1/patients", description="The delivery log of messages.")


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
