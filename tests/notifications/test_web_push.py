"""Pushes as an independent receiver reads them."""

import json
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from api.domain.delivery.messages import MessageKind
from api.domain.delivery.public_address import PushServices
from api.domain.enrolment import Language
from api.domain.errors import AddressRefused
from api.services.messages.vapid import new_private_key, public_key_of
from config.settings import PUSH_SERVICES, Settings
from notifications.channels.base import Message, Payload, Urgency
from notifications.channels.http_outcome import outcome_of, wait_of
from notifications.channels.results import Broken, Dead, Delivered, Gone, Retry, SendResult
from notifications.channels.ssrf_guard import NoResponse, PublicHttpClient
from notifications.channels.web_push import PushTarget, WebPush
from notifications.compose import LONGEST_TTL_S, compose, link_maker
from notifications.delivery_results import ClaimedMessage
from tests.conftest import NOW
from tests.support.fakes import FakeClock, Waited
from tests.support.mail_server import certificate
from tests.support.push_service import Browser, Dropped, Push, PushService, bytes_of, push_service

KEY = new_private_key()
HOUR = timedelta(hours=1)


@pytest.fixture
def clock() -> FakeClock:
    """A clock at NOW."""
    return FakeClock(NOW)


@pytest.fixture
def channel(clock: FakeClock) -> Iterator[Waited]:
    """Our sender, let loose on this machine."""
    push = WebPush(
        private_key=KEY,
        subject="mailto:operator@example.org",
        services=PushServices(PUSH_SERVICES, loopback=True),
        clock=clock,
    )
    channel = Waited(push)
    yield channel
    channel.close()


def a_message(**changes: object) -> Message:
    values: dict[str, object] = {
        "payload": Payload(MessageKind.ALERT, uuid4()),
        "topic": "a" * 32,
        "ttl_s": 3600,
        "urgency": Urgency.HIGH,
    }
    return Message(**values | changes)  # type: ignore[arg-type]


def address_of(browser: Browser) -> PushTarget:
    return PushTarget(browser.endpoint, browser.p256dh, browser.auth)


def claims_of(authorization: str) -> dict[str, object]:
    """Return what a VAPID header claims, its signature checked against the key we publish."""
    scheme, _, parameters = authorization.partition(" ")
    found = dict(part.strip().split("=", 1) for part in parameters.split(","))
    assert scheme == "vapid"
    assert found["k"] == public_key_of(KEY)
    signed, _, signature = found["t"].rpartition(".")
    raw = bytes_of(signature)
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), bytes_of(found["k"]))
    public.verify(der, signed.encode(), ec.ECDSA(SHA256()))
    header, _, claims = signed.partition(".")
    assert json.loads(bytes_of(header)) == {"typ": "JWT", "alg": "ES256"}
    return dict(json.loads(bytes_of(claims)))


def test_only_the_browser_can_read_a_push_and_it_says_kind_and_id_only(
    channel: Waited, service: PushService
) -> None:
    browser, message = Browser(service.origin), a_message()

    assert channel.send(address_of(browser), message) == Delivered()

    (push,) = service.to(browser)
    said = browser.read(push)
    assert (said["kind"], said["id"]) == ("alert", str(message.payload.id))
    assert set(said) == {"kind", "id", "web_push", "notification"}
    assert push.headers["content-encoding"] == "aes128gcm"
    assert len(push.body) <= 4096
    assert (push.headers["ttl"], push.headers["topic"], push.headers["urgency"]) == ("3600", "a" * 32, "high")


def test_the_push_service_learns_who_sends_for_less_than_a_day(channel: Waited, service: PushService) -> None:
    browser = Browser(service.origin)
    channel.send(address_of(browser), a_message())
    (push,) = service.to(browser)

    claims = claims_of(push.headers["authorization"])

    assert claims["aud"] == service.origin
    assert claims["sub"] == "mailto:operator@example.org"
    assert NOW < datetime.fromtimestamp(float(str(claims["exp"])), UTC) <= NOW + 24 * HOUR


def test_a_forged_signature_would_be_found_out(channel: Waited, service: PushService) -> None:
    browser = Browser(service.origin)
    channel.send(address_of(browser), a_message())
    (push,) = service.to(browser)
    head, _, parameters = push.headers["authorization"].partition("t=")

    with pytest.raises((InvalidSignature, ValueError)):
        claims_of(f"{head}t=e30{parameters}")


