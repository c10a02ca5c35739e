"""Schemas of links in messages."""

from marshmallow import fields, validate

from api.schemas.fields import Strict, about
from api.services.alerts.ack_links import TOKEN_LENGTH


class LinkTokenSchema(Strict):
    """The token of a link in a message."""

    token = fields.String(
        required=True,
        validate=validate.Regexp(rf"^[A-Za-z0-9_-]{{{TOKEN_LENGTH}}}\Z", error="This is no token of a link."),
        metadata=about("Fragment of the link, without `#`.", pattern=f"^[A-Za-z0-9_-]{{{TOKEN_LENGTH}}}$"),
    )
