"""Web Push, encrypted for one browser (RFC 8291), signed by us (RFC 8292); the only pywebpush import."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from py_vapid import Vapid02
from pywebpush import WebPusher, WebPushException

from api.domain.delivery.push_address import PushServices, target_of
from api.domain.errors import AddressRefused
from api.services.messages.vapid import public_key_of
from config.settings import DEVELOPMENT_URL
from notifications.channels.base import (
    Broken,
    Dead,
    Gone,
    Message,
    Outcome,
    Payload,
    PushTarget,
    Retry,
    Target,
)
from notifications.channels.refusals import Refusals
from notifications.channels.ssrf_guard import (
    HttpClient,
    HttpResponse,
    NoResponse,
    NotTrusted,
    PublicHttpClient,
    peer_rule,
)
from notifications.templates import title_of

TIMEOUT_S = 8.0
"""The longest one push takes, from its service's name to the last byte of the answer."""

SIGNED_FOR = timedelta(hours=12)
SIGNED_ANEW_AFTER = timedelta(hours=6)
"""Push services refuse more than 24 h, and a signature that has run out; clocks may differ by hours."""

LONGEST_BODY = 4096 - 103
"""What encryption leaves of the 4096 bytes every push service takes (RFC 8291, section 4)."""

DECLARATIVE = 8030
"""Says that a browser may show `notification` itself, without the page's worker (W3C Push API). It is the
body that says so: the request's Content-Type is of the encrypted bytes, and no browser asks for another."""

Clock = Callable[[], datetime]


def now_utc() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


class WebPush:
    """Pushes to browsers, over connections that are kept alive."""

    def __init__(
        self,
        *,
        private_key: str,
        subject: str,
        services: PushServices,
        previous: Sequence[str] = (),
        http: HttpClient | None = None,
        clock: Clock = now_utc,
    ) -> None:
        """Sign with ``private_key`` as ``subject`` (mailto: or https:), send to ``services`` only.

        A browser takes only what is signed with the key it subscribed with, so ``previous`` keys, the
        newest first, go on signing for those who have not subscribed anew.
        """
        keys = (private_key, *previous)
        self._signers = {public_key_of(key): _Signer(key, subject, clock) for key in keys}
        self._services = services
        self._clock = clock
        self._refusals = Refusals()
        self._http = http or PublicHttpClient(peer_rule(loopback=services.loopback))

    async def send(self, address: Target, message: Message) -> Outcome:
        """Push to one browser."""
        if not isinstance(address, PushTarget):
            return Dead("no push address")
        signer = self._signer_for(address)
        if signer is None:
            return Gone("subscribed with a key this server no longer has")
        try:
            answer = await self._post(address, message, signer)
        except AddressRefused as refused:
            return Dead(str(refused))
        except NoResponse as none:
            return (Broken if isinstance(none, NotTrusted) else Retry)(str(none))
        except (WebPushException, ValueError) as error:
            return Dead(f"unusable keys: {type(error).__name__}")
        return self._refusals.judge(address.endpoint, answer, now=self._clock())

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close()

    def _signer_for(self, address: PushTarget) -> "_Signer | None":
        if address.vapid_key is None:  # registered before keys were kept: with the oldest there is
            return list(self._signers.values())[-1]
        return self._signers.get(address.vapid_key)

    async def _post(self, address: PushTarget, message: Message, signer: "_Signer") -> HttpResponse:
        target = target_of(address.endpoint, self._services)
        headers = {
            **signer.headers_for(target.origin),
            "Topic": message.topic,
            "Urgency": message.urgency.value,
            "TTL": str(message.ttl_s),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
        }
        keys = {"p256dh": address.p256dh, "auth": address.auth}
        body = body_of(message.payload, tag=message.topic, link=message.link)
        sealed = WebPusher({"endpoint": address.endpoint, "keys": keys}).encode(body)["body"]
        return await self._http.post(address.endpoint, data=sealed, headers=headers, within_s=TIMEOUT_S)


class _Signer:
    """Signs for each origin, and keeps what it signed for hours: signing costs more than sending."""

    def __init__(self, private_key: str, subject: str, clock: Clock) -> None:
        self._key = Vapid02.from_raw(private_key.encode())
        self._subject = subject
        self._clock = clock
        self._signed: dict[str, tuple[datetime, dict[str, str]]] = {}

    def headers_for(self, origin: str) -> dict[str, str]:
        """Return the headers that tell the push service at ``origin`` who sends."""
        now = self._clock()
        signed_at, headers = self._signed.get(origin, (now - SIGNED_FOR, {}))
        if now - signed_at >= SIGNED_ANEW_AFTER:
            claims = {"sub": self._subject, "aud": origin, "exp": int((now + SIGNED_FOR).timestamp())}
            headers = self._key.sign(claims)
            self._signed[origin] = (now, headers)
        return headers


def body_of(payload: Payload, *, tag: str = "", link: str = DEVELOPMENT_URL) -> bytes:
    """Return what a browser shows by itself, and what our service worker reads beside it.

    The title is one of a fixed table, and the link says nothing: it leads to a sign-in.

    >>> from uuid import UUID
    >>> from api.domain.delivery.messages import MessageKind
    >>> body = json.loads(body_of(Payload(MessageKind.ALERT, UUID(int=7)), link="https://a.example/m/7"))
    >>> body["kind"], body["id"], body["web_push"]
    ('alert', '00000000-0000-0000-0000-000000000007', 8030)
    >>> body["notification"]["title"], body["notification"]["navigate"]
    ('A patient needs you.', 'https://a.example/m/7')
    """
    shown = {
        "title": title_of(payload.kind, payload.language, discreet=payload.discreet),
        "lang": payload.language.value,
        "navigate": link,
        "tag": tag,
    }
    body = {
        "web_push": DECLARATIVE,
        "notification": shown,
        "kind": payload.kind.value,
        "id": str(payload.id),
    }
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