def test_a_signature_is_kept_for_its_origin_and_renewed_long_before_it_ends(
    channel: Waited, service: PushService, clock: FakeClock
) -> None:
    browser = Browser(service.origin)
    for wait in (timedelta(0), 5 * HOUR, 2 * HOUR):
        clock.move(wait)
        channel.send(address_of(browser), a_message())

    first, second, third = (push.headers["authorization"] for push in service.to(browser))
    assert first == second != third
    assert float(str(claims_of(third)["exp"])) - float(str(claims_of(second)["exp"])) == 7 * 3600


def test_connections_are_kept_alive(channel: Waited, service: PushService) -> None:
    browser = Browser(service.origin)
    for _ in range(5):
        channel.send(address_of(browser), a_message())

    assert len(service.pushes) == 5
    assert service.connections == 1


@pytest.mark.parametrize(
    ("status", "headers", "outcome"),
    [
        (201, {}, Delivered()),
        (202, {}, Delivered()),
        (404, {}, Gone("answered 404")),
        (410, {}, Gone("answered 410")),
        (400, {}, Dead("answered 400")),
        (401, {}, Broken("answered 401 to our signature")),
        (403, {}, Broken("answered 403 to our signature")),
        (413, {}, Dead("answered 413")),
        (307, {"Location": "https://example.org/"}, Dead("answered 307")),
        (429, {"Retry-After": "120"}, Retry("answered 429", timedelta(minutes=2))),
        (503, {}, Retry("answered 503")),
        (500, {"Retry-After": "Mon, 02 Mar 2026 12:05:00 GMT"}, Retry("answered 500", timedelta(minutes=5))),
    ],
)
def test_every_answer_has_its_meaning(
    channel: Waited, service: PushService, *, status: int, headers: dict[str, str], outcome: SendResult
) -> None:
    service.answer = lambda _: (status, headers)

    assert channel.send(address_of(Browser(service.origin)), a_message()) == outcome
    assert len(service.pushes) == 1  # no redirect was followed, nothing was tried twice


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (None, None),
        ("", None),
        ("-5", None),
        ("soon", None),
        ("0", timedelta(0)),
        ("86400", HOUR),
        ("9" * 400, HOUR),
        ("Mon, 02 Mar 2026 11:00:00 GMT", timedelta(0)),
        ("Tue, 03 Mar 2026 12:00:00 GMT", HOUR),
        ("Mon, 02 Mar 2026 12:00:30 -0000", timedelta(seconds=30)),
    ],
)
def test_retry_after_is_believed_within_bounds(said: str | None, meant: timedelta | None) -> None:
    assert wait_of(said, now=NOW) == meant


def test_a_request_timeout_is_tried_again() -> None:
    assert outcome_of(408, None, now=NOW) == Retry("answered 408")


def test_names_of_headers_are_read_in_any_case(channel: Waited, service: PushService) -> None:
    service.answer = lambda _: (429, {"retry-after": "7"})

    outcome = channel.send(address_of(Browser(service.origin)), a_message())

    assert outcome == Retry("answered 429", timedelta(seconds=7))


def test_a_connection_the_other_side_has_closed_is_not_used_again(
    channel: Waited, service: PushService
) -> None:
    browser = Browser(service.origin)
    service.answer = lambda _: (201, {"Connection": "close"})

    assert [channel.send(address_of(browser), a_message()) for _ in range(3)] == [Delivered()] * 3
    assert service.connections == 3


def test_no_answer_at_all_is_tried_again(channel: Waited, service: PushService) -> None:
    def drop(_: Push) -> tuple[int, dict[str, str]]:
        raise Dropped

    service.answer = drop
    outcome = channel.send(address_of(Browser(service.origin)), a_message())

    assert outcome == Retry("ServerDisconnectedError")


def test_connections_are_kept_and_used_again_for_their_origin_only() -> None:
    http = Waited(PublicHttpClient(loopback=True))
    with push_service() as first, push_service() as second:
        for origin in (first.origin, second.origin, first.origin, first.origin):
            http.post(f"{origin}/1?a=b", data=b"", headers={}, within_s=2.0)
        paths = [push.path for push in first.pushes + second.pushes]
        seen = (first.connections, second.connections)
    http.close()

    assert seen == (1, 1)
    assert set(paths) == {"/1?a=b"}


