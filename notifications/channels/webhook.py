"""Webhooks, signed as Standard Webhooks has it: a program of a site hears what its team is told."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

from cryptography.fernet import Fernet, InvalidToken

from api.domain.delivery.push_address import webhook_of
from api.domain.errors import AddressRefused
from notifications.channels.base import Dead, Message, Outcome, Retry, Target, WebhookTarget
from notifications.channels.http_outcome import outcome_of, wait_of
from notifications.channels.ssrf_guard import (
    HttpClient,
    HttpResponse,
    NoResponse,
    PublicHttpClient,
    peer_rule,
)

TIMEOUT_S = 8.0

SECRET_PREFIX = "whsec_"  # noqa: S105 - how a secret begins

Clock = Callable[[], datetime]


class WebhookSender:
    """Posts to addresses of sites, public ones only, without following them elsewhere."""

    def __init__(
        self, *, key: Fernet, clock: Clock, loopback: bool = False, http: HttpClient | None = None
    ) -> None:
        """Sign with each site's secret, which ``key`` decrypts."""
        self._key = key
        self._clock = clock
        self._loopback = loopback
        self._http = http or PublicHttpClient(peer_rule(loopback=loopback))

    async def send(self, address: Target, message: Message) -> Outcome:
        """Post to one webhook; a later try has the same id, so that its program knows a repeat."""
        if not isinstance(address, WebhookTarget):
            return Dead("no webhook")
        try:
            secret = self._key.decrypt(address.secret.encode()).decode()
            webhook_of(address.url, loopback=self._loopback)
            answer = await self._post(address.url, secret, message)
        except InvalidToken:
            return Dead("its secret cannot be read: was SECRET_KEY changed?")
        except AddressRefused as refused:
            return Dead(str(refused))
        except NoResponse as none:
            return Retry(str(none))
        if answer.status_code == HTTPStatus.NOT_FOUND:  # a program that is being replaced; 410 says for good
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


def body_of(message: Message) -> bytes:
    """Return what the program reads: kinds and opaque ids, which tell nobody anything without a sign-in."""
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
