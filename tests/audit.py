"""Command of `make audit`: known vulnerabilities of locked packages.

A package that could not be looked up is a failure; pip-audit itself ends with success where it could
look up none.
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

LOCK = Path(__file__).parents[1] / "requirements.txt"
FAILED = 1
UNREACHABLE = 75
"""Exit status EX_TEMPFAIL of sysexits.h: the service answered for no package, so the audit is empty."""


def judge(packages: Sequence[Mapping[str, Any]]) -> tuple[int, list[str]]:
    """Return the exit status and what to print for what pip-audit found of each package."""
    skipped = [f"{each['name']}: {each['skip_reason']}" for each in packages if each.get("skip_reason")]
    vulnerable = [
        f"{each['name']} {each['version']}: {found['id']}, fixed in {', '.join(found['fix_versions']) or '-'}"
        for each in packages
        for found in each.get("vulns", [])
    ]
    if vulnerable:
        return FAILED, [*vulnerable, f"{len(vulnerable)} known vulnerabilities"]
    if skipped and len(skipped) == len(packages):
        return UNREACHABLE, [f"NOT AUDITED: the vulnerability service knew none of {len(packages)} packages"]
    if skipped or not packages:
        return FAILED, [*skipped, f"{len(skipped)} of {len(packages)} packages could not be audited"]
    return 0, [f"{len(packages)} packages, no known vulnerability"]


def main() -> int:
    """Audit the lock file."""
    command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes"]
    command += ["--format", "json", "--progress-spinner", "off", "-r", str(LOCK)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        print(done.stderr, file=sys.stderr)  # noqa: T201 - a command's answer
        return UNREACHABLE if "Connection" in done.stderr or "HTTP" in done.stderr else FAILED
    status, lines = judge(packages)
    print("\n".join(lines))  # noqa: T201
    return status


if __name__ == "__main__":
    raise SystemExit(main())
