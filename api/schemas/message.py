"""Schemas of the delivery log."""

from marshmallow import Schema, fields, validate

from api.domain.delivery.messages import Channel, MessageKind, MessageState
from api.schemas.fields import page_of


class MessageSchema(Schema):
    """One message to one device of one person."""

    id = fields.UUID(required=True, metadata={"description": "Id of the message, as in the push payload."})
    kind = fields.String(
        required=True,
        validate=validate.OneOf(list(MessageKind)),
        metadata={
            "description": "Kind of message. It is the only information in a push payload besides the id."
        },
    )
    channel = fields.String(
        required=True,
        validate=validate.OneOf(list(Channel)),
        metadata={"description": "Channel of the message."},
    )
    state = fields.String(
        required=True,
        validate=validate.OneOf(list(MessageState)),
        metadata={"description": "State of the delivery."},
    )
    recipient_id = fields.UUID(
        required=True, metadata={"description": "Recipient: the patient or a member of staff."}
    )
    alert_id = fields.UUID(
        required=True, allow_none=True, metadata={"description": "Alert of the message. Null: none."}
    )
    created_at = fields.AwareDateTime(
        required=True, metadata={"description": "Time at which it was added to the outbox."}
    )
    next_attempt_at = fields.AwareDateTime(
        required=True, metadata={"description": "Time of the next attempt."}, attribute="not_before"
    )
    settled_at = fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata={"description": "Time of the final outcome. Null: not final."},
    )
    due_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "Planned time. Null: as soon as possible."}
    )
    attempts = fields.Integer(required=True, metadata={"description": "Number of attempts."})
    last_attempt_at = fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata={"description": "Time of the last attempt. Null: none."},
        attribute="tried_at",
    )
    last_outcome = fields.String(
        required=True, allow_none=True, metadata={"description": "Outcome of the last attempt. Null: none."}
    )
    shown_at = fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata={"description": "Time at which the device showed the notification. Null: not known."},
    )
    opened_at = fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata={
            "description": (
                "Time at which the notification was opened, according to the device. Null: not known."
            )
        },
    )
    dismissed_at = fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata={
            "description": (
                "Time at which the notification was dismissed, according to the device. Null: not known."
            )
        },
    )


MessagesSchema = page_of(MessageSchema, "Messages")
"""Messages to and about a patient, newest first."""
