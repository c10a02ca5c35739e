"""Push subscriptions of the caller's devices."""

from typing import Any
from uuid import UUID

from flask import current_app
from flask.views import MethodView

from api.auth import fails_with, requires
from api.domain.account_errors import UnknownDevice
from api.domain.authority import Scope
from api.domain.delivery.public_address import PushServices
from api.domain.errors import PushNotConfigured
from api.models.outbox import OutboxMessage, Subscription
from api.resources.blueprint import Blueprint
from api.resources.request_context import Versioned, now, principal, read_session, settings, transaction
from api.schemas.subscription import (
    NewSubscriptionSchema,
    PushKeyAndDevicesSchema,
    SubscriptionSchema,
    TestNotificationSchema,
)
from api.services.access import throttle
from api.services.access.throttle import TEST_BY_PERSON
from api.services.messages import receipts, subscriptions
from api.services.messages.subscriptions import BrowserSubscription
from api.services.messages.vapid import public_keys

blp = Blueprint("subscriptions", __name__, url_prefix="/v1", description="Push subscriptions.")


def held_keys() -> list[str]:
    """Return the public keys of this server, the newest first."""
    return public_keys(settings().vapid_private_key, settings().vapid_previous_keys)


@blp.route("/push-key")
class PushKey(MethodView):
    """The server's key."""

    @requires(Scope.RECEIVE_PUSH)
    @fails_with(503)
    @blp.response(200, PushKeyAndDevicesSchema)
    def get(self) -> dict[str, Any]:
        """The key to subscribe with: hand it to `PushManager.subscribe` as `applicationServerKey`.

        After the operator has changed it, `resubscribe` names the caller's devices that have the one before.
        """
        keys = held_keys()
        if not keys:
            raise PushNotConfigured("this server has no VAPID key; notify its operator")
        with read_session() as session:
            devices = subscriptions.to_renew(session, principal(), held=keys)
        return {"public_key": keys[0], "resubscribe": devices}


@blp.route("/me/subscriptions/<uuid:device>")
class SubscriptionOfDevice(MethodView):
    """One device of the caller."""

    @requires(Scope.RECEIVE_PUSH)
    @fails_with(422)
    @blp.arguments(NewSubscriptionSchema)
    @blp.response(200, SubscriptionSchema)
    def put(self, body: dict[str, Any], device: UUID) -> Subscription:
        """Register a device for push, or give it a new address. Safe to repeat.

        `device` is a UUID the client makes once for each installation. A browser has one push address:
        if another person or an earlier installation had registered it, it is now the caller's alone.
        """
        key = subscriptions.key_of(body.get("public_key"), held_keys())
        address = BrowserSubscription(body["endpoint"], **body["keys"], vapid_key=key)
        allowed = PushServices(settings().push_services, settings().push_loopback)
        resolver = current_app.extensions.get("aimss.resolver", subscriptions.resolve)
        subscriptions.check(address, services=allowed, resolver=resolver)
        with transaction() as session:
            return subscriptions.register(session, principal(), device=device, address=address, now=now())

    @requires(Scope.RECEIVE_PUSH)
    @fails_with(404)
    @blp.response(204)
    def delete(self, device: UUID) -> None:
        """Send nothing more to a device."""
        with transaction() as session:
            subscriptions.retire(session, principal(), device=device, now=now())


@blp.route("/me/subscriptions/<uuid:device>/probe")
class TestNotification(MethodView):
    """Test notifications to one device of the caller."""

    @requires(Scope.RECEIVE_PUSH)
    @fails_with(404)
    @blp.response(200, TestNotificationSchema)
    def get(self, device: UUID) -> OutboxMessage:
        """The last test notification to a device, and when the device showed it."""
        with read_session() as session:
            subscription = subscriptions.find_live(session, principal(), device=device)
            message = receipts.last_test(session, subscription)
        if message is None:
            raise UnknownDevice("no test notification was sent to this device")
        return message

    @requires(Scope.RECEIVE_PUSH)
    @fails_with(404, 429, 503)
    @blp.response(202, TestNotificationSchema)
    def post(self, device: UUID) -> Versioned:
        """Send a test notification to a device, by the same way as every message.

        Read the address in `Location` until `shown_at` is set: then notifications reach the device. A test
        that is not sent within 10 minutes is dropped. Quiet hours do not hold it back. At most five a day.
        """
        by, at = principal(), now()
        with read_session() as session:
            subscriptions.find_live(session, by, device=device)
        if not held_keys():
            raise PushNotConfigured("this server has no VAPID key; notify its operator")
        with transaction() as session:
            throttle.count_attempt(session, [TEST_BY_PERSON.of(str(by.id))], now=at)
        with transaction() as session:
            message = subscriptions.send_test(session, by, device=device, now=at)
        return message, 202, {"Location": f"/v1/me/subscriptions/{device}/probe"}
