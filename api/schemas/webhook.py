"""Webhooks on the wire."""

from marshmallow import Schema, fields

from api.schemas.fields import Moment, Strict, Text


class NewWebhookSchema(Strict):
    """Where a program of the site takes its messages."""

    url = Text(
        required=True,
        max=2000,
        metadata={
            "description": "An https address on port 443 of a public machine.",
            "examples": ["https://pager.example.org/aimss"],
        },
    )


class WebhookSchema(Schema):
    """A webhook of the site."""

    id = fields.UUID(required=True, metadata={"description": "The webhook's id."})
    url = fields.String(required=True, metadata={"description": "Where messages are posted to."})
    created_at = Moment(required=True, metadata={"description": "When it was made."})
    retired_at = Moment(
        required=True,
        allow_none=True,
        metadata={"description": "When it stopped being used; null: it is in use."},
    )
    retired_reason = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "`removed`, or `answered 410`."},
        attribute="retired_because",
    )


class WebhookWithSecretSchema(WebhookSchema):
    """A webhook just made."""

    secret = fields.String(
        required=True,
        metadata={"description": "`whsec_…`, shown this once: checks the signatures (Standard Webhooks)."},
    )


class WebhooksSchema(Schema):
    """A site's webhooks, oldest first."""

    items = fields.List(
        fields.Nested(WebhookSchema), required=True, metadata={"description": "The webhooks, oldest first."}
    )
