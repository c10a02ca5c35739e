"""Command of `make words`: brings the catalogues of the faces up to date, and lists what is untranslated."""

import sys
import tomllib
from pathlib import Path

from tests.words.face_words import write


def main() -> int:
    """Write the catalogues; return 1 if a sentence waits for a translation."""
    given = {}
    for name in sys.argv[1:]:
        given |= tomllib.loads(Path(name).read_text(encoding="utf-8"))
    waiting = write(given)
    for line in waiting:
        sys.stdout.write(f"not translated  {line}\n")
    return 1 if waiting else 0


if __name__ == "__main__":
    raise SystemExit(main())
