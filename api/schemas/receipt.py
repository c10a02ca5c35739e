"""Schemas of receipts."""

from marshmallow import fields, validate

from api.domain.delivery.messages import ReceiptEvent
from api.schemas.fields import Moment, Strict, about


class NewReceiptSchema(Strict):
    """A receipt of a device for a push."""

    id = fields.UUID(required=True, metadata=about("`id` of the push."))
    event = fields.String(
        required=True,
        validate=validate.OneOf([event.value for event in ReceiptEvent]),
        metadata=about("Event reported by the device."),
    )
    at = Moment(metadata=about("Time of the event. Default: now."))
