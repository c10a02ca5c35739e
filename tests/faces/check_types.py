"""Check of the types in the JSDoc of our modules, by the TypeScript compiler (needs Node.js).

The modules are copied into a folder in which declarations stand in place of the vendored libraries: those are
published without comments, and the compiler would judge their code.
"""

import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

TYPES = Path(__file__).parent / "types"
STATIC = Path(__file__).parents[2] / "api/web/static"
OWN = ("app", "shared", "team")
COMPILER = ("npx", "--yes", "-p", "typescript@5.9.3", "tsc")


def main() -> int:
    """Check all modules; the compiler prints what is wrong."""
    with TemporaryDirectory() as folder:
        shutil.copytree(TYPES, folder, dirs_exist_ok=True)
        for name in OWN:
            if (STATIC / name).exists():
                shutil.copytree(STATIC / name, Path(folder) / name)
        done = subprocess.run([*COMPILER, "--project", folder, "--pretty", "false"], cwd=folder, check=False)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
