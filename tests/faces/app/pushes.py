"""Pushes to a phone through DevTools, with the bodies that are really sent.

A headless browser has no push service. So the address of the browser is a made-up one, kept by the page;
permission, service worker, notifications and receipts are real.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import Browser as WholeBrowser
from playwright.sync_api import BrowserContext, Worker
from sqlalchemy import select

from api.domain.delivery.messages import Channel, MessageKind
from api.domain.enrolment import Language
from api.models.outbox import OutboxMessage, Subscription
from api.services.messages import outbox
from api.services.messages.addresses import DeliveryRoute
from notifications.channels.base import Message, Payload, Urgency
from notifications.channels.web_push import body_of
from notifications.compose import APP_PAGE
from tests.faces.conftest import Phone
from tests.support.push_service import Browser

ADDRESS = """
(() => {
  const KEY = "push-address-of-the-test";
  const made = (text) => text && Object.assign(JSON.parse(text), {
    toJSON() { return { endpoint: this.endpoint, expirationTime: null, keys: this.keys }; },
    async unsubscribe() { localStorage.removeItem(KEY); return true; },
  });
  PushManager.prototype.getSubscription = async () => made(localStorage.getItem(KEY));
  PushManager.prototype.subscribe = async (options) => {
    globalThis.subscribedWith = options;
    if (Notification.permission !== "granted") throw new DOMException("denied", "NotAllowedError");
    const given = GIVEN;
    given.endpoint += crypto.randomUUID();
    localStorage.setItem(KEY, JSON.stringify(given));
    return made(JSON.stringify(given));
  };
  const ask = Notification.requestPermission.bind(Notification);
  globalThis.asked = 0;
  Notification.requestPermission = async () => { globalThis.asked += 1; return ask(); };
})()
"""


@pytest.fixture(scope="session")
def browser(whole_browser: WholeBrowser) -> WholeBrowser:
    """The browser of tests of notifications."""
    return whole_browser


def with_push(context: BrowserContext, permission: str | None = "granted") -> None:
    """Let the pages of a context subscribe to a push service that is not there."""
    browser = Browser("http://localhost:9")
    given = {"endpoint": "http://localhost:9/push/", "keys": browser.subscription()["keys"]}
    context.add_init_script(ADDRESS.replace("GIVEN", json.dumps(given)))
    if permission == "granted":
        context.grant_permissions(["notifications"])


def addresses(phone: Phone) -> list[Subscription]:
    """Return the push addresses of the patient that the server uses."""
    with phone.server.database.read() as session:
        of_patient = Subscription.recipient_id == phone.patient.id
        return list(
            session.scalars(select(Subscription).where(of_patient, Subscription.retired_at.is_(None)))
        )


def messages(phone: Phone) -> list[OutboxMessage]:
    """Return the patient's messages at the server, oldest first."""
    with phone.server.database.read() as session:
        of_patient = OutboxMessage.recipient_id == phone.patient.id
        return list(
            session.scalars(select(OutboxMessage).where(of_patient).order_by(OutboxMessage.created_at))
        )


def a_message(phone: Phone, kind: MessageKind = MessageKind.CHECK_IN) -> UUID:
    """Let the server have a message to the phone's address, and return its id."""
    now, message_id = datetime.now(UTC), uuid4()
    (address,) = addresses(phone)
    notice = outbox.Notification(
        kind,
        phone.patient.site_id,
        str(message_id),
        str(message_id),
        not_before=now,
        expires_at=now + timedelta(days=1),
        patient_id=phone.patient.id,
    )
    route = DeliveryRoute(Channel.WEB_PUSH, phone.patient.id, address.id)
    with phone.server.database.begin() as session:
        outbox.post_by(session, notice, route, now=now, message_id=message_id)
    return message_id


def body(phone: Phone, message_id: UUID, kind: MessageKind = MessageKind.CHECK_IN, **changes: Any) -> str:
    """Return what is pushed for a message."""
    link = f"{phone.server.address}{APP_PAGE}{message_id}"
    payload = Payload(kind, message_id, **{"language": Language.ENGLISH, "discreet": False} | changes)
    return body_of(Message(payload, message_id.hex, 60, Urgency.NORMAL, link=link)).decode()


def push(phone: Phone, data: str) -> None:
    """Deliver a push to the service worker of the phone."""
    session = phone.context.new_cdp_session(phone.page)
    found: list[Any] = []
    session.on("ServiceWorker.workerRegistrationUpdated", lambda event: found.extend(event["registrations"]))
    session.send("ServiceWorker.enable")
    for _ in range(100):
        if found:
            break
        phone.page.wait_for_timeout(20)
    # the session stays: if it were detached, the browser would be online again
    worker = {"origin": phone.server.address, "registrationId": found[-1]["registrationId"]}
    session.send("ServiceWorker.deliverPushMessage", {**worker, "data": data})


def deliver(phone: Phone, kind: MessageKind = MessageKind.CHECK_IN) -> UUID:
    """Let the server have a message, push it, and wait until its receipt has come."""
    message_id = a_message(phone, kind)
    push(phone, body(phone, message_id, kind))
    wait_for(phone, lambda: receipt_of(phone, message_id).shown_at is not None)
    return message_id


def receipt_of(phone: Phone, message_id: UUID) -> OutboxMessage:
    """Return a message with what the phone has reported of it."""
    return next(each for each in messages(phone) if each.id == message_id)


def wait_for(phone: Phone, holds: Any, *, within_s: float = 30.0) -> None:
    """Wait until something holds."""
    for _ in range(int(within_s * 20)):
        if holds():
            return
        phone.page.wait_for_timeout(50)
    raise AssertionError(f"not within {within_s:g} s")


def worker_of(phone: Phone) -> Worker:
    """Return the service worker of the phone."""
    return phone.context.service_workers[-1]


PAGES = "self.clients.matchAll({ type: 'window', includeUncontrolled: true }).then(({ length }) => length)"


def count_pages(phone: Phone) -> int:
    """Return how many pages of the app the worker sees open."""
    return int(worker_of(phone).evaluate(PAGES))


COUNT = """(() => {
  self.counted = [];
  const show = ServiceWorkerRegistration.prototype.showNotification;
  registration.showNotification = (title, { lang, data }) => {
    self.counted.push({ title, lang, data });
    return show.call(registration, title, { lang, data });
  };
})()"""


def count_notifications(phone: Phone) -> None:
    """Note every notification that the worker shows from now on."""
    worker_of(phone).evaluate(COUNT)


def counted(phone: Phone) -> list[dict[str, Any]]:
    """Return the notifications that were shown since counting began."""
    found: list[dict[str, Any]] = worker_of(phone).evaluate("self.counted")
    return found


TAP = """
(id) => {
  self.opened = [];
  self.clients.openWindow = async (url) => void self.opened.push(url);
  WindowClient.prototype.focus = async function () { return this; };
  const notification = { data: { id, url: `/app/#/message?id=${id}` }, close() {} };
  const tap = new ExtendableEvent("notificationclick");
  self.dispatchEvent(Object.assign(tap, { notification, waitUntil() {} }));
}
"""
"""A tap on a notification. Opening and focusing need a real finger, so they are noted only."""


def tap(phone: Phone, message_id: UUID) -> None:
    """Tap on a notification."""
    worker_of(phone).evaluate(TAP, str(message_id))


def opened(phone: Phone) -> list[str]:
    """Return the addresses that a tap has opened."""
    found: list[str] = worker_of(phone).evaluate("self.opened")
    return found
