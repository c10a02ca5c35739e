"""The caller's own devices."""

from typing import Any
from uuid import UUID

from flask.views import MethodView
from sqlalchemy.orm import Session

from api.auth import fails_with, requires
from api.domain.authority import ActorKind, Scope
from api.models.outbox import Subscription
from api.resources.blueprint import Blueprint
from api.resources.request_context import now, principal, read_session, transaction
from api.schemas.device import DevicesSchema
from api.services.access import tokens
from api.services.accounts import devices
from api.services.messages import subscriptions

blp = Blueprint("devices", __name__, url_prefix="/v1/me/devices", description="Sign-ins of the caller.")


@blp.route("")
class Devices(MethodView):
    """The caller's sign-ins."""

    @requires(Scope.DEVICES)
    @blp.response(200, DevicesSchema)
    def get(self) -> dict[str, Any]:
        """The caller's sign-ins, newest first."""
        with read_session() as session:
            return devices_of(session, principal().id)


@blp.route("/<uuid:device_id>")
class Device(MethodView):
    """One of the caller's sign-ins."""

    @requires(Scope.DEVICES)
    @fails_with(404)
    @blp.response(204)
    def delete(self, device_id: UUID) -> None:
        """Sign one device out, such as a lost phone; its push address is retired."""
        by = principal()
        patient_id = by.id if by.kind is ActorKind.PATIENT else None
        with transaction() as session:
            devices.revoke_device(session, by, device_id, of=by.id, patient_id=patient_id, now=now())


def devices_of(session: Session, owner_id: UUID) -> dict[str, Any]:
    """Return the sign-ins of a person, the present one marked, each with its push subscription."""
    present, push = principal().grant_id, subscriptions.by_grant(session, owner_id)
    return {
        "items": [
            {
                "id": grant.id,
                "label": grant.label,
                "created_at": grant.created_at,
                "refreshed_at": grant.refreshed_at,
                "current": grant.id == present,
                "push": _dump_push(push.get(grant.id)),
            }
            for grant in tokens.live_grants(session, owner_id)
        ]
    }


def _dump_push(push: Subscription | None) -> dict[str, Any] | None:
    if push is None:
        return None
    return {
        "subscribed_at": push.created_at,
        "device": push.device,
        "last_receipt_at": push.last_receipt_at,
        "reliable": push.distrusted_at is None,
    }
