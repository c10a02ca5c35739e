"""Cohort of a calibration: covariates at landmarks of the diaries, and outcomes in the 90 days after."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from api.domain.risk.base_rate import TimeOnTablets
from api.domain.risk.features import FEATURES, TYPICAL, Values
from api.domain.risk.fit import Flags, Floats, Ints, PersonTime
from api.domain.risk.model import HORIZON, RiskModel, exposure
from api.domain.risk.performance import EvaluationCohort
from api.services.evaluation.ground_truth import GroundTruth
from api.services.replay.diaries import Diary
from api.services.scoring.risk_covariates import CovariateRow, covariates_on_days

MONTH_DAYS = 30
TOLERATED_GAP_DAYS = 7
"""Missing days at the start or end of a diary that still count as followed."""


@dataclass(frozen=True, slots=True)
class CohortPatient:
    """One patient: first and last day with an entry, covariates at each landmark, ground truth.

    ``started`` is the first day on the tablets, that of the first entry where it is not known.
    """

    first: int
    last: int
    started: int
    covariates: tuple[CovariateRow | None, ...]
    truth: GroundTruth


class _Sample(NamedTuple):
    patient: int
    landmark: int
    values: Values
    day: int
    diary_days: int
    days: int
    stopped: bool


@dataclass(frozen=True, slots=True)
class LandmarkSamples:
    """Samples, one for each patient and landmark; arrays of equal length.

    Attributes:
        patient: Number of the patient.
        landmark: Day of the diary.
        values: Covariates minus their typical values, 0 where not known.
        day: Day of the covariates, from the start of the tablets.
        diary_days: Days of the diary up to them.
        days: Days of follow-up within the 90 days after the landmark.
        stopped: Whether the patient stopped on the last of these days.
        without_risk: Number of landmarks left out without enough data for a risk.
        not_followed: Number of landmarks left out without follow-up.
    """

    patient: Ints
    landmark: Ints
    values: Floats
    day: Ints
    diary_days: Ints
    days: Floats
    stopped: Flags
    without_risk: int
    not_followed: int

    def exposed(self, hazard: Floats) -> PersonTime:
        """Return the person-time, with each cumulative ``hazard`` of 90 days spread over the months."""
        whole = np.array([exposure(day, day + HORIZON) for day in self.day], dtype=np.float64)
        months = np.ceil(self.days / MONTH_DAYS)
        begun = np.where(self.stopped, (months - 1) * MONTH_DAYS, self.days)
        ended = np.where(self.stopped, months * MONTH_DAYS, self.days)
        before = self._until(begun) / whole
        within = self._until(ended) / whole - before
        return PersonTime(hazard * before, hazard * within, self.stopped, np.ones(len(self.patient)))

    def average(self, model: RiskModel) -> Floats:
        """Return the average patient's cumulative hazard over the 90 days, for each sample."""
        return np.array([model.average_hazard(int(day)) for day in self.day], dtype=np.float64)

    def predictor(self, model: RiskModel) -> Floats:
        """Return the linear predictor of each sample."""
        added: Floats = self.values @ np.array(model.effects)
        return added

    def centre(self, model: RiskModel) -> Floats:
        """Return the centre of each sample."""
        return np.array([model.centre(int(days)) for days in self.diary_days], dtype=np.float64)

    def risk(self, model: RiskModel) -> Floats:
        """Return the risk of each sample, equal to that of a score."""
        return -np.expm1(-self.average(model) * np.exp(self.centre(model) + self.predictor(model)))

    def outcomes(self) -> EvaluationCohort:
        """Return the outcomes, in units of each patient's hazard over the 90 days."""
        return EvaluationCohort(self.exposed(np.ones(len(self.patient))), self.days)

    def subset(self, rows: Flags) -> "LandmarkSamples":
        """Return some of the samples."""
        names = ("patient", "landmark", "values", "day", "diary_days", "days", "stopped")
        return replace(self, **{name: getattr(self, name)[rows] for name in names})

    def _until(self, days: Floats) -> Floats:
        pairs = zip(self.day.tolist(), days.tolist(), strict=True)
        return np.array([exposure(day, day + more) for day, more in pairs], dtype=np.float64)


