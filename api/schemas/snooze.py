"""Schemas of snoozed reminders."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from api.schemas.fields import Moment, Strict, about, nullable, required
from api.services.reminders.snooze import LONGEST_PAUSE, SnoozeEnd


class NewReminderSnoozeSchema(Strict):
    """A new snooze of a patient's reminders."""

    wanted = fields.Enum(SnoozeEnd, by_value=True, data_key="for", **required("Kind of snooze."))
    until = fields.Date(
        metadata=about(
            "Required for `holiday`: the local date on which reminders resume, "
            f"at most {LONGEST_PAUSE.days} days ahead."
        )
    )

    @validates_schema
    def _holiday_has_a_day(self, body: dict[str, Any], **_: Any) -> None:
        if (body.get("wanted") is SnoozeEnd.HOLIDAY) != ("until" in body):
            raise ValidationError("A holiday needs its day, and nothing else has one.", "until")


class ReminderStatusSchema(Schema):
    """Reminder status of a patient."""

    snoozed_until = Moment(**nullable("End of the snooze. Null: no snooze."))
    paused_until = fields.Date(
        **nullable("Local date on which reminders resume after a pause. Null: no pause.")
    )
    check_in_due_at = Moment(**nullable("Patient: time of the next check-in. Null: not planned."))
