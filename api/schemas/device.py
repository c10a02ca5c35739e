"""Schemas of devices."""

from marshmallow import Schema, fields

from api.schemas.fields import Moment, list_of, nullable, required


class PushStatusSchema(Schema):
    """Push notifications of a device."""

    subscribed_at = Moment(**required("Time of the push subscription."))
    device = fields.UUID(**required("UUID of the device, as in `/v1/me/subscriptions/{device}`."))
    last_receipt_at = Moment(
        **nullable("Time at which the device last reported a notification. Null: never since it subscribed.")
    )
    reliable = fields.Boolean(
        **required(
            "False: pushes are accepted but the device sends no receipts, although "
            "similar devices do. Messages also go by e-mail or to the call list."
        )
    )


class DeviceSchema(Schema):
    """One sign-in on a phone or in a browser."""

    id = fields.UUID(**required("The sign-in's id."))
    label = fields.String(**required("Name given by the owner."))
    created_at = Moment(**required("Time of the sign-in."))
    refreshed_at = Moment(**required("Time of the last token refresh."))
    current = fields.Boolean(**required("True: the device of this request."))
    push = fields.Nested(PushStatusSchema, **nullable("Push notifications of the device. Null: none."))


DevicesSchema = list_of(
    DeviceSchema, "Devices", "Active sign-ins of one person.", items="Active sign-ins, newest first."
)
