"""Reminders: their delivery, their trigger by a scheduler, and their snooze by a patient."""

from typing import Any

from flask.views import MethodView

from api.auth import fails_with, requires
from api.domain.authority import Scope
from api.models.patient import Patient
from api.resources.blueprint import Blueprint
from api.resources.request_context import now, principal, read_session, transaction
from api.schemas.reminder import (
    NewReminderSchema,
    NewReminderSnoozeSchema,
    ReminderSchema,
    RemindersQuerySchema,
    RemindersSchema,
    ReminderStatusSchema,
)
from api.services.paging import Page
from api.services.reminders import snooze
from api.services.reminders.reminders import DEFAULT_PERIOD, ReminderStatus, list_due, trigger

blp = Blueprint("reminders", __name__, url_prefix="/v1/reminders", description="Reminders, for schedulers.")
snooze_blp = Blueprint("snooze", __name__, url_prefix="/v1/me/reminders", description="Snooze of reminders.")


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


@snooze_blp.route("/snooze")
class ReminderSnooze(MethodView):
    """The caller's reminders, put off."""

    @requires(Scope.REPORT)
    @fails_with(422)
    @snooze_blp.arguments(NewReminderSnoozeSchema)
    @snooze_blp.response(200, ReminderStatusSchema)
    def post(self, body: dict[str, Any]) -> Patient:
        """Put reminders off: for two hours, until tonight, or for a holiday.

        Pending reminders are cancelled; tasks that are still open afterwards are prompted again, once. A
        later snooze replaces an earlier one. Entries are accepted and scored as before, and the team sees
        the end of a pause. A holiday ends on a local date, whatever the time zone is by then.
        """
        with transaction() as session:
            return snooze.snooze(session, principal(), now=now(), **body)

    @requires(Scope.REPORT)
    @snooze_blp.response(200, ReminderStatusSchema)
    def delete(self) -> Patient:
        """Be reminded again, from the next time of the day on. Safe to repeat."""
        with transaction() as session:
            return snooze.resume(session, principal(), now=now())
