"""Input files of the commands: paths, pipes, standard input; gzip and byte order marks are recognised."""

import gzip
import os
import shutil
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager, nullcontext
from io import BufferedReader, TextIOWrapper
from pathlib import Path
from typing import BinaryIO, TypeAlias
from weakref import finalize

from api.services.files.atomic_output import UnusableFile

STANDARD_INPUT = "-"
_HEAD = 512
_NULS = 8
"""NULs among the first 512 bytes above which a file is not text."""

_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"
_ENCODINGS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_NOT_TEXT = (
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls): save it as 'CSV UTF-8'"),
    (b"PAR1", "a Parquet file: write it as CSV"),
    (b"SQLite format 3\x00", "a SQLite database: export the table as CSV"),
    (b"%PDF", "a PDF: export the data as CSV"),
    (b"BZh", "compressed with bzip2: unpack it first, or use gzip"),
    (b"\xfd7zXZ", "compressed with xz: unpack it first, or use gzip"),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd: unpack it first, or use gzip"),
    (b"RDX", "R data: write it with write.csv(…, row.names = FALSE)"),
    (b"X\n", "R data: write it with write.csv(…, row.names = FALSE)"),
    (b"<", "a page of HTML or XML: export the data as CSV"),
    (b"{", "JSON: write it as CSV"),
    (b"[", "JSON: write it as CSV"),
)


class Input:
    """A file that can be read repeatedly; a pipe is kept in a temporary file."""

    def __init__(self, path: Path) -> None:
        """Keep the path; "-" is standard input."""
        self.path = path
        self.is_standard_input = str(path) == STANDARD_INPUT
        self._spooled: BinaryIO | None = None

    @property
    def name(self) -> str:
        """The name for messages and rejects, without its folder."""
        return "standard input" if self.is_standard_input else self.path.name

    def __str__(self) -> str:
        """Return the path as given."""
        return "standard input" if self.is_standard_input else str(self.path)

    def open(self) -> BufferedReader:
        """Open it at its beginning.

        Raises:
            UnusableFile: It cannot be read.
        """
        try:
            if not self.is_standard_input and (self.path.is_file() or self.path.is_dir()):
                return self.path.open("rb")
            if self._spooled is None:
                self._spooled = self._spool()
            self._spooled.seek(0)
            return os.fdopen(os.dup(self._spooled.fileno()), "rb")
        except OSError as error:
            raise UnusableFile(f"{self}: cannot be read: {error.strerror}") from error

    def resolve(self) -> Path:
        """Return the path without links, to compare it with others."""
        return Path("/dev/stdin") if self.is_standard_input else self.path.resolve()

    def read_bytes(self, most: int) -> bytes:
        """Return its content, cut after ``most`` bytes.

        Raises:
            UnusableFile: It cannot be read.
        """
        with self.open() as file:
            return file.read(most)

    def _spool(self) -> BinaryIO:
        with nullcontext(sys.stdin.buffer) if self.is_standard_input else self.path.open("rb") as file:
            spooled: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the input
            finalize(self, spooled.close)
            shutil.copyfileobj(file, spooled)
        spooled.flush()
        return spooled


AnyInput: TypeAlias = Path | Input


def as_input(source: AnyInput) -> Input:
    """Return an input unchanged, or the input of a path."""
    return source if isinstance(source, Input) else Input(source)


@contextmanager
def open_lines(source: Input) -> Iterator[Iterator[str]]:
    r"""Open a text file and yield its lines, each with its line end (\n, \r or \r\n).

    Text is UTF-8 without another byte order mark. Bytes that are not UTF-8 become lone surrogates, so
    that they affect only their own line. Gzip is unpacked.

    Raises:
        UnusableFile: It cannot be read, or is not text; the message names its format.
    """
    with source.open() as raw:
        packed = raw.peek(_HEAD)[:2] == _GZIP
        with gzip.open(raw) if packed else raw as file:
            lines = _decoded(source, file)
            try:
                yield lines
            finally:
                lines.close()


def _decoded(source: Input, file: gzip.GzipFile | BufferedReader) -> Generator[str]:
    """Yield the lines; errors name the file."""
    try:
        head = file.peek(_HEAD)[:_HEAD]
        _refuse_no_text(source, head)
        encoding = next((name for mark, name in _ENCODINGS if head.startswith(mark)), "utf-8-sig")
        errors = "surrogateescape" if encoding == "utf-8-sig" else "strict"
        with TextIOWrapper(file, encoding=encoding, errors=errors, newline="") as text:
            yield from text
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UnusableFile(f"{source}: the gzip file is damaged or cut off: {error}") from error
    except UnicodeDecodeError as error:
        raise UnusableFile(f"{source}: is damaged or cut off: not whole {error.encoding} text") from error
    except OSError as error:
        raise UnusableFile(f"{source}: cannot be read: {error.strerror}") from error


def _refuse_no_text(source: Input, head: bytes) -> None:
    if head.startswith(_ZIP):
        raise UnusableFile(f"{source}: is {_zip_kind(source)}")
    for mark, words in _NOT_TEXT:
        if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(mark) or head.startswith(mark):
            raise UnusableFile(f"{source}: is {words}")
    pairs = head[: len(head) // 2 * 2]
    marked = any(head.startswith(mark) for mark, _ in _ENCODINGS)
    if pairs and not marked and (not any(pairs[1::2]) or not any(pairs[::2])):
        raise UnusableFile(f"{source}: is UTF-16 without a byte order mark: save it as UTF-8")
    if not marked and head.count(0) > _NULS:
        raise UnusableFile(f"{source}: is not text: save the table as 'CSV UTF-8'")


def _zip_kind(source: Input) -> str:
    try:
        with source.open() as file, zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError):
        names = set()
    if "xl/workbook.xml" in names or "xl/workbook.bin" in names:
        return "an Excel workbook (.xlsx), not CSV: in Excel save it as 'CSV UTF-8 (comma delimited)'"
    if "mimetype" in names:
        return "an OpenDocument spreadsheet, not CSV: save it as 'Text CSV' in UTF-8"
    return "a zip archive: unpack it first, or use gzip"
