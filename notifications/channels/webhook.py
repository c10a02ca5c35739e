"""Webhooks, signed by the Standard Webhooks scheme: messages to staff, sent to a program of the site."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import ClassVar, Self
from urllib.parse import urlsplit
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import update
from sqlalchemy.orm import Session

from api.domain.delivery.messages import Channel
from api.domain.delivery.public_address import webhook_of
from api.domain.errors import AddressRefused
from api.models.outbox import OutboxMessage, Webhook
from api.services.messages import webhooks
from config.settings import Settings
from notifications.channels.base import ClaimedQuery, ClaimedRow, Clock, DeliveryChannel, Message, Target
from notifications.channels.http_outcome import outcome_of, wait_of
from notifications.channels.results import Dead, Retry, SendResult
from notifications.channels.ssrf_guard import HttpResponse, NoResponse, http_client

TIMEOUT_S = 8.0

SECRET_PREFIX = "whsec_"  # noqa: S105 - the prefix of secrets


@dataclass(frozen=True, slots=True)
class WebhookTarget(Target):
    """The URL of a site's program, and its encrypted secret."""

    channel: ClassVar[str] = Channel.WEBHOOK
    url: str = field(repr=False)
    secret: str = field(repr=False)

    @property
    def destination(self) -> str:
        """The host of the program."""
        return urlsplit(self.url).netloc


class WebhookSender(DeliveryChannel):
    """Posts to public addresses only and follows no redirects."""

    name = Channel.WEBHOOK
    timeout_s = TIMEOUT_S

    def __init__(self, *, key: Fernet, clock: Clock, loopback: bool = False, dry_run: bool = False) -> None:
        """Sign with the secret of each webhook, which ``key`` decrypts."""
        self._key = key
        self._clock = clock
        self._loopback = loopback
        self._http = http_client(loopback=loopback, dry_run=dry_run)

    @classmethod
    def open(cls, settings: Settings, *, clock: Clock) -> Self:
        """Return the channel, which needs no settings of its own."""
        return cls(
            key=webhooks.key_of(settings.secret_key),
            clock=clock,
            loopback=settings.push_loopback,
            dry_run=settings.delivery_dry_run,
        )

    @classmethod
    def select(cls, claimed: ClaimedQuery) -> ClaimedQuery:
        """Add the webhook."""
        columns = (Webhook.url, Webhook.secret, Webhook.retired_at.label("webhook_retired_at"))
        return claimed.add_columns(*columns).outerjoin(Webhook, Webhook.id == OutboxMessage.recipient_id)

    @classmethod
    def target(cls, row: ClaimedRow) -> WebhookTarget | None:
        """Return the webhook of a claimed row, unless it was retired."""
        return WebhookTarget(row.url, row.secret) if row.url and row.webhook_retired_at is None else None

    @classmethod
    def retire(
        cls, session: Session, target: WebhookTarget, *, recipient_id: UUID, reason: str, now: datetime
    ) -> None:
        """Retire the webhook if it has this URL."""
        in_use = (Webhook.id == recipient_id, Webhook.url == target.url, Webhook.retired_at.is_(None))
        session.execute(update(Webhook).where(*in_use).values(retired_at=now, retired_reason=reason))

    async def send(self, target: WebhookTarget, message: Message) -> SendResult:
        """Post to one webhook; retries have the same id, so that its program can detect repeats."""
        try:
            secret = self._key.decrypt(target.secret.encode()).decode()
            webhook_of(target.url, loopback=self._loopback)
            answer = await self._post(target.url, secret, message)
        except InvalidToken:
            return Dead("the secret cannot be decrypted: was SECRET_KEY changed?")
        except AddressRefused as refused:
            return Dead(str(refused))
        except NoResponse as none:
            return Retry(str(none))
        if answer.status_code == HTTPStatus.NOT_FOUND:  # a program under deployment; 410 is permanent
            return Retry("answered 404", wait_of(answer.headers.get("Retry-After"), now=self._clock()))
        return outcome_of(answer.status_code, answer.headers.get("Retry-After"), now=self._clock())

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close()

    async def _post(self, url: str, secret: str, message: Message) -> HttpResponse:
        body, now = body_of(message), self._clock()
        headers = {"Content-Type": "application/json", "User-Agent": "AIMSS-Monitor"}
        headers |= signature_of(str(message.payload.id), body, secret=secret, now=now)
        return await self._http.post(url, data=body, headers=headers, within_s=TIMEOUT_S)


CHANNEL = WebhookSender


def body_of(message: Message) -> bytes:
    """Return the body: the kind and opaque ids, which reveal nothing without a sign-in."""
    ids = {"message_id": str(message.payload.id)}
    if message.alert_id is not None:
        ids["alert_id"] = str(message.alert_id)
    return json.dumps({"type": message.payload.kind.value, "data": ids}, separators=(",", ":")).encode()


def signature_of(message_id: str, body: bytes, *, secret: str, now: datetime) -> dict[str, str]:
    """Return the three headers of Standard Webhooks.

    >>> from datetime import UTC
    >>> headers = signature_of("1", b"{}", secret="whsec_c2VjcmV0", now=datetime(2026, 3, 2, tzinfo=UTC))
    >>> headers["webhook-timestamp"], headers["webhook-signature"][:3]
    ('1772409600', 'v1,')
    """
    timestamp = str(int(now.timestamp()))
    signed = f"{message_id}.{timestamp}.".encode() + body
    raw = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    digest = hmac.new(raw, signed, hashlib.sha256).digest()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }
