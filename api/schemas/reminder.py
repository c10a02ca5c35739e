"""Schemas of reminders."""

from marshmallow import Schema, fields, validate

from api.domain.reminders import REASSESSMENT
from api.schemas.fields import Moment, PageQuery, Strict, about, page_of
from api.services.reminders.reminders import Delivery

PURPOSES = ("check_in", REASSESSMENT)


class NewReminderSchema(Strict):
    """A reminder requested by a scheduler."""

    patient_id = fields.UUID(required=True, metadata=about("The patient to remind."))
    purpose = fields.String(
        load_default=REASSESSMENT,
        validate=validate.OneOf([REASSESSMENT]),
        metadata=about("Purpose of the reminder."),
    )
    slot = fields.String(
        required=True,
        validate=validate.Regexp(r"^[A-Za-z0-9._:-]{1,64}\Z"),
        metadata=about(
            "Key chosen by the scheduler. The same patient, purpose and slot is the same reminder.",
            pattern="^[A-Za-z0-9._:-]{1,64}$",
            examples=["week-6"],
        ),
    )


class ReminderSchema(Schema):
    """One planned or requested reminder and its delivery."""

    id = fields.UUID(
        required=True, allow_none=True, metadata=about("Id. Null: a check-in that is not yet due.")
    )
    patient_id = fields.UUID(required=True, metadata=about("The patient."))
    purpose = fields.String(
        required=True, validate=validate.OneOf(PURPOSES), metadata=about("Purpose of the reminder.")
    )
    slot = fields.String(
        required=True,
        allow_none=True,
        metadata=about("Key within the purpose. For a check-in the local date. Null: not yet due."),
    )
    due_at = fields.AwareDateTime(required=True, metadata=about("Time of the reminder."))
    created_at = fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata=about("Time of creation. Null: a check-in that is not yet due."),
    )
    delivery = fields.Enum(
        Delivery,
        by_value=True,
        required=True,
        metadata=about(
            "State of the delivery. `planned`: a check-in that is not yet due. "
            "`delivered`: to at least one device. `undelivered`: no device could be "
            "reached and the patient is on the call list."
        ),
    )


class RemindersQuerySchema(PageQuery):
    """Query parameters of reminders."""

    due_before = Moment(required=True, metadata=about("Reminders due before this moment."))
    due_after = Moment(metadata=about("Reminders due after this moment. Default: seven days ago."))


RemindersSchema = page_of(ReminderSchema, "Reminders")
"""Due reminders, earliest first."""
