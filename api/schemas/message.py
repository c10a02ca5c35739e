"""Schemas of the delivery log."""

from marshmallow import Schema, fields, validate

from api.domain.delivery.messages import Channel, MessageKind, MessageState
from api.schemas.fields import about, page_of


class MessageSchema(Schema):
    """One message to one device of one person."""

    id = fields.UUID(required=True, metadata=about("Id of the message, as in the push payload."))
    kind = fields.String(
        required=True,
        validate=validate.OneOf(list(MessageKind)),
        metadata=about("Kind of message. It is the only information in a push payload besides the id."),
    )
    channel = fields.String(
        required=True, validate=validate.OneOf(list(Channel)), metadata=about("Channel of the message.")
    )
    state = fields.String(
        required=True, validate=validate.OneOf(list(MessageState)), metadata=about("State of the delivery.")
    )
    recipient_id = fields.UUID(required=True, metadata=about("Recipient: the patient or a member of staff."))
    alert_id = fields.UUID(
        required=True, allow_none=True, metadata=about("Alert of the message. Null: none.")
    )
    created_at = fields.AwareDateTime(
        required=True, metadata=about("Time at which it was added to the outbox.")
    )
    next_attempt_at = fields.AwareDateTime(
        required=True, metadata=about("Time of the next attempt."), attribute="not_before"
    )
    settled_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata=about("Time of the final outcome. Null: not final.")
    )
    due_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata=about("Planned time. Null: as soon as possible.")
    )
    attempts = fields.Integer(required=True, metadata=about("Number of attempts."))
    last_attempt_at = fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata=about("Time of the last attempt. Null: none."),
        attribute="tried_at",
    )
    last_outcome = fields.String(
        required=True, allow_none=True, metadata=about("Outcome of the last attempt. Null: none.")
    )
    shown_at = fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata=about("Time at which the device showed the notification. Null: not known."),
    )
    opened_at = fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata=about(
            "Time at which the notification was opened, according to the device. Null: not known."
        ),
    )
    dismissed_at = fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata=about(
            "Time at which the notification was dismissed, according to the device. Null: not known."
        ),
    )


MessagesSchema = page_of(MessageSchema, "Messages")
"""Messages to and about a patient, newest first."""
