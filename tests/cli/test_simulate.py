"""The simulate command: its options and errors."""

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.cli.files import progress_reporter
from api.cli.replay import replay_command
from api.cli.simulate import simulate_command


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder the command is run in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def simulate(*options: str) -> Result:
    usual = ["--days", "60", "--seed", "3", "--entries", "e.csv", "--truth", "t.csv"]
    return CliRunner().invoke(simulate_command, [*usual, *options])


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    "patients",
    [
        ["--patients", "12", "--patients", "p.csv"],
        ["--patients", "p.csv", "--patients", "12"],
        ["--count", "12", "--patients", "p.csv"],
    ],
)
def test_patients_is_a_number_and_a_file_in_any_order(here, patients):
    result = simulate(*patients)

    assert result.exit_code == 0, result.output
    assert result.stderr.startswith("12 patients, ")
    assert len(rows(here / "p.csv")) == len(rows(here / "t.csv")) == 12
    assert list(rows(here / "t.csv")[0]) == ["patient", "worsening_onset", "stopped_on"]
    assert {row["patient"] for row in rows(here / "e.csv")} <= {
        row["patient"] for row in rows(here / "p.csv")
    }


@pytest.mark.parametrize(
    ("patients", "problem"),
    [
        (["--patients", "p.csv"], "found none and p.csv"),
        (["--patients", "12"], "found 12 and none"),
        (["--patients", "12", "--patients", "13"], "found 12, 13 and none"),
        (["--patients", "a.csv", "--patients", "b.csv"], "found none and a.csv, b.csv"),
        (["--patients", "1", "--patients", "2", "--patients", "p.csv"], "found 1, 2 and p.csv"),
        (["--count", "5", "--patients", "12", "--patients", "p.csv"], "found 12, 5 and p.csv"),
        (["--patients", "0", "--patients", "p.csv"], "0 is not a whole number in 1..1000000"),
        (["--patients", "-4", "--patients", "p.csv"], "-4 is not a whole number"),
        (["--patients", "9" * 5000, "--patients", "p.csv"], "is not a whole number"),
        (["--patients", "2.5", "--patients", "p.csv"], "2.5 is not a whole number"),
        (["--patients", "nan", "--patients", "p.csv"], "nan is not a whole number"),
        (["--patients", "12", "--patients", "."], "is a directory"),
    ],
)
def test_anything_but_one_number_and_one_file_is_refused_with_what_would_be_right(here, patients, problem):
    result = simulate(*patients)

    assert result.exit_code == 2
    text = " ".join(result.stderr.split())
    assert problem in text
    if "directory" not in problem:
        assert "--patients 500 --patients patients.csv" in text
    assert list(here.iterdir()) == []


def test_a_file_may_be_called_by_a_number_if_it_is_written_as_a_path(here):
    assert simulate("--patients", "3", "--patients", "./7").exit_code == 0
    assert len(rows(here / "7")) == 3


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--days", "0"), ("--seed", "-1"), ("--noise-sd", "-1"), ("--autocorrelation", "0.95"),
        ("--onset-share", "1.1"), ("--missing-share", "0.99"), ("--stopping-share", "half"),
        ("--cadence", "hourly"),
    ],
)  # fmt: skip
def test_a_value_out_of_range_is_named(here, option, value):
    result = simulate("--patients", "3", "--patients", "p.csv", option, value)

    assert result.exit_code == 2
    assert option in result.stderr
    assert list(here.iterdir()) == []


def test_what_is_not_a_number_is_named(here):
    result = simulate("--patients", "3", "--patients", "p.csv", "--noise-sd", "nan")

    assert result.exit_code == 2
    assert "noise_sd is nan, not in 0.0..4.0" in result.stderr


def test_a_link_goes_on_pointing_to_what_it_pointed_to(here):
    (here / "real.csv").write_text("")
    (here / "p.csv").symlink_to("real.csv")

    assert simulate("--patients", "3", "--patients", "p.csv").exit_code == 0
    assert (here / "p.csv").is_symlink()
    assert len(rows(here / "real.csv")) == 3


def test_the_options_change_what_is_assumed(here):
    simulate("--patients", "60", "--patients", "p.csv", "--cadence", "weekly")
    weekly = len(rows(here / "e.csv"))
    simulate("--patients", "60", "--patients", "p.csv", "--cadence", "daily", "--missing-share", "0.1")

    assert len(rows(here / "e.csv")) > 4 * weekly


def test_replay_takes_every_row(here):
    simulate("--patients", "40", "--patients", "p.csv")

    replayed = CliRunner().invoke(
        replay_command,
        ["--entries", "e.csv", "--patients", "p.csv", "--alerts", "a.csv", "--scores", "s.csv"],
    )

    assert replayed.exit_code == 0, replayed.output
    assert "rejected" not in replayed.stderr


@pytest.mark.parametrize("wrong", [["--truth", "no/t.csv"], ["--truth", "p.csv"], ["--truth", "./e.csv"]])
def test_all_files_appear_or_none_and_what_was_there_stays(here, wrong):
    (here / "e.csv").write_text("before")

    result = simulate("--patients", "5", "--patients", "p.csv", *wrong)

    assert result.exit_code == 2
    assert "cannot be written" in result.stderr or "named for two purposes" in result.stderr
    assert [path.name for path in here.iterdir()] == ["e.csv"]
    assert (here / "e.csv").read_text() == "before"


def test_a_pipe_or_a_device_is_written_to_and_not_replaced(here):
    result = simulate("--patients", "5", "--patients", "/dev/null")

    assert result.exit_code == 0
    assert Path("/dev/null").is_char_device()


def test_a_long_run_prints_its_progress_and_a_short_one_does_not(capsys):
    long, short = (progress_reporter("patients simulated", every=500) for _ in range(2))

    for done in range(1, 1201):
        long(done, 1200)
    short(500, 500)

    assert capsys.readouterr().err.splitlines() == [
        "500 of 1,200 patients simulated",
        "1,000 of 1,200 patients simulated",
    ]


def test_the_help_shows_the_line_the_files_and_the_exit_status():
    text = CliRunner().invoke(simulate_command, ["--help"]).output

    for word in ("--patients 500", "worsening_onset", "Exit status", "--noise-sd"):
        assert word in text
