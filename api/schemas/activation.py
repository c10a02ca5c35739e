"""Activation codes on the wire."""

from marshmallow import Schema, fields

from api.schemas.fields import Moment, Strict, Text
from api.schemas.token import BEARER, TransportField


class NewActivationSchema(Strict):
    """A patient's one-time code."""

    code = Text(
        required=True,
        max=40,
        metadata={"description": "As shown; case, dash and blanks do not matter, I and L are 1, O is 0."},
    )
    label = Text(max=80, load_default="phone", metadata={"description": "What the device is called."})
    transport = TransportField(load_default=BEARER)


class ActivationCodeSchema(Schema):
    """A one-time code for a patient's next device; it is shown this once."""

    code = fields.String(
        required=True,
        metadata={
            "description": "The one-time code, as two groups of five characters.",
            "examples": ["7K2QX-M40ZD"],
        },
    )
    expires_at = Moment(required=True, metadata={"description": "Until when the code works."})
    url = fields.String(required=True, metadata={"description": "Opens the app; the code is its fragment."})
    qr_svg = fields.String(required=True, metadata={"description": "The same to scan, an SVG image."})
