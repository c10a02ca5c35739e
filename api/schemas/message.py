"""The delivery log on the wire: that something was sent and how it ended, never what a device is."""

from marshmallow import Schema, fields, validate

from api.domain.delivery.messages import Channel, MessageKind, MessageState
from api.schemas.fields import page_of


class MessageSchema(Schema):
    """One message to one device of one person."""

    id = fields.UUID(required=True, metadata={"description": "The message's id, as in the push payload."})
    kind = fields.String(
        required=True,
        validate=validate.OneOf(list(MessageKind)),
        metadata={"description": "What it is about; the only thing a lock screen could tell."},
    )
    channel = fields.String(
        required=True, validate=validate.OneOf(list(Channel)), metadata={"description": "The way it goes."}
    )
    state = fields.String(
        required=True,
        validate=validate.OneOf(list(MessageState)),
        metadata={"description": "Where it stands."},
    )
    recipient_id = fields.UUID(required=True, metadata={"description": "The patient, or a member of staff."})
    alert_id = fields.UUID(
        required=True, allow_none=True, metadata={"description": "The alert it is about; null: none."}
    )
    created_at = fields.AwareDateTime(
        required=True, metadata={"description": "When it was put into the outbox."}
    )
    next_attempt_at = fields.AwareDateTime(
        required=True, metadata={"description": "When it is tried next."}, attribute="not_before"
    )
    settled_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "When it ended for good."}
    )
    due_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "When it was meant to go."}
    )
    attempts = fields.Integer(required=True, metadata={"description": "How often it was tried."})
    last_attempt_at = fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata={"description": "When it was tried last."},
        attribute="tried_at",
    )
    last_outcome = fields.String(
        required=True, allow_none=True, metadata={"description": "How the last try ended."}
    )
    shown_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "As the device says, as all that follows."}
    )
    opened_at = fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata={"description": "When the notification was opened, as the device says; null: not known."},
    )
    dismissed_at = fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata={"description": "When the notification was dismissed, as the device says; null: not known."},
    )


MessagesSchema = page_of(MessageSchema, "Messages")
"""What was sent to and about a patient, newest first."""
