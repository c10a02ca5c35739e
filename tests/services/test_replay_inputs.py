"""Replay of occasional answers and marks of entries: read, named where wrong, no evidence alone."""

from pathlib import Path

import pytest

from api.services.replay.diaries import read_diaries
from api.services.simulation.assumptions import Assumptions, Cadence
from api.services.simulation.files import CohortFiles, write_cohort
from api.services.simulation.occasional_answers import OCCASIONAL_COLUMNS
from tests.support.replay_desk import Desk

COLUMNS = ("side_effects_bother", "doubt", "cost_trouble", "sleep_trouble", "asked", "via", "reported_by")
HEADER = f"patient,recorded_at,pain_worst,{','.join(COLUMNS)},gap_reason"
READ = {
    "side_effects_bother": 7.5,
    "doubt": 3.0,
    "cost_trouble": True,
    "sleep_trouble": False,
    "asked": "burst",
    "via": "phone",
    "reported_by": "proxy",
}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An empty desk."""
    return Desk(tmp_path)


def moment(day: int) -> str:
    return f"2026-{3 + (day - 1) // 31:02}-{(day - 1) % 31 + 1:02}T08:00:00Z"


def test_every_column_is_read_and_changes_no_score_but_the_risk(desk: Desk, tmp_path: Path) -> None:
    pain = [2] * 28 + [6] * 16
    marked = [
        f"P,{moment(day)},{each},7.5,3,yes,FALSE,Burst,phone,proxy," for day, each in enumerate(pain, 1)
    ]
    plain = [f"P,{moment(day)},{each},,,,,,,," for day, each in enumerate(pain, 1)]
    outcomes = []
    for rows in (marked, plain):
        assert desk.run("\n".join([HEADER, *rows, ""])).exit_code == 0
        alerts = [alert for alert in desk.read("alerts.csv") if alert["kind"] != "likely_discontinuation"]
        outcomes.append((alerts, [row | {"risk_90d": ""} for row in desk.read("scores.csv")]))

    assert outcomes[0] == outcomes[1]
    assert "worsening" in {alert["kind"] for alert in outcomes[0][0]}
    (tmp_path / "marked.csv").write_text("\n".join([HEADER, *marked, ""]))
    (diary,) = read_diaries(tmp_path / "marked.csv", {}, [])
    assert dict(diary.entries[0].answers) == {"pain_worst": 2.0} | READ


@pytest.mark.parametrize(
    ("column", "cell", "problem"),
    [
        ("side_effects_bother", "11", "11.0 is not a number in 0..10"),
        ("cost_trouble", "often", "'often' is none of true, false"),
        ("gap_reason", "ill", "'ill' is not one of forgot, too_unwell"),
        ("asked", "daily", "'daily' is not one of own, prompted, burst"),
        ("via", "fax", "'fax' is not one of app, phone, paper, visit"),
        ("reported_by", "nurse", "'nurse' is not one of patient, proxy"),
    ],
)
def test_a_wrong_value_is_named(desk: Desk, column: str, cell: str, problem: str) -> None:
    result = desk.run(f"patient,recorded_at,pain_worst,{column}\nP,{moment(1)},3,{cell}\nP,{moment(2)},3,\n")

    assert result.exit_code == 1
    assert f"diary.csv:2: {column}: {problem}" in result.stderr


def test_a_reason_alone_scores_nothing_and_being_in_hospital_is_an_alert(desk: Desk) -> None:
    rows = [f"P,{moment(day)},3," for day in range(1, 31)]
    rows += [f"P,{moment(34)},,forgot", f"P,{moment(40)},,hospital", f"P,{moment(60)},3,technical"]

    desk.run("\n".join(["patient,recorded_at,pain_worst,gap_reason", *rows, ""]))

    found = [(alert["kind"], alert["tier"], alert["reason"][:20]) for alert in desk.read("alerts.csv")]
    assert found == [
        ("silence", "routine", "reports on 9 April 2"),
        ("silence", "routine", "no entry between 30 "),
    ]
    scores = {row["date"]: row for row in desk.read("scores.csv")}
    assert (scores["2026-04-03"]["status"], scores["2026-04-03"]["pain_level"]) == ("no_pain_answer", "")


def test_a_reason_given_in_a_silence_at_the_end_does_not_repeat_it(desk: Desk) -> None:
    rows = [f"P,{moment(day)},3," for day in range(1, 31)] + [f"P,{moment(50)},,forgot"]
    others = [f"Q,{moment(day)},3," for day in range(1, 60)]

    desk.run("\n".join(["patient,recorded_at,pain_worst,gap_reason", *rows, *others, ""]))

    assert [alert["reason"][:22] for alert in desk.read("alerts.csv")] == ["no entry since 30 Marc"]


def test_simulated_diaries_have_these_columns_and_are_read_whole(tmp_path: Path) -> None:
    files = CohortFiles(*(tmp_path / f"{name}.csv" for name in ("entries", "patients", "truth")))
    assumptions = Assumptions(cadence=Cadence.DAILY, missing_share=0.6)
    write_cohort(files, count=60, days=200, seed=4, assumptions=assumptions, progress=lambda *_: None)
    rejects: list = []

    entries = [entry for diary in read_diaries(files.entries, {}, rejects) for entry in diary.entries]

    assert rejects == []
    for name in OCCASIONAL_COLUMNS:
        values = [entry.answers[name] for entry in entries if name in entry.answers]
        assert len(values) > 0, name
        assert len(set(values)) > 1, name
    assert {"forgot", "too_unwell"} < {entry.answers.get("gap_reason") for entry in entries}
