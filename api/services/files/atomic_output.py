"""Files that appear under their name only when they are complete."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

STANDARD_OUTPUT = "-"


class UnusableFile(Exception):
    """A file cannot be read or written at all, or its columns are not those of the contract."""


@contextmanager
def whole(path: Path, *, new: bool = False) -> Iterator[TextIO]:
    """Open a text file for writing; whoever looks at ``path`` meanwhile sees what was there before.

    Left with an exception, nothing is written at all. "-" is standard output; what is no ordinary file
    (a pipe, a terminal) is written to directly.

    Args:
        path: Where to.
        new: Whether a file that is there by the end is left alone, and refused.

    Raises:
        UnusableFile: It cannot be written.
        BrokenPipeError: Whoever read the pipe has gone.
    """
    if str(path) == STANDARD_OUTPUT:
        yield sys.stdout
        sys.stdout.flush()
        return
    ordinary = path.is_file() or not path.exists()
    target = path.resolve() if ordinary else path  # a link goes on pointing to it
    part = target.with_name(f".{target.name}.{os.getpid()}.part") if ordinary else target
    try:
        with _File(path, part) as file:
            yield file
        if ordinary:
            with _said_of(path):
                if new:
                    os.link(part, target)
                else:
                    part.replace(target)
    finally:
        if ordinary:
            part.unlink(missing_ok=True)


class _File(TextIOWrapper):
    """A file being written, which says which one it is where it cannot be."""

    def __init__(self, path: Path, part: Path) -> None:
        self._path = path
        with _said_of(path):
            super().__init__(part.open("wb"), encoding="utf-8", newline="")

    def write(self, text: str) -> int:
        with _said_of(self._path):
            return super().write(text)

    def close(self) -> None:
        with _said_of(self._path):
            super().close()


@contextmanager
def _said_of(path: Path) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise UnusableFile(f"{path}: cannot be written: {error.strerror}") from error
