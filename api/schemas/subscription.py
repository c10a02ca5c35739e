"""Schemas of push subscriptions, with the field names of browsers."""

from marshmallow import Schema, fields

from api.schemas.fields import Strict, Text, about


class PushKeySchema(Schema):
    """The key a browser subscribes with."""

    public_key = fields.String(
        required=True, metadata=about("`applicationServerKey`: an uncompressed P-256 point in base64url.")
    )


class PushKeyAndDevicesSchema(PushKeySchema):
    """The push key and the devices that use an older one."""

    resubscribe = fields.List(
        fields.UUID(),
        required=True,
        metadata=about(
            "The caller's devices that subscribed with an older key. They still work. "
            "Subscribe them again with this key and PUT the new subscription."
        ),
    )


class SubscriptionKeysSchema(Strict):
    """Keys of the browser for decryption of its pushes."""

    p256dh = Text(required=True, max=100, metadata=about("65 bytes in base64url: a P-256 point."))
    auth = Text(required=True, max=40, metadata=about("16 bytes in base64url."))


class NewSubscriptionSchema(Strict):
    """A push subscription, as from `PushSubscription.toJSON()` in a browser."""

    endpoint = Text(
        required=True,
        max=2000,
        metadata=about(
            "An https address of a push service this server allows.",
            examples=["https://updates.push.services.mozilla.com/wpush/v2/abc"],
        ),
    )
    keys = fields.Nested(
        SubscriptionKeysSchema,
        required=True,
        metadata=about("The browser's keys; payloads are encrypted with them."),
    )
    public_key = Text(
        max=100,
        metadata=about("Key used for the subscription, as from /v1/push-key. Default: the current key."),
    )
    expirationTime = fields.Raw(  # noqa: N815 - the browser's own name
        allow_none=True,
        metadata=about("Accepted and not used. The push service reports when a subscription ends."),
    )


class SubscriptionSchema(Schema):
    """A device with push notifications."""

    device = fields.UUID(required=True, metadata=about("UUID of the device, chosen by the client."))
    created_at = fields.AwareDateTime(required=True, metadata=about("Time of the subscription."))
