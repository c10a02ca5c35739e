"""Schemas of push subscriptions, with the field names of browsers."""

from marshmallow import Schema, fields

from api.domain.delivery.messages import MessageState
from api.schemas.fields import Moment, OneOf, Strict, Text, about, absent_or_null, nullable, required


class PushKeySchema(Schema):
    """The key a browser subscribes with."""

    public_key = fields.String(
        **required("`applicationServerKey`: an uncompressed P-256 point in base64url.")
    )


class PushKeyAndDevicesSchema(PushKeySchema):
    """The push key and the devices that use an older one."""

    resubscribe = fields.List(
        fields.UUID(),
        **required(
            "The caller's devices that subscribed with an older key. They still work. "
            "Subscribe them again with this key and PUT the new subscription."
        ),
    )


class SubscriptionKeysSchema(Strict):
    """Keys of the browser for decryption of its pushes."""

    p256dh = Text(max=100, **required("65 bytes in base64url: a P-256 point."))
    auth = Text(max=40, **required("16 bytes in base64url."))


class NewSubscriptionSchema(Strict):
    """A push subscription, as from `PushSubscription.toJSON()` in a browser."""

    endpoint = Text(
        max=2000,
        **required(
            "An https address of a push service this server allows.",
            examples=["https://updates.push.services.mozilla.com/wpush/v2/abc"],
        ),
    )
    keys = fields.Nested(
        SubscriptionKeysSchema, **required("The browser's keys; payloads are encrypted with them.")
    )
    public_key = Text(
        max=100,
        metadata=about("Key used for the subscription, as from /v1/push-key. Default: the current key."),
    )
    expirationTime = fields.Raw(  # noqa: N815 - the browser's own name
        **absent_or_null("Accepted and not used. The push service reports when a subscription ends.")
    )


class SubscriptionSchema(Schema):
    """A device with push notifications."""

    device = fields.UUID(**required("UUID of the device, chosen by the client."))
    created_at = fields.AwareDateTime(**required("Time of the subscription."))


class TestNotificationSchema(Schema):
    """A test notification to a device."""

    id = fields.UUID(**required("Id of the message, which the device names in its receipt."))
    created_at = Moment(**required("Time of the request."))
    expires_at = Moment(**required("Time after which it is no longer sent."))
    state = OneOf(
        MessageState,
        **required(
            "`pending`: waits to be sent. `delivered`: the push service took it. Else it was not sent."
        ),
    )
    shown_at = Moment(**nullable("Time at which the device reported that it showed it. Null: not yet."))
    opened_at = Moment(**nullable("Time at which it was opened. Null: not yet."))
