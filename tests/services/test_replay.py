"""Replay from files: CSV columns in, scores and findings of the engine out."""

import random
from pathlib import Path

import pytest
from click.testing import CliRunner

from api.cli.files import entries_progress
from api.cli.replay import replay_command
from api.domain.trajectory.engine import Engine
from api.services.replay.replay import ReplayPaths, replay
from api.services.replay.replay_files import ALERT_COLUMNS, SCORE_COLUMNS
from tests.support.replay_desk import Desk, diary, lines


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An empty desk."""
    return Desk(tmp_path)


def test_a_worsening_patient_is_found_with_a_reason(desk):
    rows = [*diary("W", [2] * 28), *diary("W", [5.5] * 7, 4)]

    result = desk.run(lines(*rows), "patient,ai_started_on\nW,2026-04-01\n")

    assert result.exit_code == 0
    assert result.stderr.startswith("1 patients, 35 entries, 35 days: 1 findings\n")
    (alert,) = desk.read("alerts.csv")
    assert tuple(alert) == ALERT_COLUMNS
    assert (alert["patient"], alert["kind"], alert["tier"]) == ("W", "worsening", "routine")
    assert alert["raised_at"] == "2026-04-06T20:00:00+00:00"
    assert (
        "usually 2.0 (25 answers before the tablets); 94% likely that a lasting rise has begun"
        in alert["reason"]
    )
    score = desk.read("scores.csv")[-1]
    assert tuple(score) == SCORE_COLUMNS
    assert list(score.values())[:6] == ["W", "2026-04-07", "moderate", "5.5", "2.0", "3.5"]
    assert (score["status"], score["engine"]) == ("scored", Engine().version)
    assert 0 < float(score["risk_90d"]) < 1
    assert float(score["pain_level_low"]) < float(score["pain_level"]) < float(score["pain_level_high"])
    assert score["stiffness_level"] == score["stiffness_level_low"] == score["stiffness_level_high"] == ""


def test_rows_in_any_order_give_the_same_files(desk):
    rows = [*diary("A", [2, 3, 2, 4] * 7), *diary("B", [1, 8] * 14), *diary("A", [7] * 20, 4)]
    rows += [rows[3], rows[3], "A,2026-03-05T20:00:00+00:00,9"]

    desk.run(lines(*rows))
    first = [desk.read("alerts.csv"), desk.read("scores.csv")]
    random.Random(4).shuffle(rows)
    desk.run(lines(*rows))

    assert [desk.read("alerts.csv"), desk.read("scores.csv")] == first
    assert first[0]


def test_outputs_are_sorted(desk):
    desk.run(lines(*diary("B", [9] * 9), *diary("A", [9] * 9, 2), *diary("C", [9] * 9)))

    scores = [(row["patient"], row["date"]) for row in desk.read("scores.csv")]
    assert scores == sorted(scores)
    alerts = [(row["raised_at"], row["patient"]) for row in desk.read("alerts.csv")]
    assert alerts == sorted(alerts)
    assert len(alerts) == 3


def test_every_column_of_the_contract_is_read(desk):
    header = (
        "patient,recorded_at,pain_worst,pain_average,stiffness,morning_stiffness_minutes,"
        "interference,dose_taken,doses_missed_7d,confidence"
    )
    rows = [
        f"P,2026-03-0{n}T08:00:00Z,3.5,2,4,30,8,{dose},,1" for n, dose in enumerate(["no", "0", "FALSE"], 1)
    ]

    result = desk.run("\n".join([header, *rows, "P,2026-03-04T08:00:00Z,,,,,,yes,1,"]))

    assert result.exit_code == 0
    assert [row["kind"] for row in desk.read("alerts.csv")] == [
        "wish_to_stop",
        "adherence_gap",
        "likely_discontinuation",
        "severe_symptoms",
    ]
    assert [row["self_reported_pdc_28d"] for row in desk.read("scores.csv")] == [
        "0.0",
        "0.0",
        "0.0",
        "0.5714",
    ]


@pytest.mark.parametrize(
    ("patients", "dates"),
    [
        (None, ["2026-03-02"]),
        ("patient\nP\n", ["2026-03-02"]),
        ("patient,timezone\nP,\n", ["2026-03-02"]),
        ("patient,timezone\nP,America/New_York\n", ["2026-03-01"]),
        ("patient,timezone\nQ,America/New_York\nP,\n", ["2026-03-02"]),
    ],
)
def test_the_day_is_that_of_the_time_zone_where_known_and_of_the_offset_elsewhere(desk, patients, dates):
    desk.run(lines("P,2026-03-02T01:00:00+01:00,3"), patients)

    assert [row["date"] for row in desk.read("scores.csv")] == dates


def test_a_byte_order_mark_crlf_quotes_blank_lines_and_blank_answers_are_fine(desk):
    header = '\ufeff"patient",recorded_at,pain_worst'
    rows = ['"P, ""1""","2026-03-01T08:00:00Z","3"', "", "P,2026-03-01T08:00:00Z,", ""]

    result = desk.run("\r\n".join([header, *rows]))

    assert result.exit_code == 0
    assert [(row["patient"], row["status"]) for row in desk.read("scores.csv")] == [
        ("P", "no_pain_answer"),
        ('P, "1"', "too_few_answers"),
    ]


def test_a_replay_can_be_called_without_telling_its_progress(desk, tmp_path):
    desk.run(lines(*diary("P", [3, 3])))

    counts = replay(
        ReplayPaths(tmp_path / "diary.csv", None, tmp_path / "a", tmp_path / "s", tmp_path / "r"),
        engine=Engine(),
    )

    assert (counts.patients, counts.entries, counts.days, counts.findings) == (1, 2, 2, 0)


def test_a_long_replay_prints_its_progress_and_a_short_one_does_not(capsys):
    long, short = entries_progress(), entries_progress()

    for done in (49_999, 50_001, 60_000, 100_000):
        long(done, 100_000)
    short(50_000, 50_000)

    assert capsys.readouterr().err.splitlines() == [
        "50,001 of 100,000 entries scored",
        "100,000 of 100,000 entries scored",
    ]


def test_the_help_names_the_columns_and_the_exit_status():
    text = CliRunner().invoke(replay_command, ["--help"]).output

    assert "doses_missed_7d" in text
    assert "Exit status" in text
