"""Simulated patients: facts, symptom pattern, and start of the tablets."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TypeVar

import numpy as np
from numpy.random import Generator

from api.services.replay.diary_csv import PATIENT_COLUMNS
from api.services.simulation.assumptions import Assumptions

Word = TypeVar("Word", bound=str)

FIRST_START = date(2025, 1, 6)
_START_WITHIN_DAYS = 28
_ZONES = (
    "Europe/Berlin",
    "Europe/London",
    "America/New_York",
    "America/Los_Angeles",
    "Asia/Kolkata",
    "Australia/Sydney",
)
_INHIBITORS = {"letrozole": 0.5, "anastrozole": 0.3, "exemestane": 0.2}
_TAMOXIFEN_SHARE, _TAXANE_SHARES, _TAXANE_RARER_FROM = 0.25, (0.45, 0.25), 60
_FACTS = tuple(name for name in PATIENT_COLUMNS if name != "expected_levels")  # nobody answers here
_UNKNOWN_SHARE = 0.05
"""Share of each optional fact that is missing: assumed."""

_BEGINS_BEFORE, _BEGINS_WITH = 0.60, 0.25
"""Shares of diaries that start 2-6 weeks before the tablets, and with them; others long after: assumed."""

FRAILTY_SD = 0.5
"""SD of the unexplained tendency to stop, in log hazard: assumed."""


class SymptomPattern(StrEnum):
    """Pattern of the symptoms over time."""

    STEADY = "steady"
    NOISY = "noisy"
    FLARING = "flaring"
    IMPROVING = "improving"
    STABLE_HIGH = "stable_high"
    ONSET = "onset"


_CALM = {
    SymptomPattern.STEADY: 0.30,
    SymptomPattern.NOISY: 0.18,
    SymptomPattern.FLARING: 0.20,
    SymptomPattern.IMPROVING: 0.17,
    SymptomPattern.STABLE_HIGH: 0.15,
}
_UNDER_AN_ONSET = {SymptomPattern.STEADY: 0.6, SymptomPattern.NOISY: 0.2, SymptomPattern.FLARING: 0.2}


@dataclass(frozen=True, slots=True)
class SimulatedPatient:
    """One simulated patient. Days count from the first of the diary, 0; ``tablets_from`` may be negative."""

    name: str
    first_day: date
    days: int
    tablets_from: int
    ai: str
    prior_tamoxifen: bool
    prior_taxane: bool
    age: int
    zone: str
    unknown: frozenset[str]
    kind: SymptomPattern
    background: SymptomPattern
    baseline: float
    rise: float
    sd: float
    autocorrelation: float
    frailty: float

    @property
    def facts(self) -> list[str]:
        """The cells of ``PATIENT_COLUMNS``; blank where not known."""
        known = {
            "ai_started_on": (self.first_day + timedelta(days=self.tablets_from)).isoformat(),
            "ai": self.ai,
            "prior_tamoxifen": str(self.prior_tamoxifen).lower(),
            "prior_taxane": str(self.prior_taxane).lower(),
            "birth_year": str(self.first_day.year - self.age),
            "timezone": self.zone,
            "expected_levels": "",
        }
        return ["" if name in self.unknown else known[name] for name in PATIENT_COLUMNS]


def draw_patient(rng: Generator, number: int, *, days: int, assumptions: Assumptions) -> SimulatedPatient:
    """Draw one patient.

    Args:
        rng: Random generator of the patient.
        number: Number of the patient, from 1; it gives only the name.
        days: Days of follow-up.
        assumptions: Assumptions of the cohort.
    """
    age = int(np.clip(rng.normal(61, 10), 32, 88))
    kind = _kind(rng, assumptions)
    background = _choice(rng, _UNDER_AN_ONSET) if kind is SymptomPattern.ONSET else kind
    rise = float(rng.uniform(2.2, 5.0))
    return SimulatedPatient(
        name=f"P{number:06d}",
        first_day=FIRST_START + timedelta(days=int(rng.integers(_START_WITHIN_DAYS))),
        days=days,
        tablets_from=_tablets_from(rng),
        ai=_choice(rng, _INHIBITORS),
        prior_tamoxifen=bool(rng.random() < _TAMOXIFEN_SHARE),
        prior_taxane=bool(rng.random() < (_TAXANE_SHARES[age >= _TAXANE_RARER_FROM])),
        age=age,
        zone=str(rng.choice(_ZONES)),
        unknown=_unknown(rng),
        kind=kind,
        background=background,
        baseline=_baseline(rng, kind, rise),
        rise=rise,
        sd=_sd(rng, background, assumptions.noise_sd),
        autocorrelation=float(np.clip(assumptions.autocorrelation + rng.uniform(-0.15, 0.15), 0, 0.95)),
        frailty=float(rng.normal(0, FRAILTY_SD)),
    )


def _kind(rng: Generator, assumptions: Assumptions) -> SymptomPattern:
    calm = _choice(rng, _CALM)
    return SymptomPattern.ONSET if rng.random() < assumptions.onset_share else calm


def _choice(rng: Generator, shares: Mapping[Word, float]) -> Word:
    return list(shares)[int(rng.choice(len(shares), p=list(shares.values())))]


def _tablets_from(rng: Generator) -> int:
    before, with_them, after = rng.integers(14, 43), rng.integers(-3, 8), -rng.integers(60, 900)
    which = rng.random()
    if which < _BEGINS_BEFORE:
        return int(before)
    return int(with_them if which < _BEGINS_BEFORE + _BEGINS_WITH else after)


def _unknown(rng: Generator) -> frozenset[str]:
    return frozenset(fact for fact in _FACTS if rng.random() < _UNKNOWN_SHARE)


def _baseline(rng: Generator, kind: SymptomPattern, rise: float) -> float:
    """Return the level of worst pain without tablets; joint pain is common at that age (assumed)."""
    high, middling, low = rng.uniform(6.0, 8.2), rng.uniform(4.5, 7.0), rng.normal(2.4, 1.3)
    if kind is SymptomPattern.STABLE_HIGH:
        return float(high)
    if kind is SymptomPattern.IMPROVING:
        return float(middling)
    baseline = float(np.clip(low, 0.4, 5.0))
    return min(baseline, 9.3 - rise) if kind is SymptomPattern.ONSET else baseline


def _sd(rng: Generator, background: SymptomPattern, median: float) -> float:
    drawn, high = np.exp(rng.normal(0, 0.35)), rng.uniform(1.45, 2.27)
    return float(median * (high if background is SymptomPattern.NOISY else np.clip(drawn, 0.36, 2.27)))
