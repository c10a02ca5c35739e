"""The caller's own devices."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from api.auth import fails_with, requires
from api.domain.authority import ActorKind, Scope
from api.resources.blueprint import Blueprint
from api.resources.request_context import now, principal, read_session, transaction
from api.schemas.device import DevicesSchema, dump_devices
from api.services.access import tokens
from api.services.accounts import devices
from api.services.messages import subscriptions

blp = Blueprint("devices", __name__, url_prefix="/v1/me/devices", description="Sign-ins of the caller.")


@blp.route("")
class Devices(MethodView):
    """The caller's sign-ins."""

    @requires(Scope.SELF)
    @blp.response(200, DevicesSchema)
    def get(self) -> dict[str, Any]:
        """The caller's sign-ins, newest first."""
        by = principal()
        with read_session() as session:
            push = subscriptions.by_grant(session, by.id)
            return dump_devices(tokens.live_grants(session, by.id), current=by.grant_id, push=push)


@blp.route("/<uuid:device_id>")
class Device(MethodView):
    """One of the caller's sign-ins."""

    @requires(Scope.SELF)
    @fails_with(404)
    @blp.response(204)
    def delete(self, device_id: UUID) -> None:
        """Sign one device out, such as a lost phone; its push address is retired."""
        by = principal()
        patient_id = by.id if by.kind is ActorKind.PATIENT else None
        with transaction() as session:
            devices.revoke_device(session, by, device_id, of=by.id, patient_id=patient_id, now=now())
