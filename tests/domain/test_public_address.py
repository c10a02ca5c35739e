"""Push addresses that are accepted."""

import pytest

from api.domain.delivery.public_address import PushServices, check_public, is_public, target_of
from api.domain.errors import AddressRefused
from config.settings import PUSH_SERVICES

SERVICES = PushServices(PUSH_SERVICES)
IN_TESTS = PushServices(PUSH_SERVICES, loopback=True)


@pytest.mark.parametrize(
    ("endpoint", "origin"),
    [
        ("https://fcm.googleapis.com/fcm/send/abc:def", "https://fcm.googleapis.com"),
        ("https://fcm.googleapis.com:443/fcm/send/abc", "https://fcm.googleapis.com"),
        (
            "https://updates.push.services.mozilla.com/wpush/v2/abc",
            "https://updates.push.services.mozilla.com",
        ),
        ("https://wns2-db5p.notify.windows.com/w/?token=a%2fb", "https://wns2-db5p.notify.windows.com"),
        ("https://WEB.push.apple.com/QOa", "https://web.push.apple.com"),
        ("https://a.b.push.apple.com/x", "https://a.b.push.apple.com"),
    ],
)
def test_push_services_are_let_in(endpoint: str, origin: str) -> None:
    assert target_of(endpoint, SERVICES).origin == origin


@pytest.mark.parametrize(
    ("endpoint", "why"),
    [
        ("http://fcm.googleapis.com/x", "only https"),
        ("ftp://fcm.googleapis.com/x", "only https"),
        ("https://fcm.googleapis.com:8443/x", "only port 443"),
        ("https://fcm.googleapis.com:99999/x", "not a URL"),
        ("https://user:word@fcm.googleapis.com/x", "names a user"),
        ("https://fcm.googleapis.com@10.0.0.1/x", "names a user"),
        ("https://fcm.googleapis.com\\@10.0.0.1/x", "not a URL"),
        ("https://fcm.googleapis.com/x#y", "not a URL"),
        ("https://fcm.googleapis.com/\nx", "not a URL"),
        ("https://fcm.googleapis.com./x", "not a push service"),
        ("https://fcm.googleapis.com.evil.example/x", "not a push service"),
        ("https://evilpush.apple.com.example/x", "not a push service"),
        ("https://xpush.apple.com/x", "not a push service"),
        ("https://push.apple.com/x", "not a push service"),
        ("https://.push.apple.com/x", "not a push service"),
        ("https://169.254.169.254/latest/meta-data", "not a push service"),
        ("https://[::1]/x", "not a push service"),
        ("https://[::1/x", "not a URL"),
        ("https:///x", "not a push service"),
        ("https://a..push.apple.com/x", "no name of a machine"),
        ("https://-a.push.apple.com/x", "no name of a machine"),
        ("https://" + "a" * 64 + ".push.apple.com/x", "no name of a machine"),
        ("https://" + "a." * 130 + "push.apple.com/x", "longer than 253"),
        ("", "not a URL"),
        ("https://fcm.googleapis.com/" + "x" * 2000, "longer than 2000"),
    ],
)
def test_everything_else_is_refused_in_words(endpoint: str, why: str) -> None:
    with pytest.raises(AddressRefused, match=why) as refused:
        target_of(endpoint, SERVICES)
    assert why in (refused.value.problems or {})["endpoint"]


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:9000/x", "https://localhost:1/x", "http://[::1]:9/x"])
def test_this_machine_is_let_in_for_tests_only(endpoint: str) -> None:
    assert target_of(endpoint, IN_TESTS).is_loopback
    with pytest.raises(AddressRefused):
        target_of(endpoint, SERVICES)


@pytest.mark.parametrize(
    "endpoint", ["http://10.0.0.1/x", "http://127.0.0.1.example.org/x", "ftp://127.0.0.1/x"]
)
def test_tests_reach_no_further_than_this_machine(endpoint: str) -> None:
    with pytest.raises(AddressRefused):
        target_of(endpoint, IN_TESTS)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2607:f8b0:4004:800::200e", True),
        ("64:ff9b::808:808", True),  # 8.8.8.8 behind NAT64
        ("64:ff9b::a00:1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("127.0.0.1", False),
        ("0.0.0.0", False),  # noqa: S104 - an address, not a binding
        ("169.254.169.254", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:8.8.8.8", True),
        ("2002:0a00:0001::1", False),  # 6to4 of 10.0.0.1
        ("2a00:1450:4001:80b::200e", True),
        ("fec0::1", False),  # site-local, as old networks have it
        ("64:ff9b:1::a00:1", False),  # NAT64 with a network's own prefix, RFC 8215
        ("::ffff:0:10.0.0.1", False),  # IPv4-translated
        ("::10.0.0.1", False),  # IPv4-compatible
        ("5f00::1", False),
    ],
)
def test_public_addresses_are_told_from_the_others(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_one_private_address_among_public_ones_is_refused() -> None:
    check_public(["8.8.8.8"])
    with pytest.raises(AddressRefused, match="not public"):
        check_public(["8.8.8.8", "10.0.0.1"])
