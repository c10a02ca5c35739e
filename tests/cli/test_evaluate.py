"""The evaluate command: from three files to a report that can be read anywhere."""

import csv
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.cli.evaluate import evaluate_command
from api.cli.replay import replay_command
from api.cli.simulate import simulate_command
from tests.support.replay_desk import HEADER, diary, lines


class Page(HTMLParser):
    """Counts the tags of a page, and checks that they close."""

    def __init__(self, text: str) -> None:
        """Read it."""
        super().__init__()
        self.opened: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag not in {"meta"}:
            self.opened.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.opened.pop() == tag


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a worsening and a calm diary, and the truth of both."""
    monkeypatch.chdir(tmp_path)
    worse = [*diary("W", [2, 1, 2, 3] * 7), *diary("W", [6] * 28, 4)]
    calm = [*diary("C", [2, 1, 2, 3] * 7), *diary("C", [2, 1, 2, 3] * 7, 4)]
    (tmp_path / "e.csv").write_text(lines(*worse, *calm))
    (tmp_path / "p.csv").write_text("patient,birth_year\nW,1960\nC,1980\n")
    (tmp_path / "t.csv").write_text("patient,worsening_onset,stopped_on\nW,2026-04-01,\nC,,\n")
    return tmp_path


def evaluate(*options: str) -> Result:
    usual = ["--entries", "e.csv", "--patients", "p.csv", "--truth", "t.csv", "--report", "out"]
    return CliRunner().invoke(evaluate_command, [*usual, "--resamples", "20", *options])


def report(here: Path) -> dict:
    return json.loads((here / "out/report.json").read_text())


def table(here: Path, name: str) -> list[dict[str, str]]:
    with (here / "out" / f"{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_a_worsening_and_a_calm_patient_give_the_figures_one_expects(here):
    result = evaluate()

    assert result.exit_code == 0, result.output
    figures = report(here)["figures"]
    assert figures["sensitivity_28d"]["value"] == 1
    assert 1 <= figures["median_delay_days"]["value"] <= 14
    assert figures["false_per_patient_year"]["value"] == 0
    assert figures["ppv"]["value"] == 1
    by_rule = {row["rule"]: row for row in table(here, "rules")}
    assert set(by_rule) == {"engine", "any_4", "any_rise", "weekly_mean", "cusum"}
    assert float(by_rule["any_rise"]["median_delay_days"]) == 0
    # March holds 31 days, so the week of 1 April begins on 26 March with one answer of the 28th before
    assert report(here)["about"]["Patients"] == 2


def test_unknown_figures_are_marked_and_never_invented(here):
    evaluate()

    values = report(here)
    assert values["figures"]["auroc_day60"] == {"value": None, "low": None, "high": None}
    (row, _) = table(here, "predictions")
    assert row["auroc"] == row["brier"] == row["slope"] == ""
    assert "not enough data" in (here / "out/report.html").read_text()


def test_the_report_is_the_same_twice_and_holds_no_patient(here):
    evaluate()
    first = {path.name: path.read_bytes() for path in (here / "out").iterdir()}
    evaluate()

    assert {path.name: path.read_bytes() for path in (here / "out").iterdir()} == first
    assert set(first) == {"report.html", "report.json", "rejects.csv"} | {
        f"{name}.csv" for name in report(here)["tables"]
    }


def test_the_page_is_whole_needs_nothing_else_and_can_be_read_by_ear(here):
    evaluate()
    text = (here / "out/report.html").read_text()
    page = Page(text)

    assert page.opened == []
    addresses = [
        value
        for _, attrs in page.seen
        for name, value in attrs.items()
        if name in {"src", "href", "xlink:href"}
    ]
    assert addresses
    assert all(address.startswith("#") for address in addresses)
    assert not re.search(r"url\((?!#)", text)
    ids = [attrs["id"] for _, attrs in page.seen if "id" in attrs]
    assert len(ids) == len(set(ids))
    assert {match[1:] for match in re.findall(r"url\((#[^)]+)\)", text)} <= set(ids)
    drawings = [attrs for tag, attrs in page.seen if tag == "svg"]
    assert len(drawings) == 2
    assert all(attrs["role"] == "img" and attrs["aria-label"] for attrs in drawings)
    for tag, attrs in page.seen:
        if tag == "th":
            assert attrs["scope"] in {"col", "row"}
    assert text.count("<caption") == text.count("<table") > 3
    for wanted in ("prefers-color-scheme:dark", "@media print", "width=device-width"):
        assert wanted in text


def test_a_simulated_cohort_is_evaluated_to_the_last_figure(here):
    CliRunner().invoke(
        simulate_command,
        ["--patients", "150", "--patients", "p.csv", "--days", "240", "--seed", "2", "--entries", "e.csv",
         "--truth", "t.csv", "--cadence", "weekly", "--stopping-share", "0.6"],
    )  # fmt: skip

    result = evaluate()

    assert result.exit_code == 0, result.output
    figures = report(here)["figures"]
    for name in (
        "sensitivity_60d",
        "false_per_patient_year",
        "share_of_patient_weeks_with_alert",
        "observed_day60",
    ):
        assert figures[name]["low"] <= figures[name]["value"] <= figures[name]["high"]
    assert 0 < figures["auroc_day60"]["value"] < 1
    assert len(table(here, "calibration")) == 20
    assert {row["split"][:3] for row in table(here, "detection_by_group")} == {"Bas", "Noi", "Dia", "Age"}
    text = (here / "out/report.html").read_text()
    assert text.count("<svg") == 3
    assert "P000001" not in text


def test_bad_rows_are_named_and_the_rest_is_evaluated(here):
    with (here / "e.csv").open("a") as file:
        file.write("W,2026-04-29T20:00:00Z,12\n")
    with (here / "t.csv").open("a") as file:
        file.write("X,soon,\nC,,\n,2026-01-01,\nY,2026-01-01,2026-13-01\n")

    result = evaluate()

    assert result.exit_code == 1
    assert "e.csv:114: pain_worst: 12.0 is not a number in 0..10" in result.stderr
    assert "t.csv:4: worsening_onset: 'soon' is not a date" in result.stderr
    assert "t.csv:5: patient: is listed twice" in result.stderr
    assert "t.csv:6: patient: is blank" in result.stderr
    assert "t.csv:7: stopped_on: '2026-13-01'" in result.stderr
    assert [(row["file"], row["line"]) for row in table(here, "rejects")] == [
        ("t.csv", "4"), ("t.csv", "5"), ("t.csv", "6"), ("t.csv", "7"), ("e.csv", "114"),
    ]  # fmt: skip
    assert report(here)["about"]["Patients"] == 2


def test_patients_without_truth_or_entries_or_with_an_early_onset_are_left_out_and_counted(here):
    (here / "t.csv").write_text("patient,worsening_onset,stopped_on\nW,2026-02-01,\nZ,,\n")

    result = evaluate()

    assert result.exit_code == 0
    text = report(here)["warnings"]
    assert any(line.startswith("1 patients with entries are not in the truth file") for line in text)
    assert any(line.startswith("1 patients of the truth file have no usable entry") for line in text)
    assert any(line.startswith("1 patients had got worse before their first entry") for line in text)
    assert all(line in result.stderr for line in text)
    assert report(here)["figures"]["sensitivity_60d"]["value"] is None


def test_files_without_rows_give_a_report_with_a_warning(here):
    (here / "e.csv").write_text(HEADER + "\n")

    result = evaluate()

    assert result.exit_code == 0
    assert "nothing could be evaluated" in result.stderr
    assert report(here)["figures"]["sensitivity_60d"]["value"] is None


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("t.csv", "", "is empty"),
        ("t.csv", "patient,stopped_on\nW,\n", "column 'worsening_onset' is missing"),
        ("t.csv", "patient,worsening_onset,stopped_on,folowed_until\n", "is 'followed_until' meant?"),
        ("e.csv", "patient,pain_worst\n", "column 'recorded_at' is missing"),
        ("p.csv", "birth_year\n", "column 'patient' is missing"),
        ("out", "a file", "'out' is a file"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(here, name, text, words):
    (here / name).write_text(text)

    result = evaluate()

    assert result.exit_code == 2
    assert words in result.stderr


def test_a_report_that_cannot_be_written_is_refused(here):
    (here / "file").write_text("")

    result = evaluate("--report", "file/out")

    assert result.exit_code == 2
    assert "cannot be made a folder" in result.stderr


def test_a_policy_of_ones_own_is_evaluated_and_a_bad_one_refused(here):
    (here / "bad.json").write_text('{"thresholds": {"nonsense": {"value": 3, "source": "me"}}}')

    assert evaluate("--policy", "default").exit_code == 0
    assert evaluate("--policy", "bad.json").exit_code == 2


def test_the_base_rate_moves_the_predicted_risk_and_not_the_ranking(here):
    CliRunner().invoke(
        simulate_command,
        ["--count", "80", "--patients", "p.csv", "--days", "170", "--seed", "5", "--entries", "e.csv",
         "--truth", "t.csv", "--cadence", "weekly", "--stopping-share", "0.8"],
    )  # fmt: skip
    found = []
    for rate in ("0.1", "0.4"):
        assert evaluate("--base-rate", rate, "--resamples", "0").exit_code == 0
        found.append(report(here)["figures"])

    low, high = found
    assert high["predicted_day60"]["value"] > 2 * low["predicted_day60"]["value"]
    assert high["auroc_day60"]["value"] == pytest.approx(low["auroc_day60"]["value"], abs=0.02)
    assert high["observed_day60"] == low["observed_day60"]


def test_the_share_who_get_worse_moves_probabilities_and_no_finding(here):
    usual = ["--entries", "e.csv", "--patients", "p.csv", "--alerts", "a.csv", "--scores", "s.csv"]
    found = []
    for more in ([], ["--worsening-share", "0.15"]):
        assert CliRunner().invoke(replay_command, [*usual, *more]).exit_code == 0
        with (here / "a.csv").open() as alerts, (here / "s.csv").open() as scores:
            found.append((list(csv.DictReader(alerts)), list(csv.DictReader(scores))))
    (alerts, scores), (rare_alerts, rare_scores) = found
    named = ("patient", "raised_at", "kind", "tier")

    assert [[each[name] for name in named] for each in alerts] == [
        [each[name] for name in named] for each in rare_alerts
    ]
    both = [
        (float(each["p_worsening"]), float(rare["p_worsening"]))
        for each, rare in zip(scores, rare_scores, strict=True)
        if each["p_worsening"]
    ]
    assert both
    assert all(rare <= usual for usual, rare in both)
    assert any(rare < usual for usual, rare in both)


def test_no_share_of_a_report_is_sure_and_none_of_few_has_an_interval(here):
    simulate = ["--count", "60", "--patients", "p.csv", "--days", "260", "--seed", "3", "--entries", "e.csv"]
    CliRunner().invoke(simulate_command, [*simulate, "--truth", "t.csv", "--stopping-share", "0.6"])
    assert evaluate("--resamples", "40").exit_code == 0

    shares = [
        cell
        for part in report(here)["tables"].values()
        for row in part["rows"]
        for name, cell in row.items()
        if isinstance(cell, dict)
        and name.startswith(("sens", "ppv", "share", "observed", "warned", "stopped"))
    ]
    with_interval = [cell for cell in shares if cell["low"] is not None]
    assert len(with_interval) > 20
    assert {0, 1} & {cell["value"] for cell in with_interval}, "the cohort has shares of 0% or 100%"
    assert [cell for cell in with_interval if cell["low"] >= cell["high"]] == []
    small = [row for row in table(here, "detection_by_group") if int(row["onsets"]) < 10]
    assert small
    assert all(row["sensitivity_60d_low"] == row["median_delay_days_low"] == "" for row in small)
    page = (here / "out/report.html").read_text()
    assert page.count("of the diary</text>") == 2, "a panel of the calibration plot for each day"


def test_a_report_warns_at_its_top_of_exclusions_that_depend_on_the_outcome(here):
    names = [f"P{n:02}" for n in range(40)]
    (here / "e.csv").write_text(lines(*(row for name in names for row in diary(name, [2, 1, 2, 3] * 7))))
    (here / "p.csv").write_text("patient\n" + "\n".join(names) + "\n")
    truth = [f"{name},,{'2026-03-20' if n < 10 else 'not seen'}" for n, name in enumerate(names)]
    (here / "t.csv").write_text("\n".join(["patient,worsening_onset,stopped_on", *truth, ""]))

    result = evaluate("--resamples", "0")

    text = "The figures may be biased: 30 rows of the truth file were rejected"
    assert result.exit_code == 1
    assert text in result.stderr
    assert text in " ".join(report(here)["warnings"])
    assert text in (here / "out/report.html").read_text()


def test_a_patient_lost_to_follow_up_does_not_count_as_on_treatment(here):
    CliRunner().invoke(
        simulate_command,
        ["--count", "80", "--patients", "p.csv", "--days", "170", "--seed", "5", "--entries", "e.csv",
         "--truth", "t.csv", "--cadence", "weekly", "--stopping-share", "0.8"],
    )  # fmt: skip
    evaluate("--resamples", "0")
    (everybody, _) = table(here, "predictions")
    with (here / "t.csv").open(newline="") as file:
        truth = list(csv.DictReader(file))
    stayed = [row for row in truth if not row["stopped_on"]]
    for row in stayed[:10]:
        row["followed_until"] = "2020-01-01"
    with (here / "t.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, [*truth[0], "followed_until"])
        writer.writeheader()
        writer.writerows(truth)

    assert evaluate("--resamples", "0").exit_code == 0

    (without, _) = table(here, "predictions")
    assert int(without["stopped_90d"]) == int(everybody["stopped_90d"])
    assert int(everybody["patients"]) - int(without["patients"]) == int(without["not_followed"]) - int(
        everybody["not_followed"]
    )
    assert 0 < int(without["not_followed"]) <= 10


def test_a_model_that_is_none_is_refused(here):
    (here / "model.json").write_text("{}")

    assert evaluate("--model", "model.json").exit_code == 2


def test_patients_may_be_left_out_and_age_is_then_not_known(here):
    result = CliRunner().invoke(
        evaluate_command,
        [
            "--entries",
            "e.csv",
            "--truth",
            "t.csv",
            "--report",
            "out",
            "--resamples",
            "0",
            "--followed",
            "300",
        ],
    )

    assert result.exit_code == 0, result.output
    ages = [row["group"] for row in table(here, "detection_by_group") if row["split"] == "Age"]
    assert ages == ["not known"]
    assert report(here)["figures"]["ppv"] == {"value": 1.0, "low": None, "high": None}


def test_the_help_names_the_files_and_the_exit_status():
    text = CliRunner().invoke(evaluate_command, ["--help"]).output

    for word in ("worsening_onset", "report.html", "Exit status", "docs/explanation/evaluation.md"):
        assert word in text


def test_the_report_shows_detection_with_and_without_extra_answers(here):
    evaluate()
    assert table(here, "extra_check_ins") == []
    header, *rows = (here / "e.csv").read_text().splitlines()
    marked = [f"{row},{'burst' if n % 4 == 3 else 'own'}" for n, row in enumerate(rows)]
    (here / "e.csv").write_text("\n".join([f"{header},asked", *marked]))

    evaluate()

    with_them, without = table(here, "extra_check_ins")
    assert (with_them["extra_check_ins"], without["extra_check_ins"]) == ("with", "without")
    assert float(with_them["extra_answers_per_patient_year"]) > 0
    assert float(without["extra_answers_per_patient_year"]) == 0
    assert float(with_them["median_delay_days"]) <= float(without["median_delay_days"])
