"""Opaque cursors: where the next page of a list begins, in a form no client takes apart."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from api.domain.errors import InvalidCursor

LONGEST = 1000
LARGEST = 2**63 - 1  # what a table's whole number can hold
MAX_POSITION = 2**31 - 1  # positions in change feeds are four-byte integers


def encode(*parts: str | int) -> str:
    """Return the cursor of ``parts``, the keys of the last item of a page (never its content).

    >>> decode(encode("2026-03-02", 7), 2)
    ['2026-03-02', 7]
    """
    text = json.dumps(parts, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(text: str, n: int) -> list[str | int]:
    """Return the ``n`` parts of a cursor.

    Raises:
        InvalidCursor: This server never made it.

    >>> decode("once upon a time", 1)
    Traceback (most recent call last):
    api.domain.errors.InvalidCursor: start again without a cursor
    """
    try:
        parts = json.loads(_bytes_of(text))
    except (ValueError, binascii.Error, RecursionError) as error:
        raise _invalid_cursor() from error
    if not isinstance(parts, list) or len(parts) != n or not all(map(_is_key, parts)):
        raise _invalid_cursor()
    return parts


def decode_as(text: str, *kinds: Callable[[Any], Any]) -> Sequence[Any]:
    """Return the parts of a cursor, each read by its own kind, such as ``UUID``.

    Raises:
        InvalidCursor: This server never made it.

    >>> from uuid import UUID
    >>> decode_as(encode(3, "12345678-1234-5678-1234-567812345678"), int, UUID)
    [3, UUID('12345678-1234-5678-1234-567812345678')]
    """
    parts = decode(text, len(kinds))
    try:
        return [kind(part) for kind, part in zip(kinds, parts, strict=True)]
    except (ValueError, TypeError, AttributeError, OverflowError) as error:
        raise _invalid_cursor() from error


def moment(part: str) -> datetime:
    """Return the moment in a part of a cursor, in UTC, for `decode_as`.

    Raises:
        ValueError: It has no offset from UTC.
        OverflowError: In UTC it is before the first year or after the last.

    >>> moment("2026-03-02T12:00:00+01:00").isoformat()
    '2026-03-02T11:00:00+00:00'
    """
    found = datetime.fromisoformat(part)
    if found.tzinfo is None:
        raise ValueError("a moment needs its offset")
    return found.astimezone(UTC)


def number(part: int) -> int:
    """Return the position in a list from a part of a cursor, for `decode_as`.

    Raises:
        OverflowError: PostgreSQL stores positions in four bytes.
    """
    found = int(part)
    if abs(found) > MAX_POSITION:
        raise OverflowError("larger than any position")
    return found


def _invalid_cursor() -> InvalidCursor:
    return InvalidCursor("start again without a cursor")


def _bytes_of(text: str) -> bytes:
    if len(text) > LONGEST:
        raise ValueError("longer than any cursor")
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _is_key(part: object) -> bool:
    if isinstance(part, str):
        return "\0" not in part and part.isprintable()
    return isinstance(part, int) and not isinstance(part, bool) and abs(part) <= LARGEST
