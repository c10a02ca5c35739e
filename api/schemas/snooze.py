"""Putting reminders off, on the wire."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from api.schemas.fields import Moment, Strict
from api.services.reminders.snooze import LONGEST_PAUSE, SnoozeEnd


class NewReminderSnoozeSchema(Strict):
    """Until when a patient wants to be left in peace."""

    wanted = fields.Enum(
        SnoozeEnd,
        by_value=True,
        required=True,
        data_key="for",
        metadata={"description": "How long no reminder comes."},
    )
    until = fields.Date(
        metadata={
            "description": "For a holiday: the first day, on her calendar, on which she is reminded again; "
            f"at most {LONGEST_PAUSE.days} days ahead."
        },
    )

    @validates_schema
    def _holiday_has_a_day(self, body: dict[str, Any], **_: Any) -> None:
        if (body.get("wanted") is SnoozeEnd.HOLIDAY) != ("until" in body):
            raise ValidationError("A holiday needs its day, and nothing else has one.", "until")


class ReminderStatusSchema(Schema):
    """Whether a patient is reminded at present."""

    snoozed_until = Moment(
        required=True, allow_none=True, metadata={"description": "No reminder before then; null: no snooze."}
    )
    paused_until = fields.Date(
        required=True,
        allow_none=True,
        metadata={"description": "First day, on her calendar, on which she is reminded again."},
    )
    check_in_due_at = Moment(
        required=True, allow_none=True, metadata={"description": "When she will next be asked."}
    )
