"""Web Push, encrypted for one browser (RFC 8291) and signed with VAPID (RFC 8292).

The only module that imports pywebpush.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Self
from urllib.parse import urlsplit
from uuid import UUID

from py_vapid import Vapid02
from pywebpush import WebPusher, WebPushException
from sqlalchemy import update
from sqlalchemy.orm import Session

from api.domain.delivery.messages import Channel
from api.domain.delivery.public_address import PushServices, target_of
from api.domain.errors import AddressRefused
from api.models.identity import Grant
from api.models.outbox import OutboxMessage, Subscription
from api.services.messages.vapid import public_key_of
from config.settings import Settings
from notifications.channels.base import ClaimedQuery, ClaimedRow, Clock, DeliveryChannel, Message, Target
from notifications.channels.http_outcome import Refusals
from notifications.channels.results import Broken, Dead, Gone, Retry, SendResult
from notifications.channels.ssrf_guard import HttpResponse, NoResponse, NotTrusted, http_client
from notifications.templates import title_of

TIMEOUT_S = 8.0
"""Time limit of one push, from the lookup of the host to the last byte of the answer."""

SIGNED_FOR = timedelta(hours=12)
SIGNED_ANEW_AFTER = timedelta(hours=6)
"""Push services refuse lifetimes above 24 h and expired signatures; clocks may differ by hours."""

DECLARATIVE = 8030
"""Marks a body that the browser may show without the page's worker (W3C Push API, declarative push).

