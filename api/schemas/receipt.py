"""Receipts on the wire."""

from marshmallow import fields, validate

from api.domain.delivery.messages import ReceiptEvent
from api.schemas.fields import Moment, Strict


class NewReceiptSchema(Strict):
    """What became of a push, as the device saw it."""

    id = fields.UUID(required=True, metadata={"description": "`id` of the push."})
    event = fields.String(
        required=True,
        validate=validate.OneOf([event.value for event in ReceiptEvent]),
        metadata={"description": "What the device did with the notification."},
    )
    at = Moment(metadata={"description": "When it happened; left out: now."})
