"""Schemas of devices."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from marshmallow import Schema, fields

from api.models.identity import Grant
from api.models.outbox import Subscription
from api.schemas.fields import Moment, list_of, nullable, required


class PushStatusSchema(Schema):
    """Push notifications of a device."""

    subscribed_at = Moment(**required("Time of the push subscription."))
    last_receipt_at = Moment(**nullable("Time of the last receipt for a push."))
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


def dump_devices(
    grants: Iterable[Grant], *, current: UUID, push: Mapping[UUID, Subscription]
) -> dict[str, Any]:
    """Return sign-ins as JSON, the present one marked, each with its ``push`` subscription."""
    return {
        "items": [
            {
                "id": grant.id,
                "label": grant.label,
                "created_at": grant.created_at,
                "refreshed_at": grant.refreshed_at,
                "current": grant.id == current,
                "push": _push(push.get(grant.id)),
            }
            for grant in grants
        ]
    }


def _push(push: Subscription | None) -> dict[str, Any] | None:
    if push is None:
        return None
    return {
        "subscribed_at": push.created_at,
        "last_receipt_at": push.last_receipt_at,
        "reliable": push.distrusted_at is None,
    }
