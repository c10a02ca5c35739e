"""Reminders on the wire."""

from marshmallow import Schema, fields, validate

from api.domain.reminders import REASSESSMENT
from api.schemas.fields import Moment, PageQuery, Strict, page_of
from api.services.reminders.reminders import Delivery

PURPOSES = ("check_in", REASSESSMENT)


class NewReminderSchema(Strict):
    """A reminder a scheduler asks for."""

    patient_id = fields.UUID(required=True, metadata={"description": "The patient to remind."})
    purpose = fields.String(
        load_default=REASSESSMENT,
        validate=validate.OneOf([REASSESSMENT]),
        metadata={"description": "What the reminder is for."},
    )
    slot = fields.String(
        required=True,
        validate=validate.Regexp(r"^[A-Za-z0-9._:-]{1,64}\Z"),
        metadata={
            "description": "The scheduler's own key: the same patient, purpose and slot is one reminder.",
            "pattern": "^[A-Za-z0-9._:-]{1,64}$",
            "examples": ["week-6"],
        },
    )


class ReminderSchema(Schema):
    """One reminder, planned or asked for, and how its delivery stands."""

    id = fields.UUID(
        required=True, allow_none=True, metadata={"description": "None of a check-in not yet due."}
    )
    patient_id = fields.UUID(required=True, metadata={"description": "The patient who is reminded."})
    purpose = fields.String(
        required=True,
        validate=validate.OneOf(PURPOSES),
        metadata={"description": "What the reminder is for."},
    )
    slot = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Which of its purpose: for a check-in its local day; null: not yet due."},
    )
    due_at = fields.AwareDateTime(required=True, metadata={"description": "When the patient is reminded."})
    created_at = fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata={"description": "When it was made; null: a check-in not yet due."},
    )
    delivery = fields.Enum(
        Delivery,
        by_value=True,
        required=True,
        metadata={
            "description": "planned: a check-in not yet due; delivered: to one device at least; "
            "undelivered: no device could be reached, the patient is on the call list."
        },
    )


class RemindersQuerySchema(PageQuery):
    """Which reminders."""

    due_before = Moment(required=True, metadata={"description": "Reminders due before this moment."})
    due_after = Moment(metadata={"description": "Left out: since seven days ago."})


RemindersSchema = page_of(ReminderSchema, "Reminders")
"""What is due, soonest first."""
