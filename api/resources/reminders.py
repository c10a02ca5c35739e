"""Reminders with their delivery, and reminders triggered by a scheduler."""

from typing import Any

from flask.views import MethodView

from api.auth import fails_with, requires
from api.domain.authority import Scope
from api.resources.blueprint import Blueprint
from api.resources.request_context import now, principal, read_session, transaction
from api.schemas.reminder import NewReminderSchema, ReminderSchema, RemindersQuerySchema, RemindersSchema
from api.services.paging import Page
from api.services.reminders.reminders import DEFAULT_PERIOD, ReminderStatus, list_due, trigger

blp = Blueprint("reminders", __name__, url_prefix="/v1/reminders", description="Reminders, for schedulers.")


@blp.route("")
class Reminders(MethodView):
    """Reminders of the patients the caller sees."""

    @requires(Scope.REMINDERS_READ)
    @fails_with(422)
    @blp.arguments(RemindersQuerySchema, location="query")
    @blp.response(200, RemindersSchema)
    def get(self, query: dict[str, Any]) -> Page[ReminderStatus]:
        """Reminders due before a time, soonest first.

        Planned check-ins and earlier reminders, each with its delivery.
        """
        at = now()
        due_after = query.pop("due_after", at - DEFAULT_PERIOD)
        with read_session() as session:
            return list_due(session, principal(), due_after=due_after, now=at, **query)

    @requires(Scope.REMINDERS_WRITE)
    @fails_with(404, 409, 422)
    @blp.arguments(NewReminderSchema)
    @blp.response(201, ReminderSchema, description="The reminder was created")
    @blp.alt_response(
        200, schema=ReminderSchema, success=True, description="The reminder was triggered before"
    )
    def post(self, body: dict[str, Any]) -> tuple[ReminderStatus, int]:
        """Remind a patient of a reassessment. Safe to repeat.

        The same patient, purpose and slot is one reminder: repeated, it answers 200 with the first. It
        is sent at the patient's time of check-ins, today if that is still ahead, else tomorrow, and never
        in quiet hours.
        """
        with transaction() as session:
            reminder, is_new = trigger(session, principal(), now=now(), **body)
        return reminder, 201 if is_new else 200
