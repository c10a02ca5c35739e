"""Snooze of reminders by a patient."""

from typing import Any

from flask.views import MethodView

from api.auth import fails_with, requires
from api.domain.authority import Scope
from api.models.patient import Patient
from api.resources.blueprint import Blueprint
from api.resources.request_context import now, principal, transaction
from api.schemas.snooze import NewReminderSnoozeSchema, ReminderStatusSchema
from api.services.reminders import snooze

blp = Blueprint("snooze", __name__, url_prefix="/v1/me/reminders", description="Snooze of reminders.")


@blp.route("/snooze")
class ReminderSnooze(MethodView):
    """The caller's reminders, put off."""

    @requires(Scope.REPORT)
    @fails_with(422)
    @blp.arguments(NewReminderSnoozeSchema)
    @blp.response(200, ReminderStatusSchema)
    def post(self, body: dict[str, Any]) -> Patient:
        """Put reminders off: for two hours, until tonight, or for a holiday.

        Pending reminders are cancelled; tasks that are still open afterwards are prompted again, once. A
        later snooze replaces an earlier one. Entries are accepted and scored as before, and the team sees
        the end of a pause. A holiday ends on a local date, whatever the time zone is by then.
        """
        with transaction() as session:
            return snooze.snooze(session, principal(), now=now(), **body)

    @requires(Scope.REPORT)
    @blp.response(200, ReminderStatusSchema)
    def delete(self) -> Patient:
        """Be reminded again, from the next time of the day on. Safe to repeat."""
        with transaction() as session:
            return snooze.resume(session, principal(), now=now())