def cohort_patient(diary: Diary, truth: GroundTruth, at: Sequence[int]) -> CohortPatient:
    """Return the patient of a diary of at least one entry; landmarks count from its first entry, 0."""
    days = [entry.local_date.toordinal() for entry in diary.entries]
    first = min(days)
    rows = covariates_on_days(diary.entries, diary.known.facts, [first + day for day in at])
    started = diary.known.facts.started
    return CohortPatient(first, max(days), first if started is None else started, tuple(rows), truth)


def landmark_samples(
    patients: Sequence[CohortPatient], at: Sequence[int], followed: int | None = None
) -> LandmarkSamples:
    """Return the samples of every patient at every landmark on treatment and in follow-up.

    Args:
        patients: The patients.
        at: The landmarks, counted from the first entry.
        followed: Days of follow-up of every patient. None: as long as the longest diary, or up to the
            last day of the file for a diary that began too late. Silence does not end follow-up.
    """
    rows: list[_Sample] = []
    without_risk = not_followed = 0
    for number, (patient, until) in enumerate(
        zip(patients, _follow_up_ends(patients, followed), strict=True)
    ):
        for day, covariates in zip(at, patient.covariates, strict=True):
            days, stopped = _follow_up(patient, patient.first + day, until)
            if days <= 0:
                not_followed += not _has_stopped(patient, patient.first + day)
            elif covariates is None:
                without_risk += 1
            else:
                row = (covariates.values, covariates.day, covariates.diary_days)
                rows.append(_Sample(number, day, *row, days, stopped))
    return _samples(rows, without_risk, not_followed)


def time_on_tablets(patients: Sequence[CohortPatient], followed: int | None = None) -> list[TimeOnTablets]:
    """Return the follow-up on the tablets of every patient not stopped before the diary."""
    found = []
    for patient, until in zip(patients, _follow_up_ends(patients, followed), strict=True):
        stopped, first = patient.truth.stopped_on, max(patient.first, patient.started)
        if stopped is None or stopped > first:
            last = until if stopped is None else min(stopped, until)
            in_time = stopped is not None and stopped <= until
            found.append(TimeOnTablets(first - patient.started, last - patient.started, in_time))
    return found


def _follow_up_ends(patients: Sequence[CohortPatient], followed: int | None) -> list[int]:
    longest = max((patient.last - patient.first + 1 for patient in patients), default=0)
    newest = max((patient.last for patient in patients), default=0)
    ends = []
    for patient in patients:
        until = min(patient.first + longest - 1, newest) if followed is None else patient.first + followed - 1
        lost = patient.truth.followed_until
        ends.append(until + TOLERATED_GAP_DAYS if lost is None else min(lost, until))
    return ends


def _has_stopped(patient: CohortPatient, day: int) -> bool:
    return patient.truth.stopped_on is not None and patient.truth.stopped_on <= day


def _follow_up(patient: CohortPatient, day: int, until: int) -> tuple[int, bool]:
    """Return the days of follow-up of the 90 after a day, and whether the patient stopped on the last."""
    stopped = patient.truth.stopped_on
    if _has_stopped(patient, day):
        return 0, False
    end = min(until, day + HORIZON)
    if stopped is not None and stopped <= end:
        return stopped - day, True
    return end - day, False


def _samples(rows: Sequence[_Sample], without_risk: int, not_followed: int) -> LandmarkSamples:
    known = np.array([row.values for row in rows], dtype=np.float64).reshape(len(rows), len(FEATURES))
    return LandmarkSamples(
        np.array([row.patient for row in rows], dtype=np.int64),
        np.array([row.landmark for row in rows], dtype=np.int64),
        np.nan_to_num(known - np.array(TYPICAL)),
        np.array([row.day for row in rows], dtype=np.int64),
        np.array([row.diary_days for row in rows], dtype=np.int64),
        np.array([row.days for row in rows], dtype=np.float64),
        np.array([row.stopped for row in rows], dtype=np.bool_),
        without_risk,
        not_followed,
    )
