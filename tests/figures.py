"""Computes the figures of the pages into docs/figures.json: `make figures`, some minutes.

The pages are filled from that file by `make pages`, so that no two of them differ.
The file names the engine that was measured. It is never edited by hand: where a threshold changes, the
pages say that the built-in engine is another, until the figures are measured again.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from click.testing import CliRunner

from api.cli.evaluate import evaluate_command
from api.cli.simulate import simulate_command
from tests.worlds.coverage import COHORTS, coverage
from tests.worlds.measure import WORLDS, measure, measure_extra_check_ins
from tests.worlds.stopping import SHARES, measure_stopping
from tests.worlds.stopping_limits import measure_limits

FILE = Path(__file__).parents[1] / "docs" / "figures.json"
DAYS, RESAMPLES = 300, 200
MAIN = ("daily", "weekly", "mixed")
PATIENTS, SEED = 1000, 11
VARIED = {
    "noise of median SD 1.6 instead of 1.1": ("--noise-sd", "1.6"),
    "correlation of adjacent days 0.6 instead of 0.35": ("--autocorrelation", "0.6"),
    "60% missing instead of 35%": ("--missing-share", "0.6"),
    "20% get worse instead of 45%": ("--onset-share", "0.2"),
}
VARIED_PATIENTS, VARIED_SEED = 500, 12
WORLD_PATIENTS, WORLD_SEED = 2000, 13
LEVEL_PATIENTS, LEVEL_SEED = 300, 21
STOPPING_PATIENTS, STOPPING_SEED = 1500, 71
LIMITS_PATIENTS, LIMITS_SEED = 1000, 5
EXTRA_ANSWERED, EXTRA_ELSEWHERE = (0.5, 0.7, 0.9), 0.7
EXTRA_SHOWN = (
    "sensitivity_60d",
    "median_delay_days",
    "false_per_patient_year",
    "bursts_per_patient_year",
    "extra_answers_per_patient_year",
)
SHOWN = (
    "sensitivity_60d",
    "sensitivity_60d_where_written",
    "median_delay_days",
    "p90_delay_days",
    "false_per_patient_year",
)


def measured() -> dict[str, Any]:
    """Return the figures of every cohort: of all rules in the main ones, of the engine in the others.

    The main and the varied cohorts are of the product's own simulator, the first world; those of the
    other worlds follow.
    """
    cohorts: dict[str, Any] = {"main": {}, "varied": {}, "worlds": {}}
    for cadence in MAIN:
        report = _report(cadence, PATIENTS, SEED)
        cohorts["engine"] = report["about"]["Engine"]
        cohorts["main"][cadence] = dict(_rules(report))
        sys.stderr.write(f"{cadence}\n")
    for words, option in VARIED.items():
        for cadence in MAIN[:2]:
            report = _report(cadence, VARIED_PATIENTS, VARIED_SEED, *option)
            cohorts["varied"][f"{cadence}, {words}"] = dict(_rules(report))["engine"]
            sys.stderr.write(f"{cadence}, {words}\n")
    cohorts["extra_check_ins"] = extra_check_ins()
    for world in WORLDS:
        cohorts["worlds"][world] = measure(world, WORLD_PATIENTS, WORLD_SEED)
        sys.stderr.write(f"{world} world\n")
    limits = {world: measure_limits(world, LIMITS_PATIENTS, LIMITS_SEED) for world in WORLDS}
    stopping = {"patients": STOPPING_PATIENTS, "worlds": _stopping(), "limits": limits}
    return cohorts | {"level_intervals": level_intervals(), "stopping": stopping}


def extra_check_ins() -> dict[str, dict[str, Any]]:
    """Return the engine's figures by the share of extra check-ins that is answered, none included."""
    first: dict[str, Any] = {}
    for answered in EXTRA_ANSWERED:
        report = _report("weekly", VARIED_PATIENTS, VARIED_SEED, "--extra-check-ins", str(answered))
        found = {
            row["extra_check_ins"]: {name: row[name]["value"] for name in EXTRA_SHOWN}
            for row in report["tables"]["extra_check_ins"]["rows"]
        }
        first |= {"none": found["without"], f"{answered:.0%}": found["with"]}
    others = {
        f"{world} world": measure_extra_check_ins(world, EXTRA_ELSEWHERE, VARIED_PATIENTS, VARIED_SEED)
        for world in WORLDS
    }
    return {"first world, weekly": first, **others}


def level_intervals() -> dict[str, dict[str, dict[str, float]]]:
    """Return the coverage of the intervals of levels by cohort and symptom."""
    return {
        name: {
            symptom: {key: round(value, 4) for key, value in found._asdict().items()}
            for symptom, found in coverage(cohort(LEVEL_PATIENTS, LEVEL_SEED)).items()
        }
        for name, cohort in COHORTS.items()
    }


def _stopping() -> dict[str, Any]:
    return {
        world: {share: measure_stopping(world, share, STOPPING_PATIENTS, STOPPING_SEED) for share in shares}
        for world, shares in SHARES.items()
    }


def _report(cadence: str, patients: int, seed: int, *more: str) -> Any:
    with TemporaryDirectory() as folder:
        files = {name: str(Path(folder) / f"{name}.csv") for name in ("entries", "patients", "truth")}
        named = [part for name, path in files.items() for part in (f"--{name}", path)]
        size = ["--count", patients, "--days", DAYS, "--seed", seed, "--cadence", cadence, *more]
        _run(simulate_command, [*named, *size])
        _run(evaluate_command, [*named, "--report", folder, "--resamples", RESAMPLES])
        return json.loads((Path(folder) / "report.json").read_text(encoding="utf-8"))


def _rules(report: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    for row in report["tables"]["rules"]["rows"]:
        yield row["rule"], {name: row[name] for name in SHOWN}


def _run(command: Any, arguments: list[Any]) -> None:
    done = CliRunner().invoke(command, [str(part) for part in arguments])
    if done.exit_code:
        raise SystemExit(done.output)


if __name__ == "__main__":
    FILE.write_text(json.dumps(measured(), indent=1) + "\n", encoding="utf-8")
