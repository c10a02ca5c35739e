"""Cohorts to calibrate on: weekly diaries of patients who stop by a model of the risk, or otherwise."""

import csv
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from click.testing import CliRunner, Result

from api.cli.calibrate import calibrate_command
from api.domain.risk.model import RiskModel
from api.services.replay.diaries import read_diaries, read_patients
from api.services.scoring.risk_covariates import covariates_on_days

FIRST = date(2026, 1, 5)
LANDMARK = 60
LAST = 240


class Cohort:
    """A folder with the diaries of simulated patients."""

    def __init__(self, folder: Path, size: int, seed: int = 1) -> None:
        """Write diaries of 60 days, with one entry at the end of follow-up."""
        self.folder, self.size = folder, size
        self.rng = np.random.default_rng(seed)
        self.entries, self.patients = folder / "entries.csv", folder / "patients.csv"
        self.truth = folder / "truth.csv"
        self.exemestane = self.rng.random(size) < 0.5
        self._write_patients()
        self._write_entries()

    def stops(self, hazard: Callable[[int, float], float], model: RiskModel) -> int:
        """Draw who stops in the 90 days after the landmark.

        ``hazard`` takes the number of the patient and the hazard by the model.
        """
        rejects: list = []
        rows, stopped = [], 0
        known = read_patients(self.patients, rejects)
        for nth, diary in enumerate(read_diaries(self.entries, known, rejects)):
            (read,) = covariates_on_days(diary.entries, diary.known.facts, [FIRST.toordinal() + LANDMARK])
            assert read is not None
            ratio = np.exp(model.centre(read.diary_days) + model.predictor(read.values))
            days = 90 * self.rng.exponential() / hazard(nth, model.average_hazard(read.day) * ratio)
            on = FIRST + timedelta(days=LANDMARK + max(int(np.ceil(days)), 1))
            stopped += days < 90
            rows.append((diary.name, "", on.isoformat() if days < 90 else ""))
        self.write_truth(rows)
        return stopped

    def write_truth(
        self, rows: list, header: tuple[str, ...] = ("patient", "worsening_onset", "stopped_on")
    ) -> None:
        """Write the truth."""
        _write(self.truth, [header, *rows])

    def calibrate(self, *more: str, out: str = "model.json", at: str = str(LANDMARK)) -> Result:
        """Run the command."""
        named = ["--entries", self.entries, "--patients", self.patients, "--truth", self.truth]
        named += ["--at", at, "--out", self.folder / out, *more]
        return CliRunner().invoke(calibrate_command, [str(each) for each in named])

    def _write_patients(self) -> None:
        tablets = np.where(self.exemestane, "exemestane", "letrozole")
        rows = [
            (f"P{n:04}", FIRST, tablets[n], n % 4 == 0, n % 3 == 0, 1950 + n % 30) for n in range(self.size)
        ]
        header = ("patient", "ai_started_on", "ai", "prior_tamoxifen", "prior_taxane", "birth_year")
        _write(self.patients, [header, *rows])

    def _write_entries(self) -> None:
        rows: list[tuple[object, ...]] = [
            (
                "patient",
                "recorded_at",
                "pain_worst",
                "stiffness",
                "interference",
                "doses_missed_7d",
                "confidence",
            )
        ]
        for n in range(self.size):
            pain, doubt, missing = self.rng.uniform(0, 9), self.rng.uniform(0, 7), self.rng.beta(1, 6)
            for day in (*range(0, LANDMARK, 7), LAST):
                noisy = np.clip(self.rng.normal([pain, pain, pain, 10 - doubt], 1), 0, 10).round(1)
                missed = self.rng.binomial(7, missing)
                moment = f"{FIRST + timedelta(days=day)}T20:00:00+00:00"
                rows.append((f"P{n:04}", moment, *noisy[:3], missed, noisy[3]))
        _write(self.entries, rows)


def _write(path: Path, rows: list) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
