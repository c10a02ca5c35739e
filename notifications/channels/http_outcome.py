"""Maps HTTP answers to the results of sending, and recognises push services that refuse this server."""

import re
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import urlsplit

from notifications.channels.results import Broken, Dead, Delivered, Gone, Retry, SendResult
from notifications.channels.ssrf_guard import HttpResponse

LONGEST_WAIT = timedelta(hours=1)
"""Upper limit of a Retry-After."""

_GONE = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}
_NEVER = {HTTPStatus.NOT_IMPLEMENTED, HTTPStatus.HTTP_VERSION_NOT_SUPPORTED}
_LATER = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}


LONGEST_HEADER = 64
"""Characters of a Retry-After that are read; a date takes 29."""


def outcome_of(status: int, retry_after: str | None, *, now: datetime) -> SendResult:
    """Return the result of an answer by its status.

    >>> now = datetime(2026, 3, 2, 12, tzinfo=UTC)
    >>> outcome_of(201, None, now=now), outcome_of(410, None, now=now)
    (Delivered(), Gone(reason='answered 410'))
    """
    reason = f"answered {status}"
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return Delivered()
    if status in _GONE:
        return Gone(reason)
    if status in _LATER or (status >= HTTPStatus.INTERNAL_SERVER_ERROR and status not in _NEVER):
        return Retry(reason, wait_of(retry_after, now=now))
    return Dead(reason)


def wait_of(retry_after: str | None, *, now: datetime) -> timedelta | None:
    """Return the wait that a Retry-After requests, in seconds or by a date; at most an hour.

    >>> now = datetime(2026, 3, 2, 12, tzinfo=UTC)
    >>> wait_of("120", now=now), wait_of("Mon, 02 Mar 2026 12:00:30 GMT", now=now), wait_of("soon", now=now)
    (datetime.timedelta(seconds=120), datetime.timedelta(seconds=30), None)
    """
    if retry_after is None:
        return None
    text = retry_after.strip()[:LONGEST_HEADER]
    if text.isascii() and text.isdecimal():
        return timedelta(seconds=min(int(text), LONGEST_WAIT.total_seconds()))
    try:
        until = parsedate_to_datetime(text)
        waits = (until if until.tzinfo else until.replace(tzinfo=UTC)) - now
    except (ValueError, OverflowError, TypeError, IndexError):  # not a date, or out of range
        return None
    return min(max(waits, timedelta(0)), LONGEST_WAIT)


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
        if _OTHER_KEY.search(answer.text):
            return Gone("subscribed with another key")
        self._in_a_row[host] += 1
        accepted_at = self._accepted_at.get(host)
        accepted_lately = accepted_at is not None and now - accepted_at < ACCEPTED_LATELY
        if accepted_lately and self._in_a_row[host] < REFUSALS_IN_A_ROW:
            return Dead(f"answered {answer.status_code}, to this address alone so far")
        return Broken(f"answered {answer.status_code} to our signature")


def _is_about_our_signature(answer: HttpResponse) -> bool:
    if answer.status_code in REFUSED:
        return True
    return answer.status_code == HTTPStatus.BAD_REQUEST and _SIGNATURE.search(answer.text) is not None
