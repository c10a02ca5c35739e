"""Cells of CSV files by spreadsheets, pandas and R: read where unambiguous, otherwise rejected."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime

_BLANK = frozenset({"", "na", "n/a", "#n/a", "<na>", "nan", "nat", "null", "."})
"""Missing values in lower case: NA and NaN of R, <NA> and NaT of pandas, null of SQL, point of SAS."""

_NEVER = _BLANK | {"none", "never", "0000-00-00"}
"""Blank in a date column; as an answer, ``none`` could mean "no pain"."""

_YES = frozenset({"true", "1", "1.0", "yes", "t", "y", "wahr", "ja", "vrai", "oui", "verdadero", "sí", "si"})
_NO = frozenset({"false", "0", "0.0", "no", "f", "n", "falsch", "nein", "faux", "non", "falso"})

_NO_ID = frozenset({"NA", "N/A", "#N/A", "<NA>", "NaN", "nan", "NaT", "NULL", "null", "None", "."})
_LONGEST_ID = 200
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_SHOWN = 60

_MIDNIGHT = re.compile(r"(\d{4}-\d{2}-\d{2})[ Tt]00:00(?::00(?:\.0+)?)?(?:[Zz]|[+-]00:?00)?")
_YEAR = re.compile(r"(\d{4})(?:[.,]0+)?")
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+(?:[eE][+-]?\d+)?")
_ZONE_WORD = re.compile(r"\s*(?:UTC|GMT)$", re.IGNORECASE)
_ZONE_NAME = re.compile(r"(?<=[Zz\d])\[[\w/+-]+\]$")
_BEFORE_OFFSET = re.compile(r"\s+(?=[+-]\d{2}:?\d{2}$|[Zz]$)")

_DATE_HINTS = {
    r"\d{5}(?:\.0+)?": "; it looks like a spreadsheet's day number: format the column as YYYY-MM-DD",
    r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}": (
        "; the order of day and month is not certain here: format the column as YYYY-MM-DD"
    ),
}
_MOMENT_HINTS = {
    r"\d{5,13}(?:[.,]\d+)?": "; it looks like a number of days or seconds: write it out as ISO 8601",
    r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b.*": (
        "; the order of day and month is not certain here: write it out as ISO 8601"
    ),
}
_NUMBER_HINTS = {
    _DECIMAL_COMMA.pattern: "; with a decimal comma, separate the columns by semicolons, or write a point",
    r"#[A-Z/0!?]+[!?]?": "; it is an error of the spreadsheet",
}
"""Hints on cells, by a pattern of the whole cell."""


def is_blank(text: str) -> bool:
    """Return whether a cell is a missing value.

    >>> [is_blank(text) for text in ("", "NA", "NaN", "null", ".", "0", "no")]
    [True, True, True, True, True, False, False]
    """
    return text.casefold() in _BLANK


def read_id(text: str) -> str:
    """Return a patient's id, in Unicode's composed form (NFC), so that files of two systems match.

    Raises:
        ValueError: It is blank, a missing value, or holds invisible characters; with the reason.
    """
    name = text if text.isascii() else unicodedata.normalize("NFC", text)
    if not name:
        raise ValueError("is blank")
    if name in _NO_ID:
        raise ValueError(f"{name!r} stands for a missing value and is not taken for an id")
    if not name.isprintable():
        for character in name:
            if unicodedata.category(character) in _INVISIBLE:
                raise ValueError(_invisible(character))
    if len(name) > _LONGEST_ID:
        raise ValueError(f"is longer than {_LONGEST_ID} characters")
    return name


def read_date(text: str) -> date:
    """Return a date: ISO 8601, or that date at midnight, as pandas and R write it.

    Raises:
        ValueError: It is not a date; the message explains an ambiguous one.

    >>> read_date("2026-03-01 00:00:00")
    datetime.date(2026, 3, 1)
    """
    midnight = _MIDNIGHT.fullmatch(text)
    try:
        return date.fromisoformat(midnight[1] if midnight else text)
    except ValueError:
        pass
    raise ValueError(f"{quote_cell(text)} is not a date such as 2026-03-01{_hint(text, _DATE_HINTS)}")


def read_date_or_never(text: str) -> date | None:
    """Return a date, or None for an event that did not occur: blank, NA, null, never.

    Raises:
        ValueError: It is neither.
    """
    return None if text.casefold() in _NEVER else read_date(text)


def read_moment(text: str) -> datetime:
    """Return a moment with its offset: ISO 8601, also with ``z``, " UTC", or a blank before the offset.

    Raises:
        ValueError: It is not a moment, or has no offset.

    >>> read_moment("2026-03-01 08:30:00 +0100").isoformat()
    '2026-03-01T08:30:00+01:00'
    """
    moment = _moment(text) or _moment(_as_iso(text))
    if moment is None or moment.utcoffset() is None:
        wrong = f"{quote_cell(text)} is not a moment with an offset, such as 2026-03-01T08:30:00+01:00"
        no_offset = "; the offset is missing: add Z for UTC, or one such as +01:00"
        raise ValueError(f"{wrong}{no_offset if moment else _hint(text, _MOMENT_HINTS)}")
    return moment


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _as_iso(text: str) -> str:
    plain = _ZONE_WORD.sub("Z", _ZONE_NAME.sub("", text))
    return _BEFORE_OFFSET.sub("", plain).replace("z", "Z")


def read_yes_or_no(text: str) -> bool:
    """Return true or false for true, 1, 1.0, yes, TRUE, WAHR, VRAI, VERDADERO, and their opposites.

    Raises:
        ValueError: It is neither.
    """
    word = text.casefold()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise ValueError(f"{quote_cell(text)} is none of true, false, 1, 0, yes, no")


def read_year(text: str, earliest: int, latest: int) -> int:
    """Return a year of four digits, also as 1964.0.

    Raises:
        ValueError: It is not a year, or lies outside ``earliest`` to ``latest``.
    """
    found = _YEAR.fullmatch(text)
    if found is None or not text.isascii() or not earliest <= int(found[1]) <= latest:
        raise ValueError(f"{quote_cell(text)} is not a year in {earliest}..{latest}")
    return int(found[1])


def with_decimal_point(text: str) -> str:
    """Return a number with a decimal comma as one with a point, and other text unchanged.

    Only for files whose columns are not separated by commas.
    """
    return text.replace(",", ".") if _DECIMAL_COMMA.fullmatch(text.strip()) else text


def hint_on_number(text: str) -> str:
    """Return a hint on a cell that should be a number, to append to a message."""
    return _hint(text, _NUMBER_HINTS)


def quote_cell(text: str) -> str:
    """Return a cell for a message, truncated."""
    return repr(text[:_SHOWN])


def _hint(text: str, hints: Mapping[str, str]) -> str:
    return next((hint for pattern, hint in hints.items() if re.fullmatch(pattern, text)), "")


def _invisible(character: str) -> str:
    if character in "\r\n\u2028\u2029\x0b\x0c\x85":
        return "holds a line break"
    if character == "\0":
        return "holds a NUL character"
    return f"holds an invisible character (U+{ord(character):04X})"
