"""Check commit subjects: `area: what changed`, imperative, at most 72 characters.

Usage: `python -m tests.commits` checks every commit since this check exists;
`python -m tests.commits --message FILE` checks one message, as Git's commit-msg hook.
"""

import argparse
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
LONGEST = 72

_SUBJECT = re.compile(r"(?P<area>[a-z][a-z0-9 ,./_-]*): (?P<verb>[a-z][\w-]*)\b.*[^.\s]")
_BY_GIT = re.compile(r'(Merge |Revert "|fixup! |squash! )')
_NOT_IMPERATIVE = re.compile(r"\w+(ed|ing|[^aeious]s)")
_IMPERATIVE = frozenset(
    {"bring", "embed", "exceed", "feed", "heed", "need", "ping", "proceed", "seed", "shed", "speed", "string"}
)
"""Verbs in the imperative that end like another form."""


def problem_of(subject: str) -> str | None:
    """Return what is wrong with a commit subject, None where nothing is.

    >>> problem_of("docs: correct the figures for threads")
    >>> problem_of("docs: corrected the figures")
    'use the imperative: "corrected" should read as in "add", not "added", "adds" or "adding"'
    >>> problem_of("Shorter words")
    'write "area: what changed", in lower case up to the verb, without a full stop'
    """
    if _BY_GIT.match(subject):
        return None
    if len(subject) > LONGEST:
        return f"{len(subject)} characters; at most {LONGEST}"
    parts = _SUBJECT.fullmatch(subject)
    if parts is None:
        return 'write "area: what changed", in lower case up to the verb, without a full stop'
    verb = parts["verb"]
    if _NOT_IMPERATIVE.fullmatch(verb) and verb not in _IMPERATIVE:
        return f'use the imperative: "{verb}" should read as in "add", not "added", "adds" or "adding"'
    return None


def subjects_since_the_check(root: Path = ROOT) -> list[str]:
    """Return the subjects of the commits after the one that added this file; of a shallow clone, the last.

    The oldest commit of a shallow clone seems to add every file, so it does not say where to begin.
    """
    name = Path(__file__).relative_to(ROOT).as_posix()
    added = _git(root, "log", "--diff-filter=A", "--format=%H", "--", name).split()
    is_shallow = _git(root, "rev-parse", "--is-shallow-repository").strip() == "true"
    newer = "-1" if is_shallow or not added else f"{added[-1]}.."
    return _git(root, "log", "--format=%s", newer).splitlines()


def _git(root: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=True).stdout


def main() -> int:
    """Print each subject that breaks the rule, with what would be right; return 1 if there is one."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--message", type=Path, help="a file with one commit message")
    message = parser.parse_args().message
    lines = message.read_text().splitlines()[:1] if message else subjects_since_the_check()
    wrong = [(subject, problem) for subject in lines if (problem := problem_of(subject))]
    for subject, problem in wrong:
        sys.stderr.write(f"{subject}\n    {problem}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
