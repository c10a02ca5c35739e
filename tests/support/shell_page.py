"""Runs the shell blocks of a page and compares the responses with those on the page."""

import os
import re
import subprocess
from typing import Any

ANY, FURTHER = "…", "+"
BLOCK = re.compile(r"^```sh\n(.*?)^```\n(?:```json\n(.*?)^```\n)?", re.M | re.S)
TAKEN = re.compile(r"^(\w+)=…   # \.(\S+) of the answer$", re.M)
GIVEN = ("B", "CODE", "EMAIL", "PASSWORD")
"""Variables that the test sets."""


def differs(shown: Any, found: Any, place: str = "answer") -> list[str]:
    """Return where an answer is not as the page shows it."""
    if shown == ANY:
        return []
    if isinstance(shown, dict) and isinstance(found, dict):
        further = set() if FURTHER in shown else set(found) - set(shown)
        lacking = set(shown) - set(found) - {FURTHER}
        wrong = [f"{place}: the page lacks {sorted(further)}"] if further else []
        wrong += [f"{place}: there is no {sorted(lacking)}"] if lacking else []
        same = (set(shown) & set(found)) - {FURTHER}
        return wrong + [
            each for name in same for each in differs(shown[name], found[name], f"{place}.{name}")
        ]
    if isinstance(shown, list) and isinstance(found, list) and len(shown) == len(found):
        pairs = enumerate(zip(shown, found, strict=True))
        return [each for nth, pair in pairs for each in differs(*pair, f"{place}[{nth}]")]
    return [] if shown == found else [f"{place}: {found!r}, the page has {shown!r}"]


def part(answer: Any, path: str) -> str:
    """Return the part of an answer that a path such as ``items[0].id`` names."""
    for name in re.findall(r"\w+", path):
        answer = answer[int(name)] if isinstance(answer, list) else answer[name]
    return str(answer)


def run(block: str, env: dict[str, str]) -> tuple[str, dict[str, str]]:
    """Run a block in the shell; return what it printed, and its variables afterwards."""
    kept = "\n".join(line for line in block.splitlines() if "=…" not in line)
    given = re.compile(rf"\b({'|'.join(GIVEN)})=('[^']*'|\S+)")
    script = f"{given.sub('', kept)}\nprintf '\\0'; env -0"
    done = subprocess.run(
        ["bash", "-euac", script],
        env=os.environ | env, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    printed, *variables = done.stdout.split("\0")
    return printed, dict(each.split("=", 1) for each in variables if "=" in each)
