"""Schemas of links in messages."""

from marshmallow import fields, validate

from api.schemas.fields import Strict, required
from api.services.alerts.ack_links import TOKEN_LENGTH


class LinkTokenSchema(Strict):
    """The token of a link in a message."""

    token = fields.String(
        validate=validate.Regexp(rf"^[A-Za-z0-9_-]{{{TOKEN_LENGTH}}}\Z", error="This is no token of a link."),
        **required("Fragment of the link, without `#`.", pattern=f"^[A-Za-z0-9_-]{{{TOKEN_LENGTH}}}$"),
    )
