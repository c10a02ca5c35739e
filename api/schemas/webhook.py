"""Schemas of webhooks."""

from marshmallow import Schema, fields

from api.schemas.fields import Moment, Strict, Text, about, list_of


class NewWebhookSchema(Strict):
    """A new webhook of a site."""

    url = Text(
        required=True,
        max=2000,
        metadata=about(
            "An https address on port 443 of a public machine.", examples=["https://pager.example.org/aimss"]
        ),
    )


class WebhookSchema(Schema):
    """A webhook of the site."""

    id = fields.UUID(required=True, metadata=about("The webhook's id."))
    url = fields.String(required=True, metadata=about("Address to which messages are posted."))
    created_at = Moment(required=True, metadata=about("When it was made."))
    retired_at = Moment(
        required=True, allow_none=True, metadata=about("Time at which it was retired. Null: in use.")
    )
    retired_reason = fields.String(
        required=True, allow_none=True, metadata=about("Reason: `removed` or `answered 410`. Null: in use.")
    )


class WebhookWithSecretSchema(WebhookSchema):
    """A new webhook with its secret."""

    secret = fields.String(
        required=True,
        metadata=about("Secret `whsec_…`, shown only once. It verifies the signatures (Standard Webhooks)."),
    )


WebhooksSchema = list_of(
    WebhookSchema, "Webhooks", "A site's webhooks, oldest first.", items="The webhooks, oldest first."
)
