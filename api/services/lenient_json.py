"""Parses JSON bodies of patients' phones leniently, so that one invalid item is rejected alone.

Violations of RFC 8259 within one item (half of a surrogate pair, ``NaN``, an endless number, a
repeated member, a control character in a text, bytes that are no UTF-8) become values that the
parser of entries rejects. Only a body whose structure cannot be parsed is refused as a whole.
"""

import json
import re
import zlib
from typing import Any

from api.domain.entries.safety_statements import FLAGS_FIELD, WISH_FIELD, stated_in_text
from api.domain.json_values import object_of

MAX_DEPTH = 64
"""The deepest nesting; deeper values are replaced by one that no field accepts."""

MAX_DIGITS = 300
"""The most digits of a whole number; a longer one becomes infinity and is rejected."""

MAX_UNPACKED = 1_000_000
"""The most bytes of a compressed body that are searched for safety statements."""

_GZIP, _BOM = b"\x1f\x8b", b"\xef\xbb\xbf"
_TOKENS = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)
"""Strings and brackets. A string may be unterminated; otherwise each quote in it would be tried as
a start, in a time quadratic in its length."""


class UnreadableBody(ValueError):
    """The body is no JSON; the message has position and reason, for the client's developer."""

    def __init__(self, words: str, *, is_other_media: bool = False) -> None:
        """Keep the reason, and whether the body is of another kind (compressed, not UTF-8)."""
        super().__init__(words)
        self.is_other_media = is_other_media


def read_lenient(body: bytes, *, encoding: str = "") -> Any:
    """Return the value of a JSON body; ``encoding`` is its ``Content-Encoding``.

    Raises:
        UnreadableBody: It cannot be parsed.
    """
    refuse_other_media(body, encoding)
    text = body.decode("utf-8", errors="surrogateescape")
    try:
        return _loads(text)
    except json.JSONDecodeError as error:
        line = f"line {error.lineno}, " if "\n" in text.strip() else ""
        raise UnreadableBody(f"no JSON: {error.msg}, at {line}column {error.colno}") from error
    except RecursionError:
        pass
    try:
        return _loads(_cut(text))
    except (ValueError, RecursionError) as error:
        raise UnreadableBody("it is nested too deeply") from error


def refuse_other_media(body: bytes, encoding: str) -> None:
    """Raise for a body that is not plain JSON in UTF-8, with what to send instead.

    Raises:
        UnreadableBody: It is compressed, begins with a byte order mark, or is UTF-16 or UTF-32.
    """
    if encoding.strip().lower() not in {"", "identity"}:
        raise UnreadableBody(
            f"Content-Encoding {encoding[:40]!r} is not read; send the body as it is", is_other_media=True
        )
    if body.startswith(_GZIP):
        raise UnreadableBody("the body is gzip; send it uncompressed", is_other_media=True)
    if body.startswith(_BOM):
        raise UnreadableBody("the body begins with a byte order mark, at byte 1; send UTF-8 without one")
    if body[:2] in {b"\xff\xfe", b"\xfe\xff"} or b"\x00" in body[:4]:
        raise UnreadableBody("the body is UTF-16 or UTF-32; send JSON in UTF-8", is_other_media=True)


def text_to_search(body: bytes, *, encoding: str = "") -> str:
    """Return the text of any body, as far as it can be decoded, to search for safety statements."""
    if body.startswith(_GZIP) or encoding.strip().lower() in {"gzip", "x-gzip", "deflate"}:
        body = _unpacked(body)
    if body[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        wide = "utf-32" if body[:4] in {b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff"} else "utf-16"
        return body.decode(wide, errors="replace")
    return body.decode("utf-8", errors="replace").replace("\x00", "")


def _unpacked(body: bytes) -> bytes:
    try:
        return zlib.decompressobj(wbits=47).decompress(body, MAX_UNPACKED)
    except zlib.error:
        return body


def _loads(text: str) -> Any:
    return json.loads(text, strict=False, object_pairs_hook=object_of, parse_int=_whole)


def _whole(digits: str) -> int | float:
    return int(digits) if len(digits) <= MAX_DIGITS else float(digits)


def _cut(text: str) -> str:
    """Replace values nested deeper than ``MAX_DEPTH``, but keep their safety statements."""
    kept: list[str] = []
    depth = begin = done = 0
    for found in _TOKENS.finditer(text):
        token = found.group()
        if token in {"[", "{"}:
            depth += 1
            begin = found.start() if depth == MAX_DEPTH + 1 else begin
        elif token in {"]", "}"}:
            depth -= 1
            if depth == MAX_DEPTH:
                kept += [text[done:begin], _stand_in(text[begin : found.end()])]
                done = found.end()
    return "".join([*kept, text[done:]])


def _stand_in(deep: str) -> str:
    stated = stated_in_text(deep)
    stated_fields = {FLAGS_FIELD: list(stated.red_flags), WISH_FIELD: stated.wants_to_stop or None}
    return json.dumps({"nested_too_deeply": True, **stated_fields})
