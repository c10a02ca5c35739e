"""Web Push, encrypted for one browser (RFC 8291), signed by us (RFC 8292); the only pywebpush import."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from py_vapid import Vapid02
from pywebpush import WebPusher, WebPushException
from urllib3.exceptions import HTTPError

from api.domain.errors import AddressRefused
from api.domain.push_address import PushServices, target_of
from notifications.channels.base import Address, Dead, Delivered, Gone, Message, Outcome, Payload, Retry
from notifications.channels.public_only import Answer, PublicOnly, peer_rule

CONNECT_TIMEOUT_S = 3.0
READ_TIMEOUT_S = 5.0
TIMEOUT_S = CONNECT_TIMEOUT_S + READ_TIMEOUT_S
"""The longest one push takes, as long as the other side does not drip."""

SIGNED_FOR = timedelta(hours=12)
SIGNED_ANEW_AFTER = timedelta(hours=6)
"""Push services refuse more than 24 h, and a signature that has run out; clocks may differ by hours."""

LONGEST_WAIT = timedelta(hours=1)
"""What is believed of a Retry-After."""

_GONE = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}
_LATER = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}

Clock = Callable[[], datetime]


def now_utc() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


class WebPush:
    """Pushes to browsers, over connections that are kept alive and shared by the threads that send."""

    def __init__(
        self, *, private_key: str, subject: str, services: PushServices, clock: Clock = now_utc
    ) -> None:
        """Sign with ``private_key`` as ``subject`` (mailto: or https:), send to ``services`` only."""
        self._signer = _Signer(private_key, subject, clock)
        self._services = services
        self._clock = clock
        self._http = PublicOnly(peer_rule(loopback=services.loopback))

    def send(self, address: Address, message: Message) -> Outcome:
        """Push to one browser."""
        try:
            answer = self._post(address, message)
        except AddressRefused as refused:
            return Dead(str(refused))
        except HTTPError as error:
            return Retry(type(error).__name__)
        except (WebPushException, ValueError) as error:
            return Dead(f"unusable keys: {type(error).__name__}")
        return outcome_of(answer.status_code, answer.headers.get("Retry-After"), now=self._clock())

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _post(self, address: Address, message: Message) -> Answer:
        target = target_of(address.endpoint, self._services)
        headers = {
            **self._signer.headers_for(target.origin),
            "Topic": message.topic,
            "Urgency": message.urgency.value,
            "Content-Type": "application/octet-stream",
        }
        keys = {"p256dh": address.p256dh, "auth": address.auth}
        pusher = WebPusher({"endpoint": address.endpoint, "keys": keys}, requests_session=self._http)
        answer: Answer = pusher.send(
            body_of(message.payload), headers, ttl=message.ttl_s, timeout=(CONNECT_TIMEOUT_S, READ_TIMEOUT_S)
        )
        return answer


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


def body_of(payload: Payload) -> bytes:
    """Return what the service worker reads.

    >>> from uuid import UUID
    >>> from api.domain.messages import MessageKind
    >>> body_of(Payload(MessageKind.ALERT, UUID(int=7)))
    b'{"kind":"alert","id":"00000000-0000-0000-0000-000000000007"}'
    """
    return json.dumps({"kind": payload.kind.value, "id": str(payload.id)}, separators=(",", ":")).encode()


def outcome_of(status: int, retry_after: str | None, *, now: datetime) -> Outcome:
    """Return what a push service's answer means.

    >>> now = datetime(2026, 3, 2, 12, tzinfo=UTC)
    >>> outcome_of(201, None, now=now), outcome_of(410, None, now=now)
    (Delivered(), Gone(reason='answered 410'))
    """
    reason = f"answered {status}"
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return Delivered()
    if status in _GONE:
        return Gone(reason)
    if status in _LATER or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Retry(reason, wait_of(retry_after, now=now))
    return Dead(reason)


def wait_of(retry_after: str | None, *, now: datetime) -> timedelta | None:
    """Return how long a Retry-After asks to wait, in seconds or until a date; at most an hour.

    >>> now = datetime(2026, 3, 2, 12, tzinfo=UTC)
    >>> wait_of("120", now=now), wait_of("Mon, 02 Mar 2026 12:00:30 GMT", now=now), wait_of("soon", now=now)
    (datetime.timedelta(seconds=120), datetime.timedelta(seconds=30), None)
    """
    if retry_after is None:
        return None
    text = retry_after.strip()
    if text.isascii() and text.isdecimal():
        return timedelta(seconds=min(int(text[:9]), LONGEST_WAIT.total_seconds()))
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return min(max(until - now, timedelta(0)), LONGEST_WAIT)
