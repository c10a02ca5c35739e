"""Links of messages, on the wire."""

from marshmallow import fields, validate

from api.schemas.fields import Strict
from api.services.alerts.ack_links import TOKEN_LENGTH


class LinkTokenSchema(Strict):
    """What stands behind the # of a message's link."""

    token = fields.String(
        required=True,
        validate=validate.Regexp(rf"^[A-Za-z0-9_-]{{{TOKEN_LENGTH}}}\Z", error="This is no token of a link."),
        metadata={
            "description": "The part of the link behind `#`.",
            "pattern": f"^[A-Za-z0-9_-]{{{TOKEN_LENGTH}}}$",
        },
    )
