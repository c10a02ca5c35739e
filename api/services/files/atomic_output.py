"""Atomic output: files that appear under their name only when complete."""

import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

STANDARD_OUTPUT = "-"


class UnusableFile(Exception):
    """A file cannot be read or written, or has other columns than required."""


def refuse_same_paths(paths: Iterable[Path]) -> None:
    """Raise where a path without links is named twice.

    Raises:
        UnusableFile: Two files of a command are the same.
    """
    twice = [str(path) for path, times in Counter(paths).items() if times > 1]
    if twice:
        raise UnusableFile(f"{', '.join(twice)}: named for two purposes; each file needs its own path")


@contextmanager
def write_whole(path: Path, *, new: bool = False) -> Iterator[TextIO]:
    """Open a text file for writing that replaces ``path`` when closed without an exception.

    Until then the previous file stays in place. "-" is standard output. Pipes, terminals and other
    special files are written to directly.

    Args:
        path: The output.
        new: Fail if the file exists by the end, and leave it unchanged.

    Raises:
        UnusableFile: It cannot be written.
        BrokenPipeError: The reader of the pipe has gone.
    """
    if str(path) == STANDARD_OUTPUT:
        yield sys.stdout
        sys.stdout.flush()
        return
    ordinary = path.is_file() or not path.exists()
    target = path.resolve() if ordinary else path  # a link keeps its target
    part = target.with_name(f".{target.name}.{os.getpid()}.part") if ordinary else target
    try:
        with _File(path, part) as file:
            yield file
        if ordinary:
            with _naming(path):
                if new:
                    os.link(part, target)
                else:
                    part.replace(target)
    finally:
        if ordinary:
            part.unlink(missing_ok=True)


class _File(TextIOWrapper):
    """A file being written, whose errors name its path."""

    def __init__(self, path: Path, part: Path) -> None:
        self._path = path
        with _naming(path):
            super().__init__(part.open("wb"), encoding="utf-8", newline="")

    def write(self, text: str) -> int:
        with _naming(self._path):
            return super().write(text)

    def close(self) -> None:
        with _naming(self._path):
            super().close()


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise UnusableFile(f"{path}: cannot be written: {error.strerror}") from error
