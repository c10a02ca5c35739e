"""Replay from files: a bad row affects no other, and a file that is no diary is rejected."""

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from api.cli.replay import replay_command
from api.domain.trajectory.engine import Engine
from api.services.files.atomic_output import UnusableFile, write_whole
from api.services.replay.replay import ReplayPaths, replay
from tests.support.replay_desk import HEADER, Desk, diary, lines


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An empty desk."""
    return Desk(tmp_path)


@pytest.mark.parametrize(
    ("row", "column", "problem"),
    [
        ("P,2026-03-02T08:00:00Z,11", "pain_worst", "11.0 is not a number in 0..10"),
        ("P,2026-03-02T08:00:00Z,-1", "pain_worst", "-1.0 is not a number in 0..10"),
        ("P,2026-03-02T08:00:00Z,inf", "pain_worst", "inf is not a number in 0..10"),
        ("P,2026-03-02T08:00:00Z,bad", "pain_worst", "'bad' is not a number in 0..10"),
        ("P,2026-03-02T08:00:00Z,1_0", "pain_worst", "'1_0' is not a number in 0..10"),
        ('P,2026-03-02T08:00:00Z,"3,5"', "pain_worst", "'3,5' is not a number in 0..10"),
        ("P,2026-03-02T08:00:00,3", "recorded_at", "is not a moment with an offset"),
        ("P,yesterday,3", "recorded_at", "'yesterday' is not a moment with an offset"),
        ("P,,3", "recorded_at", "'' is not a moment with an offset"),
        ("P,0001-01-01T00:00:00+14:00,3", "recorded_at", "lies outside the calendar"),
        (",2026-03-02T08:00:00Z,3", "patient", "is blank"),
        ("P,2026-03-02T08:00:00Z", "row", "has 2 fields, the header has 3"),
        ("P,2026-03-02T08:00:00Z,3,4", "row", "has 4 fields, the header has 3"),
        ('P,"2026-03-02T08:00:00Z,3', "row", "cannot be read: unexpected end of data"),
    ],
)
def test_a_bad_row_is_named_and_kept_and_the_rest_is_scored(desk, row, column, problem):
    result = desk.run(lines("P,2026-03-01T08:00:00Z,3", row, "P,2026-03-03T08:00:00Z,3"))

    assert result.exit_code == 1
    assert f"diary.csv:3: {column}: " in result.stderr
    assert problem in result.stderr
    (reject,) = desk.read("diary.rejects.csv")
    assert (reject["file"], reject["line"], reject["column"]) == ("diary.csv", "3", column)
    assert reject["row"].replace('"', "") == row.replace('"', "")
    assert [score["date"] for score in desk.read("scores.csv")] == ["2026-03-01", "2026-03-03"]


def test_every_problem_of_a_row_is_named(desk):
    text = "patient,recorded_at,pain_worst,dose_taken\nP,2026-03-01,12,maybe\n"

    result = desk.run(text)

    assert [line.split(": ")[1] for line in result.stderr.splitlines()[:3]] == [
        "recorded_at",
        "pain_worst",
        "dose_taken",
    ]
    assert desk.read("diary.rejects.csv")[0]["column"] == "recorded_at; pain_worst; dose_taken"


def test_bytes_that_are_not_utf_8_spoil_their_own_row_only(desk):
    text = (
        lines(*diary("P", [1, 1])).encode()
        + b"M\xfcller,2026-03-01T08:00:00Z,3\n"
        + "Müller,2026-03-01T08:00:00Z,3\n".encode()
    )

    result = desk.run(text)

    assert result.exit_code == 1
    assert "diary.csv:4: row: cannot be read" in result.stderr
    assert [score["patient"] for score in desk.read("scores.csv")] == ["Müller", "P", "P"]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("P,soon,,,,,", "ai_started_on"),
        ("P,,,perhaps,,,", "prior_tamoxifen"),
        ("P,,,,,1066,", "birth_year"),
        ("P,,,,,,Mars/Olympus", "timezone"),
        (",2026-03-01,,,,,", "patient"),
        ("Q,,,,,,", "patient"),
    ],
)
def test_a_bad_row_of_patients_is_reported_and_the_entries_are_scored_without_it(desk, row, column):
    header = "patient,ai_started_on,ai,prior_tamoxifen,prior_taxane,birth_year,timezone"
    good = "Q,2026-03-01,letrozole,yes,no,1960,Europe/Berlin"
    entries = lines("P,2026-03-01T08:00:00Z,3", "Q,2026-03-01T08:00:00Z,3")

    result = desk.run(entries, "\n".join([header, good, row]))

    assert result.exit_code == 1
    assert f"patients.csv:3: {column}: " in result.stderr
    assert len(desk.read("scores.csv")) == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("\n\n", "is empty"),
        ("patient,pain_worst\n", "column 'recorded_at' is missing"),
        ("patient,recorded_at,pain_wurst\n", "column 'pain_wurst' is not known; is 'pain_worst' meant?"),
        ("patient,recorded_at,patient\n", "column 'patient' is named twice"),
        ('patient,"recorded_at\n', "the header cannot be read"),
    ],
)
def test_a_file_that_is_no_diary_is_refused_up_front(desk, text, words):
    result = desk.run(text)

    assert result.exit_code == 2
    assert words in result.stderr
    assert not (desk.folder / "scores.csv").exists()


def test_a_header_alone_gives_empty_files(desk):
    assert desk.run(HEADER + "\n").exit_code == 0
    assert desk.read("scores.csv") == desk.read("alerts.csv") == []


def test_a_file_that_is_not_there_or_cannot_be_written_is_refused(desk, tmp_path):
    missing = CliRunner().invoke(replay_command, ["--entries", "no", "--alerts", "a", "--scores", "s"])
    unwritable = desk.run(lines(), None, "--scores", str(tmp_path / "no" / "where.csv"))

    assert (missing.exit_code, unwritable.exit_code) == (2, 2)
    assert "cannot be written: No such file or directory" in unwritable.stderr


@pytest.mark.parametrize("output", ["--scores", "--alerts"])
def test_a_full_disk_is_reported_in_a_sentence(desk, output):
    result = desk.run(lines(*diary("P", [9, 9, 9, 9])), None, output, "/dev/full")

    assert result.exit_code == 2
    assert result.stderr.endswith("Error: /dev/full: cannot be written: No space left on device\n")


def test_what_is_a_pipe_is_written_to_directly():
    read, write = os.pipe()

    with write_whole(Path(f"/dev/fd/{write}")) as file:
        file.write("as it comes")
    os.close(write)

    assert os.read(read, 100) == b"as it comes"
    os.close(read)


def test_a_replay_that_is_broken_off_leaves_what_was_there(desk, tmp_path):
    entries = lines(*diary("P", [1]))
    desk.run(entries)
    before = {name: (tmp_path / name).read_text() for name in ("alerts.csv", "scores.csv")}
    paths = ReplayPaths(
        tmp_path / "diary.csv", None, tmp_path / "alerts.csv", tmp_path / "scores.csv", tmp_path / "r"
    )

    def break_off(done: int, of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        replay(paths, engine=Engine(), progress=break_off)

    assert {name: (tmp_path / name).read_text() for name in before} == before
    assert sorted(each.name for each in tmp_path.iterdir()) == ["alerts.csv", "diary.csv", "scores.csv"]


def test_a_diary_that_cannot_be_read_is_refused(tmp_path):
    paths = ReplayPaths(tmp_path, None, tmp_path / "a", tmp_path / "s", tmp_path / "r")

    with pytest.raises(UnusableFile, match="cannot be read: Is a directory"):
        replay(paths, engine=Engine())


def test_a_replay_never_writes_over_what_it_reads(desk, tmp_path):
    result = desk.run(lines(*diary("P", [1])), None, "--alerts", str(tmp_path / "diary.csv"))

    assert result.exit_code == 2
    assert "named for two purposes" in result.stderr
    assert (tmp_path / "diary.csv").read_text().startswith(HEADER)


def test_rejects_of_an_earlier_replay_do_not_stay(desk, tmp_path):
    rejects = str(tmp_path / "bad.csv")

    desk.run(lines("P,now,3"), None, "--rejects", rejects)
    assert len(desk.read("bad.csv")) == 1
    desk.run(lines("P,2026-03-01T08:00:00Z,3"), None, "--rejects", rejects)

    assert desk.read("bad.csv") == []
