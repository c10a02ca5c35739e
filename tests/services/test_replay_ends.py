"""Silence at the end of the files: the present day is that of the latest entry of all patients."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.services.replaying import Desk, diary, lines


@pytest.fixture
def silences(tmp_path: Path) -> Callable[..., list[str]]:
    """Return a way to replay rows, and to read of whom a silence was told."""
    desk = Desk(tmp_path)

    def replayed(*rows: str) -> list[str]:
        desk.run(lines(*rows))
        told = [row for row in desk.read("alerts.csv") if row["kind"] == "silence"]
        return [f"{row['patient']} {row['raised_at'][:10]} {row['reason'].split(',')[0]}" for row in told]

    return replayed


def test_who_stopped_two_weeks_before_the_files_end_is_silent(silences: Callable[..., list[str]]) -> None:
    stopped, goes_on = diary("A", [2] * 14), diary("B", [2] * 31)

    assert silences(*stopped, *goes_on) == ["A 2026-03-28 no entry since 14 March 2026"]
    assert silences(*stopped, *goes_on[:27]) == []
    assert silences(*stopped, *goes_on[:28]) == ["A 2026-03-28 no entry since 14 March 2026"]
    assert silences(*stopped) == []


def test_a_gap_inside_the_diary_is_told_in_other_words(silences: Callable[..., list[str]]) -> None:
    assert silences(*diary("A", [2] * 14), *diary("A", [2] * 3, month=4)) == [
        "A 2026-03-28 no entry between 14 March 2026 and 1 April 2026"
    ]


def test_files_without_a_usable_row_hold_no_silence(silences: Callable[..., list[str]]) -> None:
    assert silences() == []
    assert silences("A,not a moment,3") == []


def test_the_last_moment_of_the_calendar_is_no_reason_to_fail(silences: Callable[..., list[str]]) -> None:
    assert silences("A,9999-12-31T09:00:00+00:00,3", *diary("B", [2] * 14)) == [
        "B 2026-03-28 no entry since 14 March 2026"
    ]
