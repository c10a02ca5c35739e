"""Schemas of reminders and of their snooze."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from api.domain.reminders import EXTRA_CHECK_IN, REASSESSMENT
from api.schemas.fields import Moment, OneOf, PageQuery, Strict, about, nullable, page_of, required
from api.services.reminders.reminders import Delivery
from api.services.reminders.snooze import LONGEST_PAUSE, SnoozeEnd

PURPOSES = ("check_in", EXTRA_CHECK_IN, REASSESSMENT)


class NewReminderSchema(Strict):
    """A reminder requested by a scheduler."""

    patient_id = fields.UUID(**required("The patient to remind."))
    purpose = OneOf([REASSESSMENT], load_default=REASSESSMENT, metadata=about("Purpose of the reminder."))
    slot = fields.String(
        validate=validate.Regexp(r"^[A-Za-z0-9._:-]{1,64}\Z"),
        **required(
            "Key chosen by the scheduler. The same patient, purpose and slot is the same reminder.",
            pattern="^[A-Za-z0-9._:-]{1,64}$",
            examples=["week-6"],
        ),
    )


class ReminderSchema(Schema):
    """One planned or requested reminder and its delivery."""

    id = fields.UUID(**nullable("Id. Null: a check-in that is not yet due."))
    patient_id = fields.UUID(**required("The patient."))
    purpose = OneOf(PURPOSES, **required("Purpose of the reminder."))
    slot = fields.String(
        **nullable("Key within the purpose. For a check-in the local date. Null: not yet due.")
    )
    due_at = fields.AwareDateTime(**required("Time of the reminder."))
    created_at = fields.AwareDateTime(**nullable("Time of creation. Null: a check-in that is not yet due."))
    delivery = fields.Enum(
        Delivery,
        by_value=True,
        **required(
            "State of the delivery. `planned`: a check-in that is not yet due. "
            "`delivered`: to at least one device. `undelivered`: no device could be "
            "reached and the patient is on the call list."
        ),
    )


class RemindersQuerySchema(PageQuery):
    """Query parameters of reminders."""

    due_before = Moment(**required("Reminders due before this moment."))
    due_after = Moment(metadata=about("Reminders due after this moment. Default: seven days ago."))


RemindersSchema = page_of(ReminderSchema, "Reminders")
"""Due reminders, earliest first."""


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
