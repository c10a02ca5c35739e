"""Schemas of receipts."""

from marshmallow import fields, validate

from api.domain.delivery.messages import ReceiptEvent
from api.schemas.fields import Moment, Strict


class NewReceiptSchema(Strict):
    """A receipt of a device for a push."""

    id = fields.UUID(required=True, metadata={"description": "`id` of the push."})
    event = fields.String(
        required=True,
        validate=validate.OneOf([event.value for event in ReceiptEvent]),
        metadata={"description": "Event reported by the device."},
    )
    at = Moment(metadata={"description": "Time of the event. Default: now."})
