"""Devices on the wire."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from marshmallow import Schema, fields

from api.models.identity import Grant
from api.schemas.fields import Moment


class DeviceSchema(Schema):
    """One sign-in: a phone or a browser."""

    id = fields.UUID(required=True)
    label = fields.String(required=True)
    created_at = Moment(required=True)
    refreshed_at = Moment(required=True, metadata={"description": "When it last fetched new tokens."})
    current = fields.Boolean(required=True, metadata={"description": "Whether it is the one asking."})


class DevicesSchema(Schema):
    """Somebody's sign-ins that still work."""

    items = fields.List(fields.Nested(DeviceSchema), required=True)


def devices_on_wire(grants: Iterable[Grant], *, current: UUID) -> dict[str, Any]:
    """Return sign-ins as they go out, the one that is asking marked."""
    return {
        "items": [
            {
                "id": grant.id,
                "label": grant.label,
                "created_at": grant.created_at,
                "refreshed_at": grant.refreshed_at,
                "current": grant.id == current,
            }
            for grant in grants
        ]
    }
