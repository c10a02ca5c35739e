"""Policies on the command line: shown, checked, compared on diaries."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.cli.policy import policy
from api.cli.replay import replay_command
from api.domain.policies.render import POLICY_FORMAT
from api.domain.policies.site_policy import BUILT_IN
from api.services.policies.document_files import MAX_BYTES, load_document
from api.services.replay.replay_policies import DIFFERENCE_COLUMNS
from tests.support.replay_desk import Desk, diary, lines

STRICT = """
name = "Strict ward"
[tiers]
severe_symptoms = "same_day"
[thresholds.gap_doses_7d]
value = 4
source = "Ward 3, meeting of 1 March 2026"
"""
RELAXED = """
name = "Relaxed ward"
[thresholds.severe_from]
value = 9
source = "Ward 3, meeting of 1 March 2026"
[thresholds.severe_ends]
value = 8
source = "Ward 3, meeting of 1 March 2026"
"""


def run(*arguments: str) -> Result:
    """Run `flask --app wsgi policy …`."""
    return CliRunner().invoke(policy, arguments)


def checked(folder: Path, text: str, name: str = "ours.json") -> Result:
    """Write a policy file and check it."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return run("check", str(path))


@pytest.mark.parametrize(("options", "name"), [((), "ours.json"), (("--toml",), "ours.toml")])
def test_the_output_of_show_is_a_policy_file(tmp_path, options, name):
    shown = run("show", *options)
    done = checked(tmp_path, shown.stdout, name)
    assert (shown.exit_code, done.exit_code) == (0, 0)
    assert load_document(tmp_path / name, POLICY_FORMAT) == BUILT_IN
    assert "nothing differs from the built-in policy" in done.stdout


def test_a_partial_file_is_shown_whole(tmp_path):
    path = tmp_path / "strict.toml"
    path.write_text(STRICT)
    shown = json.loads(run("show", str(path)).stdout)
    assert shown["thresholds"]["gap_doses_7d"]["source"] == "Ward 3, meeting of 1 March 2026"
    assert shown["tiers"]["red_flag"] == "same_day"
    assert set(shown["budget"]) == set(BUILT_IN.budget.values())


def test_check_reports_a_usable_file_with_its_changes(tmp_path):
    done = checked(tmp_path, STRICT, "strict.toml")
    assert done.exit_code == 0
    first, *changes = done.stdout.splitlines()
    assert "'Strict ward' can be used; engine " in first
    assert changes == [
        "tiers.severe_symptoms: same_day (built in: routine)",
        "thresholds.gap_doses_7d: 4 (built in: 3) tablets not taken in the last 7 days; "
        "Ward 3, meeting of 1 March 2026",
    ]


def test_every_problem_is_named_with_its_line(tmp_path):
    text = """{
      "name": "Ours",
      "tiers": {"red_flag": "routine"},
      "thresholds": {
        "gap_pdc": {"value": 0.7},
        "severe_from": {
          "value": 12,
          "source": "us"
        },
        "severe_frm": {}
      }
    }"""
    done = checked(tmp_path, text)
    path = tmp_path / "ours.json"
    assert done.exit_code == 1
    assert [line.removeprefix(f"{path}:").split(": ")[:2] for line in done.stderr.splitlines()] == [
        ["3", "tiers.red_flag"],
        ["5", "thresholds.gap_pdc.source"],
        ["7", "thresholds.severe_from.value"],
        ["10", "thresholds.severe_frm"],
    ]


def test_the_line_of_a_toml_table_is_found(tmp_path):
    text = 'name = "x"\n[thresholds.gap_pdc]\nvalue = 2\n[thresholds.severe_from]\nvalue = 8\n'
    done = checked(tmp_path, text, "ours.toml")
    places = [line.split(": ")[0].rpartition(":")[2] for line in done.stderr.splitlines()]
    assert places == ["3", "4"]


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        (
            "a.json",
            b'{"name":\n x}',
            "is not JSON: unexpected character, expected a JSON value, at line 2, column",
        ),
        ("a.json", b"\xff", "is not UTF-8 text"),
        ("a.json", b'{"name": "x", "name": "y"}', "'name' is repeated in one object"),
        ("a.json", b'{"name": NaN}', "expected a JSON value, at column 10"),
        ("a.json", b'{"name": "\\ud800"}', "no low surrogate in string, at column 11"),
        ("a.json", b"[" * 50_000, "is not JSON"),
        ("a.json", b" " * (MAX_BYTES + 1), "is larger than 1,000,000 bytes"),
        ("a.toml", b"name = ", "is not TOML: Invalid value (at "),
        ("a.toml", b'name = "x"\nname = "y"\n', "Cannot overwrite a value (at line 2, column"),
        ("a.json", b"\xef\xbb\xbf[]", ":1: document: is not a table"),
    ],
)
def test_an_unusable_document_is_refused_with_its_line(tmp_path, name, content, what):
    path = tmp_path / name
    path.write_bytes(content)
    done = run("check", str(path))
    assert (done.exit_code, done.stdout) == (1, "")
    assert what in done.stderr


