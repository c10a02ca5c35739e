"""Devices on the wire."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from marshmallow import Schema, fields

from api.models.identity import Grant
from api.models.outbox import Subscription
from api.schemas.fields import Moment


class PushStatusSchema(Schema):
    """How a device is told by push."""

    subscribed_at = Moment(required=True, metadata={"description": "Since when it is told by push."})
    last_receipt_at = Moment(
        required=True, allow_none=True, metadata={"description": "When it last said what became of a push."}
    )
    reliable = fields.Boolean(
        required=True,
        metadata={
            "description": "False: it takes pushes and never answers, though others like it do; what is sent "
            "goes by e-mail too, or onto the call list."
        },
    )


class DeviceSchema(Schema):
    """One sign-in: a phone or a browser."""

    id = fields.UUID(required=True, metadata={"description": "The sign-in's id."})
    label = fields.String(required=True, metadata={"description": "What its owner called it."})
    created_at = Moment(required=True, metadata={"description": "When it signed in."})
    refreshed_at = Moment(required=True, metadata={"description": "When it last fetched new tokens."})
    current = fields.Boolean(required=True, metadata={"description": "Whether it is the one asking."})
    push = fields.Nested(
        PushStatusSchema,
        required=True,
        allow_none=True,
        metadata={"description": "null: it is not told by push."},
    )


class DevicesSchema(Schema):
    """Somebody's sign-ins that still work."""

    items = fields.List(
        fields.Nested(DeviceSchema),
        required=True,
        metadata={"description": "Sign-ins that still work, newest first."},
    )


def devices_on_wire(
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
