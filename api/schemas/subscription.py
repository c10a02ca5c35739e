"""Push addresses on the wire, named as browsers name them."""

from marshmallow import Schema, fields

from api.schemas.fields import Strict, Text


class PushKeySchema(Schema):
    """The key a browser subscribes with."""

    public_key = fields.String(
        required=True,
        metadata={"description": "`applicationServerKey`: an uncompressed P-256 point in base64url."},
    )


class PushKeyAndDevicesSchema(PushKeySchema):
    """The key, and who has an older one."""

    resubscribe = fields.List(
        fields.UUID(),
        required=True,
        metadata={
            "description": "The caller's devices that subscribed with an older key: they still work; "
            "unsubscribe and subscribe them with this one, then PUT the new address."
        },
    )


class SubscriptionKeysSchema(Strict):
    """The keys only this browser can read its pushes with."""

    p256dh = Text(required=True, max=100, metadata={"description": "65 bytes in base64url: a P-256 point."})
    auth = Text(required=True, max=40, metadata={"description": "16 bytes in base64url."})


class NewSubscriptionSchema(Strict):
    """What `PushSubscription.toJSON()` gives in a browser."""

    endpoint = Text(
        required=True,
        max=2000,
        metadata={
            "description": "An https address of a push service this server allows.",
            "examples": ["https://updates.push.services.mozilla.com/wpush/v2/abc"],
        },
    )
    keys = fields.Nested(
        SubscriptionKeysSchema,
        required=True,
        metadata={"description": "The browser's keys; payloads are encrypted with them."},
    )
    public_key = Text(
        max=100,
        metadata={"description": "The key it was made with, as /v1/push-key gave it; left out: the present."},
    )
    expirationTime = fields.Raw(  # noqa: N815 - the browser's own name
        allow_none=True,
        metadata={"description": "Taken and not used: a push service says itself when one ends."},
    )


class SubscriptionSchema(Schema):
    """A device that is told by push."""

    device = fields.UUID(required=True, metadata={"description": "The device, by the UUID the client chose."})
    created_at = fields.AwareDateTime(required=True, metadata={"description": "When it subscribed."})