The mark is in the encrypted body: the Content-Type of the request describes the encrypted bytes.
"""


@dataclass(frozen=True, slots=True)
class PushTarget(Target):
    """The push address of one browser, and its keys for encryption."""

    channel: ClassVar[str] = Channel.WEB_PUSH
    endpoint: str
    p256dh: str
    auth: str
    vapid_key: str | None = None
    """The public key it subscribed with; None: the oldest key of this server."""

    @property
    def destination(self) -> str:
        """The host of the push service."""
        return urlsplit(self.endpoint).netloc


class WebPush(DeliveryChannel):
    """Sends pushes to browsers over persistent connections."""

    name = Channel.WEB_PUSH
    timeout_s = TIMEOUT_S
    waits_for_settings = True
    not_configured = "VAPID_PRIVATE_KEY is not set: pushes wait; `flask --app wsgi vapid-keys` makes a key"

    def __init__(
        self,
        *,
        private_key: str,
        subject: str,
        services: PushServices,
        previous: Sequence[str] = (),
        clock: Clock,
        dry_run: bool = False,
    ) -> None:
        """Sign with ``private_key`` as ``subject`` (mailto: or https:), and send to ``services`` only.

        A browser accepts only pushes signed with the key it subscribed with. ``previous`` keys, newest
        first, sign for browsers that have not subscribed again since the key changed.
        """
        keys = (private_key, *previous)
        self._signers: dict[str | None, _Signer] = {
            public_key_of(key): _Signer(key, subject, clock) for key in keys
        }
        # a browser registered before keys were stored subscribed with the oldest
        self._signers[None] = self._signers[public_key_of(keys[-1])]
        self._services = services
        self._clock = clock
        self._refusals = Refusals()
        self._http = http_client(loopback=services.loopback, dry_run=dry_run)

    @classmethod
    def open(cls, settings: Settings, *, clock: Clock) -> Self | None:
        """Return the channel if there is a key to sign with."""
        if not settings.vapid_private_key:
            return None
        return cls(
            private_key=settings.vapid_private_key,
            previous=settings.vapid_previous_keys,
            subject=settings.vapid_subject or _default_subject(settings.public_url),
            services=PushServices(settings.push_services, settings.push_loopback),
            clock=clock,
            dry_run=settings.delivery_dry_run,
        )

    @classmethod
    def select(cls, claimed: ClaimedQuery) -> ClaimedQuery:
        """Add the subscription, and the sign-in that it depends on."""
        return (
            claimed.add_columns(
                Subscription.endpoint,
                Subscription.p256dh,
                Subscription.auth,
                Subscription.vapid_key,
                Subscription.retired_at.label("subscription_retired_at"),
                Grant.revoked_at,
            )
            .outerjoin(Subscription, Subscription.id == OutboxMessage.subscription_id)
            .outerjoin(Grant, Grant.id == Subscription.grant_id)
        )

    @classmethod
    def target(cls, row: ClaimedRow) -> PushTarget | None:
        """Return the subscription of a claimed row, unless it was retired."""
        if row.endpoint is None or row.subscription_retired_at is not None:
            return None
        return PushTarget(row.endpoint, row.p256dh, row.auth, row.vapid_key)

    @classmethod
    def lost(cls, row: ClaimedRow) -> str | None:
        """Return "signed out" if the sign-in of the device was revoked."""
        return None if row.revoked_at is None else "signed out"

    @classmethod
    def retire(
        cls, session: Session, target: PushTarget, *, recipient_id: UUID, reason: str, now: datetime
    ) -> None:
        """Retire the subscription with this endpoint."""
        in_use = (
            Subscription.recipient_id == recipient_id,
            Subscription.endpoint == target.endpoint,
            Subscription.retired_at.is_(None),
        )
        session.execute(update(Subscription).where(*in_use).values(retired_at=now, retired_reason=reason))

    async def send(self, target: PushTarget, message: Message) -> SendResult:
        """Push to one browser."""
        signer = self._signers.get(target.vapid_key)
        if signer is None:
            return Gone("subscribed with a key this server no longer has")
        try:
            answer = await self._post(target, message, signer)
        except AddressRefused as refused:
            return Dead(str(refused))
        except NoResponse as none:
            return (Broken if isinstance(none, NotTrusted) else Retry)(str(none))
        except (WebPushException, ValueError) as error:
            return Dead(f"unusable keys: {type(error).__name__}")
        return self._refusals.judge(target.endpoint, answer, now=self._clock())

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close()

    async def _post(self, target: PushTarget, message: Message, signer: "_Signer") -> HttpResponse:
        headers = {
            **signer.headers_for(target_of(target.endpoint, self._services).origin),
            "Topic": message.topic,
            "Urgency": message.urgency.value,
            "TTL": str(message.ttl_s),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
        }
        keys = {"p256dh": target.p256dh, "auth": target.auth}
        encrypted = WebPusher({"endpoint": target.endpoint, "keys": keys}).encode(body_of(message))["body"]
        return await self._http.post(target.endpoint, data=encrypted, headers=headers, within_s=TIMEOUT_S)


CHANNEL = WebPush


def _default_subject(public_url: str) -> str:
    """Return a contact for push services in development; production requires VAPID_SUBJECT."""
    return public_url if public_url.startswith("https://") else "mailto:operator@localhost"


class _Signer:
    """Signs per origin and reuses signatures for hours: signing costs more than sending."""

    def __init__(self, private_key: str, subject: str, clock: Clock) -> None:
        self._key = Vapid02.from_raw(private_key.encode())
        self._subject = subject
        self._clock = clock
        self._signed: dict[str, tuple[datetime, dict[str, str]]] = {}

    def headers_for(self, origin: str) -> dict[str, str]:
        """Return the headers that identify this server to the push service at ``origin``."""
        now = self._clock()
        signed_at, headers = self._signed.get(origin, (now - SIGNED_FOR, {}))
        if now - signed_at >= SIGNED_ANEW_AFTER:
            claims = {"sub": self._subject, "aud": origin, "exp": int((now + SIGNED_FOR).timestamp())}
            headers = self._key.sign(claims)
            self._signed[origin] = (now, headers)
        return headers


def body_of(message: Message) -> bytes:
    """Return the body: the notification for the browser, and fields for the service worker.

    The title comes from a fixed table, and the link leads to a sign-in.

    >>> from uuid import UUID
    >>> from api.domain.delivery.messages import MessageKind
    >>> from notifications.channels.base import Payload, Urgency
    >>> payload = Payload(MessageKind.ALERT, UUID(int=7))
    >>> body = json.loads(body_of(Message(payload, "t", 60, Urgency.HIGH, link="https://a.example/m/7")))
    >>> body["kind"], body["id"], body["web_push"]
    ('alert', '00000000-0000-0000-0000-000000000007', 8030)
    >>> body["notification"]["title"], body["notification"]["navigate"]
    ('A patient needs you.', 'https://a.example/m/7')
    """
    payload = message.payload
    shown = {
        "title": title_of(payload.kind, payload.language, discreet=payload.discreet),
        "lang": payload.language.value,
        "navigate": message.link,
        "tag": message.topic,
    }
    body = {"web_push": DECLARATIVE, "notification": shown, "kind": payload.kind.value, "id": str(payload.id)}
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
