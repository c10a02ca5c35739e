"""Schemas of activation codes."""

from marshmallow import Schema, fields

from api.schemas.fields import Moment, Strict, Text, about, required
from api.schemas.token import BEARER, TransportField


class NewActivationSchema(Strict):
    """A patient's one-time code."""

    code = Text(
        max=40,
        **required(
            "The code as shown. Case, dashes and spaces do not matter. I and L are read as 1, O as 0."
        ),
    )
    label = Text(max=80, load_default="phone", metadata=about("Name of the device."))
    transport = TransportField(load_default=BEARER)


class ActivationCodeSchema(Schema):
    """A one-time code for a patient's next device. It is shown only once."""

    code = fields.String(
        **required("The one-time code, as two groups of five characters.", examples=["7K2QX-M40ZD"])
    )
    expires_at = Moment(**required("Time at which the code expires."))
    url = fields.String(**required("Link that opens the app. The code is in its fragment."))
    qr_svg = fields.String(**required("QR code of the link, as an SVG image."))
