"""Distinguishes push services that refuse this server from those that refuse one address."""

import re
from collections import defaultdict
from datetime import datetime, timedelta
from http import HTTPStatus
from urllib.parse import urlsplit

from notifications.channels.base import Broken, Dead, Delivered, Gone, SendResult
from notifications.channels.http_outcome import outcome_of
from notifications.channels.ssrf_guard import HttpResponse

REFUSED = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
"""Answers of a push service to a signature that it does not accept (RFC 8292, section 4.2)."""

_OTHER_KEY = re.compile(r"mismatch|not correspond", re.IGNORECASE)
"""Mozilla, Apple (``VapidPkHashMismatch``) and FCM: the address was made with another key of this server."""

_SIGNATURE = re.compile(r"vapid|jwt|subject|authorization|crypto-key", re.IGNORECASE)
"""Texts of a 400 about the signature, such as Apple's ``BadJwtToken``."""

ACCEPTED_LATELY = timedelta(minutes=10)
REFUSALS_IN_A_ROW = 3
"""Consecutive refusals after which a service that accepted pushes recently refuses this server."""


class Refusals:
    """Remembers when each push service last accepted a signature."""

    def __init__(self) -> None:
        """Start without any answers."""
        self._accepted_at: dict[str, datetime] = {}
        self._in_a_row: defaultdict[str, int] = defaultdict(int)

    def judge(self, endpoint: str, answer: HttpResponse, *, now: datetime) -> SendResult:
        """Return the result of an answer: for the message, its address, or the whole service."""
        host = urlsplit(endpoint).netloc
        ordinary = outcome_of(answer.status_code, answer.headers.get("Retry-After"), now=now)
        if isinstance(ordinary, Delivered):
            self._accepted_at[host] = now
            self._in_a_row.pop(host, None)
            return ordinary
        if not _is_about_our_signature(answer):
            return ordinary
        reason = f"answered {answer.status_code} to our signature"
        if _OTHER_KEY.search(answer.text):
            return Gone("subscribed with another key")
        self._in_a_row[host] += 1
        accepted_at = self._accepted_at.get(host)
        accepted_lately = accepted_at is not None and now - accepted_at < ACCEPTED_LATELY
        if accepted_lately and self._in_a_row[host] < REFUSALS_IN_A_ROW:
            return Dead(f"answered {answer.status_code}, to this address alone so far")
        return Broken(reason)


def _is_about_our_signature(answer: HttpResponse) -> bool:
    if answer.status_code in REFUSED:
        return True
    return answer.status_code == HTTPStatus.BAD_REQUEST and _SIGNATURE.search(answer.text) is not None
