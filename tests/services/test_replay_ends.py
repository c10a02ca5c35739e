"""Silence at the end of the files: the present day follows from most entries."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from api.services.replay.diaries import read_diaries
from api.services.replay.file_dates import FileToday
from api.services.replay.replay_files import RejectedRow
from tests.support.replay_desk import Desk, diary, lines


@pytest.fixture
def silences(tmp_path: Path) -> Callable[..., list[str]]:
    """Return a function that replays rows and returns the patients with a silence."""
    desk = Desk(tmp_path)

    def replayed(*rows: str) -> list[str]:
        desk.run(lines(*rows))
        values = [row for row in desk.read("alerts.csv") if row["kind"] == "silence"]
        return [f"{row['patient']} {row['raised_at'][:10]} {row['reason'].split(',')[0]}" for row in values]

    return replayed


def test_a_diary_that_ends_two_weeks_before_the_file_is_silent(silences: Callable[..., list[str]]) -> None:
    stopped, goes_on = diary("A", [2] * 14), diary("B", [2] * 31)

    assert silences(*stopped, *goes_on) == ["A 2026-03-28 no entry since 14 March 2026"]
    assert silences(*stopped, *goes_on[:27]) == []
    assert silences(*stopped, *goes_on[:28]) == ["A 2026-03-28 no entry since 14 March 2026"]
    assert silences(*stopped) == []


def test_a_gap_inside_the_diary_has_another_reason(silences: Callable[..., list[str]]) -> None:
    assert silences(*diary("A", [2] * 14), *diary("A", [2] * 3, month=4)) == [
        "A 2026-03-28 no entry between 14 March 2026 and 1 April 2026"
    ]


def test_files_without_a_usable_row_hold_no_silence(silences: Callable[..., list[str]]) -> None:
    assert silences() == []
    assert silences("A,not a moment,3") == []


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Return a desk to replay diaries at."""
    return Desk(tmp_path)


def silent(desk: Desk) -> list[str]:
    """Return the patients with a silence in the last replay."""
    return [row["patient"] for row in desk.read("alerts.csv") if row["kind"] == "silence"]


@pytest.mark.parametrize("moment", ["9999-12-31T09:00:00+00:00", "2206-01-05T20:00:00Z", "2062-03-05T20:00Z"])
def test_a_row_far_ahead_of_the_clock_is_rejected_and_makes_no_patient_silent(
    desk: Desk, moment: str
) -> None:
    result = desk.run(lines(f"P4,{moment},3", *diary("P1", [2] * 14), *diary("P2", [2] * 14)))

    assert result.exit_code == 1
    assert "diary.csv:2: recorded_at: lies after 20" in result.stderr
    [reject] = desk.read("diary.rejects.csv")
    assert (reject["line"], reject["column"]) == ("2", "recorded_at")
    assert silent(desk) == []


@pytest.mark.parametrize("moment", ["0026-03-05T20:00:00Z", "1899-12-30T00:00:00Z", "1970-01-01T00:00:00Z"])
def test_a_row_from_before_the_tablets_were_in_use_is_rejected_by_name(desk: Desk, moment: str) -> None:
    result = desk.run(lines(*diary("P1", [2] * 3), f"P1,{moment},3"))

    assert result.exit_code == 1
    assert "diary.csv:5: recorded_at: lies before 1990-01-01" in result.stderr


def test_a_row_from_before_the_patient_was_born_is_rejected_by_name(desk: Desk) -> None:
    patients = "patient,birth_year\nP1,1999\n"
    result = desk.run(lines(*diary("P1", [2] * 3), "P1,1998-03-01T20:00:00Z,3"), patients)

    assert "diary.csv:5: recorded_at: lies before the patient was born" in result.stderr


def test_one_row_months_after_all_others_is_reported_and_moves_no_present_day(desk: Desk) -> None:
    result = desk.run(lines("P4,2026-07-05T20:00:00Z,3", *diary("P1", [2] * 14), *diary("P2", [2] * 14)))

    assert (result.exit_code, silent(desk)) == (0, [])
    assert "1 entries lie after 2026-03-14 and far from the others" in result.stderr


def test_a_phone_that_was_months_ahead_makes_no_other_patient_silent(desk: Desk) -> None:
    ahead = [f"P4,2026-09-{day:02}T20:00:00Z,3" for day in range(1, 10)]

    desk.run(lines(*ahead, *diary("P1", [2] * 14), *diary("P2", [2] * 14)))

    assert silent(desk) == []


def test_the_present_day_can_be_given(desk: Desk) -> None:
    rows = lines(*diary("P1", [2] * 14), *diary("P2", [2] * 31))

    result = desk.run(rows, None, "--today", "2026-03-20")
    assert (result.exit_code, silent(desk)) == (1, [])
    assert "diary.csv:36: recorded_at: lies after 2026-03-20, the day given as today" in result.stderr
    assert desk.run(rows, None, "--today", "2026-04-30").exit_code == 0
    assert silent(desk) == ["P1", "P2"]


def test_a_simulated_cohort_that_runs_ahead_of_the_clock_is_used_whole(desk: Desk) -> None:
    ahead = datetime.now(UTC) + timedelta(days=300)
    rows = [f"P{n},{(ahead + timedelta(days=day)).isoformat()},3" for day in range(40) for n in range(3)]

    assert desk.run(lines(*rows, *diary("P9", [2] * 14))).exit_code == 0
    assert silent(desk) == ["P9"]


def test_visits_every_12_weeks_are_no_silences_and_a_known_plan_holds_from_the_first_one(desk: Desk) -> None:
    first, rows = date(2024, 1, 1), []
    for number in range(6):
        since = first + timedelta(days=11 * number)
        rows += [f"P{number},{since + timedelta(days=84 * visit)}T12:00:00Z,3" for visit in range(5)]
    once = f"P9,{first + timedelta(days=300)}T12:00:00Z,3"

    desk.run(lines(*rows, once))
    assert silent(desk) == ["P9"]
    desk.run(lines(*rows, once), None, "--asked-every", "84")
    assert silent(desk) == []


def test_a_row_with_a_wrong_year_opens_no_silence_and_lowers_no_risk(desk: Desk) -> None:
    good = diary("P1", [2, 3, 2] * 10)

    desk.run(lines(*good))
    risk = float(desk.read("scores.csv")[-1]["risk_90d"])
    for wrong in ("2025-09-01", "2016-03-01"):
        desk.run(lines(f"P1,{wrong}T20:00:00Z,4", *good))
        assert silent(desk) == []
        assert float(desk.read("scores.csv")[-1]["risk_90d"]) >= risk


def test_evaluation_refuses_rows_far_ahead_of_the_clock_too(tmp_path: Path) -> None:
    (tmp_path / "diary.csv").write_text(lines("A,2206-01-05T20:00:00Z,3", *diary("A", [2] * 14)))
    rejects: list[RejectedRow] = []

    [read] = read_diaries(tmp_path / "diary.csv", {}, rejects, FileToday(date(2026, 11, 28)))

    assert (len(read.entries), [reject.line for reject in rejects]) == (14, [2])
