"""Schemas of snoozed reminders."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from api.schemas.fields import Moment, Strict, about
from api.services.reminders.snooze import LONGEST_PAUSE, SnoozeEnd


class NewReminderSnoozeSchema(Strict):
    """A new snooze of a patient's reminders."""

    wanted = fields.Enum(
        SnoozeEnd, by_value=True, required=True, data_key="for", metadata=about("Kind of snooze.")
    )
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

    snoozed_until = Moment(
        required=True, allow_none=True, metadata=about("End of the snooze. Null: no snooze.")
    )
    paused_until = fields.Date(
        required=True,
        allow_none=True,
        metadata=about("Local date on which reminders resume after a pause. Null: no pause."),
    )
    check_in_due_at = Moment(
        required=True,
        allow_none=True,
        metadata=about("Patient: time of the next check-in. Null: not planned."),
    )
