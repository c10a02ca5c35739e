"""Layout of a CSV file: delimiter, columns and records."""

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from io import StringIO
from unicodedata import normalize

from api.services.files.atomic_output import UnusableFile

_DELIMITERS = (",", ";", "\t", "|")
_SEP = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
_BETWEEN_WORDS = re.compile(r"[\s._-]+")
_ALIKE = 0.8
_SHOWN = 60
_MOST_LINES = 50
"""Lines that a quoted field may span; a quote open for longer affects only its own line."""

Record = tuple[int, str, list[str] | Exception]


@dataclass(frozen=True, slots=True)
class CsvLayout:
    """Layout of the rows of a file.

    Attributes:
        delimiter: The delimiter.
        columns: The known columns, in the order of the file.
        indices: Their indices among all fields.
        width: Number of fields.
        unnamed: Indices of fields without a name.
        ignored: Names of unknown columns.
    """

    delimiter: str
    columns: list[str]
    indices: list[int]
    width: int
    unnamed: list[int]
    ignored: list[str]

    @property
    def is_plain(self) -> bool:
        """True if every field is a known column."""
        return len(self.columns) == self.width


def split_record(line: str, delimiter: str = ",") -> list[str]:
    """Return the fields of one record of CSV.

    Raises:
        csv.Error: The quotes do not match, or a field that is not quoted holds one.
        UnicodeEncodeError: The line is not UTF-8.

    >>> split_record('P1,"2026-03-01T08:00:00Z",5')
    ['P1', '2026-03-01T08:00:00Z', '5']
    """
    if not line.isascii():
        line.encode()  # raises for surrogates of surrogateescape
    text = line.rstrip("\r\n")
    if '"' not in text:
        return text.split(delimiter)
    fields = next(csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True))
    if _well_formed(delimiter).fullmatch(text) is None:
        raise csv.Error("a quotation mark inside a field that does not begin with one")
    return fields


def describe_error(error: Exception | None) -> str:
    """Return the reason why a line cannot be read."""
    if isinstance(error, UnicodeEncodeError):
        byte = ord(error.object[error.start]) & 0xFF
        return f"byte 0x{byte:02x} is not UTF-8: save the file as 'CSV UTF-8'"
    return str(error)


def read_records(lines: Iterator[tuple[int, str]], delimiter: str) -> Iterator[Record]:
    """Yield line number, text and fields of every record that is not blank, or its error.

    A quoted field may hold line breaks. A quote that is never closed affects its own line, not the
    rest of the file.
    """
    waiting: deque[tuple[int, str]] = deque()
    empty = f" \t\r\n{delimiter}"
    while True:
        if waiting:
            number, line = waiting.popleft()
        elif (read := next(lines, None)) is not None:
            number, line = read
        else:
            return
        if not line.strip(empty):
            continue
        quotes = '"' in line
        if quotes and line.count('"') % 2:
            line = _joined(line, lines=lines, waiting=waiting, delimiter=delimiter)
        try:
            fields = split_record(line, delimiter)
        except (csv.Error, UnicodeEncodeError) as error:
            yield number, line, error
            continue
        if quotes and not any(field.strip() for field in fields):
            continue
        yield number, line, fields


def _joined(
    line: str, *, lines: Iterator[tuple[int, str]], waiting: deque[tuple[int, str]], delimiter: str
) -> str:
    """Return the line with the following lines of its open quote; alone if they form no record."""
    ahead: list[tuple[int, str]] = []
    while len(ahead) < _MOST_LINES:
        following = waiting.popleft() if waiting else next(lines, None)
        if following is None:
            break
        ahead.append(following)
        if following[1].count('"') % 2:
            joined = line + "".join(text for _, text in ahead)
            try:
                split_record(joined, delimiter)
            except (csv.Error, UnicodeEncodeError):
                break
            return joined
    waiting.extendleft(reversed(ahead))
    return line


def separator_line(line: str) -> str | None:
    """Return the delimiter of a first line such as ``sep=;``, which Excel reads and writes; else None."""
    found = _SEP.fullmatch(line)
    return found[1] if found else None


def find_layout(
    file: str, header: str, *, required: tuple[str, ...], optional: tuple[str, ...], delimiter: str | None
) -> CsvLayout:
    """Return the layout of a header.

    The delimiter is the one that gives the most known columns. Names may be in capitals, with blanks,
    points or hyphens between words. An unknown column is not read. One that resembles a known column
    is an error.

    Raises:
        UnusableFile: A column is missing, mistyped or named twice, or the header cannot be read.
    """
    known = required + optional
    tried = (delimiter,) if delimiter else _DELIMITERS
    splits, unreadable = _splits(header, tried)
    if not splits:
        raise UnusableFile(f"{file}: the header cannot be read: {describe_error(unreadable)}")
    best = max(splits, key=lambda each: len(set(known) & set(splits[each])))
    names = splits[best]
    problems = _problems(names, required, known)
    if problems:
        raise UnusableFile(f"{file}: {'; '.join(problems)}; the columns are {', '.join(known)}")
    indices = [index for index, name in enumerate(names) if name in known]
    return CsvLayout(
        delimiter=best,
        columns=[names[index] for index in indices],
        indices=indices,
        width=len(names),
        unnamed=[index for index, name in enumerate(names) if not name and index],
        ignored=[name for name in names if name and name not in known],
    )


def _splits(header: str, delimiters: Iterable[str]) -> tuple[dict[str, list[str]], Exception | None]:
    """Return the names by each delimiter, and the last error of a delimiter without names."""
    splits, unreadable = {}, None
    for each in delimiters:
        try:
            splits[each] = _names(header, each)
        except (csv.Error, UnicodeEncodeError) as error:
            unreadable = error
    return splits, unreadable


def _names(header: str, delimiter: str) -> list[str]:
    return [
        _BETWEEN_WORDS.sub("_", normalize("NFKC", name).strip().casefold())
        for name in split_record(header, delimiter)
    ]


def _problems(names: list[str], required: tuple[str, ...], known: tuple[str, ...]) -> list[str]:
    if not set(known) & set(names):
        return [f"the first line names no column: {','.join(names)[:_SHOWN]!r}"]
    problems = [f"column {name!r} is missing" for name in required if name not in names]
    absent = [name for name in known if name not in names]
    for name in names:
        if not name or name in known:
            continue
        meant = get_close_matches(name, absent, n=1, cutoff=_ALIKE) or [
            each for each in absent if name.startswith(each)
        ]
        if meant:
            problems.append(f"column {name!r} is not known; is {meant[0]!r} meant?")
    problems += [f"column {name!r} is named twice" for name in known if names.count(name) > 1]
    return problems


@cache
def _well_formed(delimiter: str) -> re.Pattern[str]:
    mark = re.escape(delimiter)
    field = f'(?:"(?:[^"]|"")*+"|[^"{mark}]*+)'
    return re.compile(f"{field}(?:{mark}{field})*+", re.DOTALL)
