"""Maps HTTP answers to the results of sending."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from notifications.channels.base import Dead, Delivered, Gone, Retry, SendResult

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
