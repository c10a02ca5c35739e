"""Schemas of the delivery log and of receipts."""

from marshmallow import Schema, fields

from api.domain.delivery.messages import Channel, MessageKind, MessageState, ReceiptEvent
from api.schemas.fields import Moment, OneOf, Strict, about, nullable, page_of, required


class MessageSchema(Schema):
    """One message to one device of one person."""

    id = fields.UUID(**required("Id of the message, as in the push payload."))
    kind = OneOf(
        MessageKind,
        **required("Kind of message. It is the only information in a push payload besides the id."),
    )
    channel = OneOf(Channel, **required("Channel of the message."))
    state = OneOf(MessageState, **required("State of the delivery."))
    recipient_id = fields.UUID(**required("Recipient: the patient or a member of staff."))
    alert_id = fields.UUID(**nullable("Alert of the message. Null: none."))
    created_at = fields.AwareDateTime(**required("Time at which it was added to the outbox."))
    next_attempt_at = fields.AwareDateTime(attribute="not_before", **required("Time of the next attempt."))
    settled_at = fields.AwareDateTime(**nullable("Time of the final outcome. Null: not final."))
    due_at = fields.AwareDateTime(**nullable("Planned time. Null: as soon as possible."))
    attempts = fields.Integer(**required("Number of attempts."))
    last_attempt_at = fields.AwareDateTime(
        attribute="tried_at", **nullable("Time of the last attempt. Null: none.")
    )
    last_outcome = fields.String(**nullable("Outcome of the last attempt. Null: none."))
    shown_at = fields.AwareDateTime(
        **nullable("Time at which the device showed the notification. Null: not known.")
    )
    opened_at = fields.AwareDateTime(
        **nullable("Time at which the notification was opened, according to the device. Null: not known.")
    )
    dismissed_at = fields.AwareDateTime(
        **nullable("Time at which the notification was dismissed, according to the device. Null: not known.")
    )


MessagesSchema = page_of(MessageSchema, "Messages")
"""Messages to and about a patient, newest first."""


class NewReceiptSchema(Strict):
    """A receipt of a device for a push."""

    id = fields.UUID(**required("`id` of the push."))
    event = OneOf(ReceiptEvent, **required("Event reported by the device."))
    at = Moment(metadata=about("Time of the event. Default: now."))