def test_a_file_that_is_not_there_is_refused(tmp_path):
    assert run("check", str(tmp_path / "none.json")).exit_code == 2
    assert run("show", str(tmp_path / "none.json")).exit_code == 2


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A desk with two policies on it."""
    (tmp_path / "strict.toml").write_text(STRICT)
    (tmp_path / "relaxed.toml").write_text(RELAXED)
    return Desk(tmp_path)


SEVERE = lines(*diary("A", [8] * 14), *diary("B", [9.5] * 14), *diary("C", [1] * 14))


def compare(desk: Desk, *policies: str, entries: str = SEVERE, more: Sequence[str] = ()) -> Result:
    """Replay with some policies and with optional outputs only where given."""
    (desk.folder / "diary.csv").write_text(entries)
    named = ["--entries", str(desk.folder / "diary.csv")]
    for name in policies:
        named += ["--policy", str(desk.folder / name) if "." in name else name]
    return CliRunner().invoke(replay_command, [*named, *more])


def row(result: Result, kind: str) -> list[str]:
    """Return the cells of a kind of finding."""
    (line,) = [line for line in result.stdout.splitlines() if f" {kind} " in line]
    return line.split()


def test_two_policies_are_compared_before_one_takes_effect(desk):
    result = compare(desk, "default", "relaxed.toml", more=["--difference", str(desk.folder / "d.csv")])
    assert result.exit_code == 0
    assert "A: default (engine " in result.stdout
    assert "B: Relaxed ward (engine " in result.stdout
    assert "3 patients, 9 patient-weeks" in result.stdout
    assert row(result, "severe_symptoms") == (
        ["routine", "severe_symptoms", "2", "22.22", "1", "11.11", "1", "0", "0", "0"]
    )
    assert "patients with alerts: A 2, B 1; B gains 0, loses 1" in result.stdout
    assert "A: 22.2% of patient-weeks with an alert" in result.stdout
    (only,) = [each for each in desk.read("d.csv") if each["kind"] == "severe_symptoms"]
    assert tuple(only) == DIFFERENCE_COLUMNS
    assert (only["patient"], only["change"], only["days"]) == ("A", "only_a", "")
    assert only["reason_a"].startswith("worst pain 8.0")
    assert (only["raised_at_b"], only["tier_b"], only["reason_b"]) == ("", "", "")


def test_another_tier_is_shown_and_red_flags_are_as_before(desk):
    result = compare(desk, "default", "strict.toml")
    lines_ = [line.split() for line in result.stdout.splitlines() if " severe_symptoms " in line]
    assert [(cells[0], cells[2], cells[4], cells[-1]) for cells in lines_] == [
        ("same_day", "0", "2", "0"),
        ("routine", "2", "0", "2"),
    ]


def test_a_policy_against_itself_differs_in_nothing(desk):
    result = compare(desk, "default", "default")
    assert result.exit_code == 0
    assert row(result, "severe_symptoms")[-4:] == ["0", "0", "0", "0"]


def test_the_files_contain_the_results_of_the_first_policy(desk):
    named = ["--policy", str(desk.folder / "relaxed.toml"), "--policy", "default"]
    result = desk.run(SEVERE, None, *named)
    assert result.exit_code == 0
    assert [each["patient"] for each in desk.read("alerts.csv") if each["kind"] == "severe_symptoms"] == ["B"]
    engine = load_document(desk.folder / "relaxed.toml", POLICY_FORMAT).engine().version
    assert {each["engine"] for each in desk.read("scores.csv")} == {engine}


def test_one_policy_scores_alone(desk):
    result = desk.run(SEVERE, None, "--policy", str(desk.folder / "strict.toml"))
    severe = [each for each in desk.read("alerts.csv") if each["kind"] == "severe_symptoms"]
    assert (result.exit_code, {each["tier"] for each in severe}) == (0, {"same_day"})
    assert "the budget of 10% of patient-weeks, at least 5 a week, would hold back none" in result.stderr


def test_the_summary_shows_how_many_alerts_the_budget_would_hold_back(desk):
    result = desk.run(lines(*(each for n in range(8) for each in diary(f"P{n}", [9] * 5))))
    assert "would hold back 3 of 8 alerts, in 1 week, most in the week of 2026-03-02 (3)" in result.stderr
    assert len([each for each in desk.read("alerts.csv") if each["kind"] == "severe_symptoms"]) == 8


@pytest.mark.parametrize(
    ("named", "what"),
    [
        (["default"], "Missing option '--alerts'"),
        ([], "Missing option '--alerts'"),
        (["default", "default", "default"], "--policy is given 3 times; two can be compared"),
    ],
)
def test_an_incomplete_request_is_refused(desk, named, what):
    result = compare(desk, *named)
    assert (result.exit_code, what in result.stderr) == (2, True)


def test_a_difference_needs_two_policies(desk):
    result = desk.run(SEVERE, None, "--difference", str(desk.folder / "d.csv"))
    assert result.exit_code == 2
    assert "--difference needs two policies" in result.stderr


def test_a_policy_that_cannot_be_used_stops_a_replay_before_it_begins(desk):
    (desk.folder / "bad.toml").write_text('name = "x"\n[tiers]\nred_flag = "routine"\n')
    result = compare(desk, "default", "bad.toml")
    assert result.exit_code == 2
    assert "bad.toml:3: tiers.red_flag: 'routine' may not be lowered" in result.stderr
    missing = compare(desk, "default", "nowhere.toml")
    assert (missing.exit_code, "cannot be read" in missing.stderr) == (2, True)


def test_a_replay_never_writes_over_its_policy(desk):
    relaxed = desk.folder / "relaxed.toml"
    result = desk.run(SEVERE, None, "--policy", str(relaxed), "--alerts", str(relaxed))
    assert (result.exit_code, relaxed.read_text()) == (2, RELAXED)


def test_an_empty_diary_compares_as_nothing(desk):
    result = compare(desk, "default", "strict.toml", entries="patient,recorded_at\n")
    assert result.exit_code == 0
    assert "0 patients, 0 patient-weeks" in result.stdout
    assert "A: no patient-weeks" in result.stdout
    assert not (desk.folder / "alerts.csv").exists()
