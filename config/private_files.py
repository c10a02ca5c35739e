"""Files that nobody but their owner reads: the embedded database and secrets."""

import os
from contextlib import suppress
from pathlib import Path

OWNER_ONLY = 0o600
FOLDER_OF_OWNER = 0o700
OTHERS = 0o007


def make_private(path: Path) -> None:
    """Create a file that only its owner reads, with the folders above it; take others off one that is there.

    Rights of a group stay as an operator has set them, such as for a backup.
    """
    path.parent.mkdir(mode=FOLDER_OF_OWNER, parents=True, exist_ok=True)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, OWNER_ONLY))
        return
    shut_out_others(path)


def shut_out_others(path: Path) -> None:
    """Take the rights of others off a file, where it is there and ours."""
    with suppress(OSError):
        mode = path.stat().st_mode & 0o777
        if mode & OTHERS:
            path.chmod(mode & ~OTHERS)
