"""Risk of stopping in the three worlds, told the share who stop: predicted over observed, and ranking."""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from api.services.calibration.calibrate import CalibrationMethod, calibrate
from api.services.evaluation.selection import CohortSources
from api.services.files.inputs import Input
from api.services.replay.file_dates import FileToday
from api.services.scoring.risk_covariates import risk_model_for
from api.services.simulation.assumptions import Assumptions
from api.services.simulation.files import CohortFiles, write_cohort
from tests.worlds import second, third
from tests.worlds.diary import write_world

DAYS, RESAMPLES = 300, 20
BY_A_RISE = "second, a rise drives stopping"
SHARES: dict[str, dict[float, float]] = {
    "first": {0.10: 0.10, 0.20: 0.20, 0.30: 0.30},
    "second": {0.10: -0.85, 0.19: 0.0, 0.31: 0.65},
    BY_A_RISE: {0.26: 0.0},
    "third": {0.10: -0.5, 0.19: 0.3, 0.28: 0.75},
}
"""Share who stop within 12 months of the tablets, and what gives it: the assumption of the first world, an
addition to the log hazard of the others (the share measured in 2,000 patients followed for 380 days)."""

MEASURES = {"AUROC": "auroc", "predicted over observed": "ratio"}


def measure_stopping(world: str, share: float, count: int, seed: int) -> dict[str, dict[str, float | None]]:
    """Return the figures of days 60 and 120, by the model told the share and refitted to the outcomes."""
    with TemporaryDirectory() as folder:
        files = _write(world, SHARES[world][share], count, seed, Path(folder))
        entries, patients, truth = map(Input, files)
        today = FileToday(date(2030, 1, 1), is_given=True)
        model = risk_model_for(None, share, entries=entries, patients=patients, today=today)
        method = CalibrationMethod(followed=DAYS, resamples=RESAMPLES, seed=seed, allow_biased_fit=True)
        done = calibrate(CohortSources(entries, patients, truth, today), model, method)
    found: dict[str, dict[str, Any]] = {}
    for figure in done.validation.before:
        if figure.name in MEASURES:
            day = found.setdefault(str(figure.at), {})
            day[MEASURES[figure.name]] = figure.value
            day |= {f"{MEASURES[figure.name]}_low": figure.low, f"{MEASURES[figure.name]}_high": figure.high}
    for figure in done.validation.after:
        if figure.name == "AUROC":
            found[str(figure.at)]["refitted"] = figure.value
    return found


def _write(world: str, added: float, count: int, seed: int, folder: Path) -> CohortFiles:
    files = CohortFiles(*(folder / f"{name}.csv" for name in ("entries", "patients", "truth")))
    if world == "first":
        assumptions = Assumptions(stopping_share=added)
        write_cohort(
            files, count=count, days=DAYS, seed=seed, assumptions=assumptions, progress=lambda *_: None
        )
        return files
    cohort = third.cohort if world == "third" else second.cohort
    diaries = cohort(count, days=DAYS, seed=seed, stopping=added)
    write_world(
        (each for each in diaries if world != BY_A_RISE or each.groups["cause"] == "symptoms"), folder
    )
    return files
