"""Validates addresses: https, port 443, a known push service or any public machine."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from api.domain.errors import AddressRefused

LONGEST = 2000
LONGEST_HOST = 253
"""Characters of a name in the DNS (RFC 1035, section 2.3.4)."""
_URL = re.compile(r"[A-Za-z0-9._~:/?\[\]@!$&'()*+,;=%-]+")
"""Characters of a URL (RFC 3986) without a fragment; parsers disagree about others."""
_NAME = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+(?=[a-z0-9-]*[a-z])[a-z0-9-]{2,63}")
"""A lower-case host of two or more labels, the last of which is not a number."""
_NAT64 = IPv6Address("64:ff9b::")
_UNICAST = IPv6Network("2000::/3")
"""The global unicast range of IPv6 (IANA); Python treats more addresses as global."""


@dataclass(frozen=True, slots=True)
class PushServices:
    """The allowed hosts of push services; `*.` stands for one or more labels."""

    hosts: tuple[str, ...]
    loopback: bool = False
    """For tests: also this machine, by http or https, on any port."""


@dataclass(frozen=True, slots=True)
class HttpsDestination:
    """The origin and host of an accepted address."""

    origin: str
    host: str
    is_loopback: bool = False


def target_of(endpoint: str, services: PushServices) -> HttpsDestination:
    """Return the destination of ``endpoint``.

    Raises:
        AddressRefused: It is not the https address, on the usual port, of a push service on the list.

    >>> services = PushServices(("*.push.apple.com",))
    >>> target_of("https://api.push.apple.com/3/device/x", services).origin
    'https://api.push.apple.com'
    """
    target = _target(endpoint, loopback=services.loopback)
    if not target.is_loopback and not any(_matches(target.host, pattern) for pattern in services.hosts):
        raise _refused("its host is not a push service this site allows")
    if not target.is_loopback and not _NAME.fullmatch(target.host):
        raise _refused("its host is no name of a machine")
    return target


def webhook_of(url: str, *, loopback: bool = False) -> HttpsDestination:
    """Return the destination of a webhook: any host name; its IP address is checked on connecting.

    Raises:
        AddressRefused: It is not an https address on the usual port, or names a machine by its number.

    >>> webhook_of("https://pager.example.org/in?team=1").origin
    'https://pager.example.org'
    """
    target = _target(url, loopback=loopback)
    if not target.is_loopback and not _NAME.fullmatch(target.host):
        raise _refused("its host is not a full name, such as pager.example.org")
    return target


def service_of(endpoint: str) -> str:
    """Return the push service of an endpoint: the last two labels of its host.

    >>> service_of("https://wns2-par02p.notify.windows.com/w/?token=x"), service_of("https://web.push.apple.com/Q")
    ('windows.com', 'apple.com')
    """
    return ".".join((urlsplit(endpoint).hostname or "").split(".")[-2:])


def check_public(addresses: Iterable[str]) -> None:
    """Accept addresses of public machines only.

    Raises:
        AddressRefused: One of the IP addresses is private, local, or otherwise not public.
    """
    if not all(is_public(address) for address in addresses):
        raise _refused("its host leads to an address that is not public")


def is_public(address: str) -> bool:
    """Return whether an IP address is public, including IPv4 addresses embedded in IPv6.

    >>> [is_public(a) for a in ("142.250.74.106", "10.0.0.1", "::ffff:10.0.0.1", "169.254.169.254")]
    [True, False, False, False]
    """
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        inner = _carried(found)
        if inner is None:
            return found in _UNICAST and found.is_global
        found = inner
    return found.is_global and not found.is_multicast


def is_loopback(host: str) -> bool:
    """Return whether a host or IP address is this machine."""
    return host in {"localhost", "127.0.0.1", "::1"}


def _carried(address: IPv6Address) -> IPv4Address | None:
    if int(address) >> 32 == int(_NAT64) >> 32:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)


def _target(url: str, *, loopback: bool) -> HttpsDestination:
    if len(url) > LONGEST or not _URL.fullmatch(url):
        raise _refused("it is not a URL, or longer than 2000 characters")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise _refused("it is not a URL") from error
    if "@" in parts.netloc:
        raise _refused("it names a user")
    if loopback and parts.scheme in {"http", "https"} and is_loopback(host):
        return HttpsDestination(f"{parts.scheme}://{parts.netloc}", host, is_loopback=True)
    if parts.scheme != "https":
        raise _refused("only https is allowed")
    if port not in {None, 443}:
        raise _refused("only port 443 is allowed")
    if len(host) > LONGEST_HOST:
        raise _refused("its host is longer than 253 characters")
    return HttpsDestination(f"https://{host}", host)


def _matches(host: str, pattern: str) -> bool:
    if pattern.startswith("*."):
        return host.endswith(pattern[1:]) and len(host) > len(pattern) - 1
    return host == pattern


def _refused(why: str) -> AddressRefused:
    return AddressRefused(f"the address is refused: {why}", {"endpoint": why})
