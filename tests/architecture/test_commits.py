"""Commit subjects: the rule, the hook and the check of what is new."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.commits import problem_of, subjects_since_the_check

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "subject",
    [
        "webhook: bound total response time, not time per byte",
        "ci: run the quick benchmark",
        "Merge branch 'x'",
    ],
)
def test_a_plain_subject_passes(subject: str) -> None:
    assert problem_of(subject) is None


@pytest.mark.parametrize(
    ("subject", "hint"),
    [
        ("A name needs no quotes", "area"),
        ("docs: Correct the figures", "lower case"),
        ("docs: corrects the figures", "imperative"),
        ("docs: correcting the figures", "imperative"),
        ("docs: correct the figures.", "full stop"),
        ("docs: " + "x" * 67, "73 characters"),
        ("docs:correct", "area"),
    ],
)
def test_any_other_subject_is_refused_with_a_hint(subject: str, hint: str) -> None:
    problem = problem_of(subject)
    assert problem is not None
    assert hint in problem


def test_the_commits_since_the_check_exists_keep_the_rule() -> None:
    assert [subject for subject in subjects_since_the_check() if problem_of(subject)] == []


def test_a_shallow_clone_checks_its_last_commit(tmp_path: Path) -> None:
    subprocess.run(["git", "clone", "-q", "--depth", "1", f"file://{ROOT}", str(tmp_path / "c")], check=True)
    last = subprocess.run(
        ["git", "log", "-1", "--format=%s"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert subjects_since_the_check(tmp_path / "c") == last.stdout.splitlines()


def test_the_hook_reads_the_message_that_git_hands_it(tmp_path: Path) -> None:
    message = tmp_path / "COMMIT_EDITMSG"
    message.write_text("Shorter words\n\nA body.\n")
    command = [sys.executable, "-m", "tests.commits", "--message", str(message)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "area: what changed" in done.stderr
    hooks = (ROOT / ".pre-commit-config.yaml").read_text()
    assert "tests.commits --message" in hooks
    assert "commit-msg" in hooks
