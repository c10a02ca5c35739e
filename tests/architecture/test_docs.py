"""Checks of the documents: links, commands, numbers and worked examples."""

import csv
import json
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import click
import pytest
from click.testing import CliRunner

from api.cli.commands import COMMANDS
from api.cli.replay import replay_command
from api.domain.alerts.budget import AlertBudget
from api.domain.entries.questions import Entry
from api.domain.instruments.registry import NEWEST
from api.domain.policy import Policy
from api.domain.trajectory.engine import Engine, PatientFactors

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]
QUIET = [2, 2, 3, 2, 1, 2, 2, 3, 2, 2, 2, 1, 2, 3, 2, 2, 2, 3, 2, 2, 1, 2, 2, 3, 2, 2, 2, 2]
"""Four weeks of a stable daily diary, used by the section on limits."""


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.M)
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


def boxes(page: Path) -> list[str]:
    """Return the text of each box, in one line."""
    return [
        " ".join(re.sub(r"^\s*> ?", "", line) for line in box.splitlines())
        for box in re.findall(r"(?:^> .*\n)+", page.read_text(), re.M)
    ]


def findings_of(days: dict[int, dict[str, object]]) -> list[tuple[str, int, str]]:
    """Return kind, day and reason of the findings of a diary; days count from 1."""
    first = date(2026, 3, 2)
    entries = []
    for number, answers in days.items():
        day = first + timedelta(number - 1)
        recorded_at = datetime(day.year, day.month, day.day, 20, tzinfo=UTC)
        entries.append(Entry(UUID(int=number), recorded_at, day, answers))
    found = Engine().begin(PatientFactors()).add(entries).findings
    return [(each.kind.value, (each.day - first).days + 1, each.reason) for each in found]


def risen(by: int, days: int, *, every: int = 1) -> list[tuple[str, int]]:
    """Return the findings about a rise after the stable weeks, counted from its first day or answer."""
    quiet = QUIET if every == 1 else QUIET[:8]
    answers = [*quiet, *[answer + by for answer in quiet[:days]], *quiet[: 14 if days < len(quiet) else 0]]
    diary: dict[int, dict[str, object]] = {
        1 + every * nth: {"pain_worst": float(answer)} for nth, answer in enumerate(answers)
    }
    return [
        (kind, (day - 1) // every + 1 - len(quiet))
        for kind, day, _ in findings_of(diary)
        if kind != "silence"
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        if "://" in link:
            continue
        name, _, anchor = link.partition("#")
        there = (page.parent / name) if name else page
        assert there.exists(), f"{page.name}: {link}"
        assert not anchor or anchor in anchors(there), f"{page.name}: {link}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_and_their_options_exist(page: Path) -> None:
    known = {command.name: command for command in COMMANDS}
    text = page.read_text().replace("\\\n", " ")
    for name, rest in re.findall(r"flask --app wsgi ([a-z][a-z-]*)([^`\n|;<]*)", text):
        if name == "openapi":
            continue
        assert name in known, f"{page.name}: flask --app wsgi {name}"
        command: click.Command = known[name]
        if isinstance(command, click.Group) and (word := rest.split()[:1]) and word[0].isalpha():
            command = command.commands[word[0]]
        options = {option for parameter in command.params for option in parameter.opts}
        assert set(re.findall(r"(?<=\s)--[a-z-]+", rest)) <= options, f"{page.name}: {name}{rest}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_addresses_of_the_api_exist(page: Path) -> None:
    paths = json.loads((DOCS / "openapi.json").read_text())["paths"]
    known = {re.sub(r"{\w+}", "{}", path) for path in paths}
    named = re.findall(r"(?<![\w.])/v1/[\w/{}-]+", page.read_text())
    an_id = r"{\w+}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b(" + "|".join(NEWEST) + r")$"
    assert [path for path in named if re.sub(an_id, "{}", path.rstrip("/")) not in known] == []


def test_every_number_of_the_engine_and_of_the_budget_has_its_source_on_the_page() -> None:
    page = (DOCS / "reference/evidence.md").read_text()
    printed = {name: float(value) for name, value in re.findall(r"`([a-z][\w.]*)` (\d[\d.]*)", page)}
    budget = {f"budget.{name}": value for name, value in AlertBudget().values().items()}
    assert printed == Policy().values() | budget


def test_boxes_hold_the_output_of_the_engine(tmp_path: Path) -> None:
    files = [
        ("--entries", DOCS / "example/entries.csv"),
        ("--patients", DOCS / "example/patients.csv"),
        ("--alerts", tmp_path / "alerts.csv"),
        ("--scores", tmp_path / "scores.csv"),
    ]
    done = CliRunner().invoke(replay_command, [str(part) for pair in files for part in pair])
    assert done.exit_code == 0, done.output
    with (tmp_path / "alerts.csv").open(newline="") as file:
        alerts = list(csv.DictReader(file))
    left, both = ([{"site": "knee", "side": side}] for side in ("left", "both"))
    knees = {1: left, 4: left, 7: both, 10: left, 14: left}
    one_sided = findings_of({day: {"pain_worst": 4.0, "body_sites": places} for day, places in knees.items()})
    reasons = {alert["reason"] for alert in alerts} | {reason for *_, reason in one_sided}
    printed = boxes(DOCS / "explanation/clinicians.md")
    assert len(printed) == 9
    assert [box for box in printed if box not in reasons] == []
    assert len(alerts) == len(printed) - 1 + 2, "two are not shown, according to the page"
    assert not [alert for alert in alerts if alert["patient"] == "berta"], "the flare raises nothing"
    with (tmp_path / "scores.csv").open(newline="") as file:
        p = {(row["patient"], row["date"]): float(row["p_worsening"] or 0) for row in csv.DictReader(file)}
    page = " ".join((DOCS / "explanation/clinicians.md").read_text().split())
    assert f"the probability was {p['clara', '2026-05-18']:.0%}: not raised yet" in page
    flare = [p["berta", f"2026-05-{day}"] for day in range(13, 21)]
    assert f"never passed {max(flare):.0%}" in page
    readme = " ".join((ROOT / "README.md").read_text().split())
    shown = [alert for alert in alerts if f"{alert['patient']} {alert['kind']}, {alert['tier']}: " in readme]
    assert len(shown) == 2
    assert all(alert["reason"] in readme for alert in shown)
    assert f"two of the {_IN_WORDS[len(alerts)]} findings" in readme


@pytest.mark.parametrize(
    ("by", "day", "severe_by"),
    [(2, 10, None), (3, 8, None), (4, 12, None), (5, 12, 7), (6, 13, 7), (7, 14, 7)],
)
def test_a_lasting_rise_is_found_on_the_day_of_the_page(by, day, severe_by):
    found = dict(reversed(risen(by, len(QUIET))))
    assert found["worsening"] == day
    assert (
        (found.get("severe_symptoms") is None) if severe_by is None else found["severe_symptoms"] <= severe_by
    )


@pytest.mark.parametrize("by", [3, 5, 7])
def test_a_flare_of_seven_days_raises_severe_symptoms_only(by):
    assert [kind for kind, _ in risen(by, 7) if kind != "severe_symptoms"] == []


@pytest.mark.parametrize(
    ("by", "answers", "is_told"), [(3, 1, False), (7, 1, False), (3, 2, True), (5, 2, True)]
)
def test_in_a_weekly_diary_two_high_answers_are_enough_and_one_is_not(by, answers, is_told):
    assert ("worsening" in dict(risen(by, answers, every=7))) is is_told


_IN_WORDS = {8: "eight", 9: "nine", 10: "ten", 11: "eleven", 12: "twelve"}