def test_a_server_is_spoken_to_only_if_somebody_vouches_for_its_certificate(tmp_path: Path) -> None:
    ours, trusted = certificate(tmp_path)
    believing = Waited(PublicHttpClient(loopback=True, trusted=trusted))
    doubting = Waited(PublicHttpClient(loopback=True))
    with push_service(tls=ours) as service:
        with pytest.raises(NoResponse, match="SSLCertVerificationError"):
            doubting.post(f"{service.origin}/1", data=b"secret", headers={}, within_s=4.0)
        for _ in range(2):
            answer = believing.post(f"{service.origin}/2", data=b"hello", headers={}, within_s=4.0)
            assert answer.status_code == 201
        believing.close()
    doubting.close()

    assert [(push.path, push.body) for push in service.pushes] == [("/2", b"hello")] * 2
    assert service.connections == 1


def test_nobody_there_is_tried_again(channel: Waited) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        browser = Browser(f"http://127.0.0.1:{free.getsockname()[1]}")

        assert channel.send(address_of(browser), a_message()) == Retry("ConnectionRefusedError")


def test_an_answer_that_goes_on_costs_its_connection_only(channel: Waited, service: PushService) -> None:
    service.answer = lambda _: (201, {"Content-Length": "500000"})
    browser = Browser(service.origin)

    assert [channel.send(address_of(browser), a_message()) for _ in range(2)] == [Delivered()] * 2
    assert service.connections == 2


def test_an_answer_whose_body_breaks_off_is_an_answer() -> None:
    http = Waited(PublicHttpClient(loopback=True))
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: 7\r\n\r\ntak")

        answering = threading.Thread(target=answer)
        answering.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        status = http.post(url, data=b"", headers={}, within_s=5.0).status_code
        answering.join()
    http.close()

    assert status == 201


def test_an_answer_with_a_long_header_is_an_answer(channel: Waited, service: PushService) -> None:
    service.answer = lambda _: (201, {"Content-Security-Policy": "x" * 20_000})

    assert channel.send(address_of(Browser(service.origin)), a_message()) == Delivered()


def test_an_address_off_the_list_is_not_sent_to(channel: Waited) -> None:
    outcome = channel.send(address_of(Browser("https://push.example.org")), a_message())

    assert isinstance(outcome, Dead)
    assert "not a push service" in outcome.reason


def test_keys_that_cannot_be_used_end_the_message(channel: Waited, service: PushService) -> None:
    browser = Browser(service.origin)

    outcome = channel.send(PushTarget(browser.endpoint, "A" * 87, browser.auth), a_message())

    assert outcome == Dead("unusable keys: ValueError")
    assert service.pushes == []


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_peer_that_is_not_public_is_not_even_connected_to(host: str, scheme: str) -> None:
    http = Waited(PublicHttpClient(loopback=False))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"{scheme}://{host}:{listener.getsockname()[1]}/"
        with pytest.raises(AddressRefused, match="not public"):
            http.post(url, data=b"secret", headers={}, within_s=2.0)
        listener.setblocking(False)
        with pytest.raises(BlockingIOError):
            listener.accept()
    http.close()


def test_the_payload_has_no_room_for_words() -> None:
    assert Payload.__annotations__ == {
        "kind": MessageKind,
        "id": UUID,
        "language": Language,
        "discreet": bool,
    }


@pytest.mark.parametrize(
    ("lives", "ttl_s"),
    [(timedelta(hours=24), 86400), (timedelta(0), 0), (-HOUR, 0), (timedelta(days=90), LONGEST_TTL_S)],
)
def test_a_push_service_keeps_a_message_as_long_as_it_matters(lives: timedelta, ttl_s: int) -> None:
    claimed = ClaimedMessage(
        id=uuid4(),
        kind=MessageKind.CHECK_IN,
        channel="web_push",
        site_id=uuid4(),
        recipient_id=uuid4(),
        topic="t",
        created_at=NOW,
        expires_at=NOW + lives,
        attempts=1,
        alert_id=None,
        tier=None,
        target=None,
        lost=None,
        patient=None,
    )
    message = compose(claimed, link=link_maker(Settings()), now=NOW)

    assert message.ttl_s == ttl_s
    assert message.urgency is Urgency.NORMAL
