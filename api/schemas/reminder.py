"""Schemas of reminders."""

from marshmallow import Schema, fields, validate

from api.domain.reminders import REASSESSMENT
from api.schemas.fields import Moment, PageQuery, Strict, page_of
from api.services.reminders.reminders import Delivery

PURPOSES = ("check_in", REASSESSMENT)


class NewReminderSchema(Strict):
    """A reminder requested by a scheduler."""

    patient_id = fields.UUID(required=True, metadata={"description": "The patient to remind."})
    purpose = fields.String(
        load_default=REASSESSMENT,
        validate=validate.OneOf([REASSESSMENT]),
        metadata={"description": "Purpose of the reminder."},
    )
    slot = fields.String(
        required=True,
        validate=validate.Regexp(r"^[A-Za-z0-9._:-]{1,64}\Z"),
        metadata={
            "description": (
                "Key chosen by the scheduler. The same patient, purpose and slot is the same reminder."
            ),
            "pattern": "^[A-Za-z0-9._:-]{1,64}$",
            "examples": ["week-6"],
        },
    )


class ReminderSchema(Schema):
    """One planned or requested reminder and its delivery."""

    id = fields.UUID(
        required=True, allow_none=True, metadata={"description": "Id. Null: a check-in that is not yet due."}
    )
    patient_id = fields.UUID(required=True, metadata={"description": "The patient."})
    purpose = fields.String(
        required=True,
        validate=validate.OneOf(PURPOSES),
        metadata={"description": "Purpose of the reminder."},
    )
    slot = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Key within the purpose. For a check-in the local date. Null: not yet due."},
    )
    due_at = fields.AwareDateTime(required=True, metadata={"description": "Time of the reminder."})
    created_at = fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata={"description": "Time of creation. Null: a check-in that is not yet due."},
    )
    delivery = fields.Enum(
        Delivery,
        by_value=True,
        required=True,
        metadata={
            "description": (
                "State of the delivery. `planned`: a check-in that is not yet due. "
                "`delivered`: to at least one device. `undelivered`: no device could be "
                "reached and the patient is on the call list."
            )
        },
    )


class RemindersQuerySchema(PageQuery):
    """Query parameters of reminders."""

    due_before = Moment(required=True, metadata={"description": "Reminders due before this moment."})
    due_after = Moment(metadata={"description": "Reminders due after this moment. Default: seven days ago."})


RemindersSchema = page_of(ReminderSchema, "Reminders")
"""Due reminders, earliest first."""
