"""Schemas of webhooks."""

from marshmallow import Schema, fields

from api.schemas.fields import Moment, Strict, Text, list_of, nullable, required


class NewWebhookSchema(Strict):
    """A new webhook of a site."""

    url = Text(
        max=2000,
        **required(
            "An https address on port 443 of a public machine.", examples=["https://pager.example.org/aimss"]
        ),
    )


class WebhookSchema(Schema):
    """A webhook of the site."""

    id = fields.UUID(**required("The webhook's id."))
    url = fields.String(**required("Address to which messages are posted."))
    created_at = Moment(**required("When it was made."))
    retired_at = Moment(**nullable("Time at which it was retired. Null: in use."))
    retired_reason = fields.String(**nullable("Reason: `removed` or `answered 410`. Null: in use."))


class WebhookWithSecretSchema(WebhookSchema):
    """A new webhook with its secret."""

    secret = fields.String(
        **required("Secret `whsec_…`, shown only once. It verifies the signatures (Standard Webhooks).")
    )


WebhooksSchema = list_of(
    WebhookSchema, "Webhooks", "A site's webhooks, oldest first.", items="The webhooks, oldest first."
)
