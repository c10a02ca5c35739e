"""Schemas of receipts."""

from marshmallow import fields

from api.domain.delivery.messages import ReceiptEvent
from api.schemas.fields import Moment, OneOf, Strict, about, required


class NewReceiptSchema(Strict):
    """A receipt of a device for a push."""

    id = fields.UUID(**required("`id` of the push."))
    event = OneOf(ReceiptEvent, **required("Event reported by the device."))
    at = Moment(metadata=about("Time of the event. Default: now."))
