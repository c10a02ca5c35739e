"""Files that appear under their name only when they are complete."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from api.services.replay_files import UnusableFile


@contextmanager
def whole(path: Path) -> Iterator[TextIO]:
    """Open a text file for writing; whoever looks at ``path`` meanwhile sees what was there before.

    Left with an exception, nothing is written at all. What is no ordinary file (a pipe, a terminal)
    is written to directly.

    Raises:
        UnusableFile: It cannot be written.
    """
    target = path.resolve()  # a link goes on pointing to it
    ordinary = target.is_file() or not target.exists()
    part = target.with_name(f".{target.name}.{os.getpid()}.part") if ordinary else target
    try:
        file = part.open("w", encoding="utf-8", newline="")
    except OSError as error:
        raise UnusableFile(f"{path}: cannot be written: {error.strerror}") from error
    try:
        with file:
            yield file
        if ordinary:
            part.replace(target)
    except OSError as error:
        raise UnusableFile(f"{path}: cannot be written: {error.strerror}") from error
    finally:
        if ordinary:
            part.unlink(missing_ok=True)
