"""Files readable by their owner only: the embedded database and secrets."""

import os
from contextlib import suppress
from pathlib import Path

OWNER_ONLY = 0o600
FOLDER_OF_OWNER = 0o700
OTHERS = 0o007


def make_private(path: Path) -> None:
    """Create a file, with its folders, that only its owner reads; protect an existing one likewise.

    Group permissions stay as the operator has set them, for example for a backup.
    """
    path.parent.mkdir(mode=FOLDER_OF_OWNER, parents=True, exist_ok=True)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, OWNER_ONLY))
        return
    shut_out_others(path)


def shut_out_others(path: Path) -> None:
    """Remove access of others from a file, where it exists and belongs to this user."""
    with suppress(OSError):
        mode = path.stat().st_mode & 0o777
        if mode & OTHERS:
            path.chmod(mode & ~OTHERS)
