"""Landmark analysis of the risk of stopping within 90 days, and warnings before stopping."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from api.domain.alerts.finding import FindingKind
from api.domain.risk.performance import auroc
from api.services.evaluation.outcomes import Floats, Ints, PatientRecord
from api.services.evaluation.prediction import MIN_EVENTS, NAN, Flags, brier, calibration_slope_and_intercept

LANDMARKS = (60, 120)
HORIZON_DAYS = 90
_TOLERATED_GAP_DAYS = 7
"""Missing days at the start or end of a diary that still count as followed."""

WARNING_KINDS = (
    FindingKind.LIKELY_DISCONTINUATION,
    FindingKind.WISH_TO_STOP,
    FindingKind.ADHERENCE_GAP,
    FindingKind.SILENCE,
)
"""Kinds of findings that may precede stopping."""

MEASURES = ("auroc", "brier", "slope", "intercept", "predicted", "observed", "ratio")


@dataclass(frozen=True, slots=True)
class Landmark:
    """Patients on treatment at one day of their diaries, and followed for the 90 days after it.

    Attributes:
        day: The landmark, as a day of the diary.
        patients: Indices of the patients.
        risk: Newest risk up to that day, for each of them; not a number without one.
        stopped: Whether each of them stopped within the next 90 days.
        not_followed: Number of patients on treatment without enough follow-up.
    """

    day: int
    patients: Ints
    risk: Floats
    stopped: Flags
    not_followed: int

    @property
    def with_risk(self) -> Ints:
        """Indices into ``patients`` of those with a risk."""
        return np.flatnonzero(~np.isnan(self.risk))

    def measures(self, indices: Ints) -> list[float]:
        """Return the figures of ``MEASURES``; not a number where fewer than ten stopped, or did not."""
        risk, stopped = self.risk[indices], self.stopped[indices]
        events = int(stopped.sum())
        if min(events, len(indices) - events) < MIN_EVENTS:
            return [NAN] * len(MEASURES)
        predicted, observed = float(risk.mean()), events / len(indices)
        slope, intercept = calibration_slope_and_intercept(risk, stopped)
        ranking = auroc(risk, stopped)
        return [ranking, brier(risk, stopped), slope, intercept, predicted, observed, predicted / observed]


def follow_up_days(records: Sequence[PatientRecord]) -> list[int]:
    """Return the days of follow-up of each patient, from the diaries alone.

    That is the length of the longest diary, or up to the last day of the file for a patient who began
    too late for it. Silence and stopping do not end follow-up: excluding patients for them would bias
    every figure.
    """
    longest = max((record.last - record.first + 1 for record in records), default=0)
    newest = max((record.last for record in records), default=0)
    return [min(longest, newest - record.first + 1) for record in records]


def censored_follow_up(record: PatientRecord, followed: int) -> int:
    """Return the days of follow-up, shortened where the ground truth gives an earlier end."""
    lost, stopped = record.truth.followed_until, record.truth.stopped_on
    if lost is None or (stopped is not None and stopped <= lost):
        return followed
    return min(followed, max(lost - record.first + 1, 0))


def evaluate_landmark(records: Sequence[PatientRecord], day: int, followed: Sequence[int]) -> Landmark:
    """Return the patients of a landmark, with risk and outcome.

    Args:
        records: The patients.
        day: Day of the diary, counted from the first entry, 0.
        followed: Days of follow-up of each.
    """
    on_treatment = [
        index
        for index, record in enumerate(records)
        if record.truth.stopped_on is None or record.truth.stopped_on > record.first + day
    ]
    patients = [
        index for index in on_treatment if followed[index] >= day + HORIZON_DAYS - _TOLERATED_GAP_DAYS
    ]
    return Landmark(
        day,
        np.array(patients, dtype=np.int64),
        np.array([_newest_risk(records[index], day) for index in patients], dtype=np.float64),
        np.array([_stops_within(records[index], day) for index in patients], dtype=np.bool_),
        len(on_treatment) - len(patients),
    )


@dataclass(frozen=True, slots=True)
class WarningTimes:
    """Days from the first warning to stopping, within 90 days, of patients who stopped in the diary."""

    lead: Floats

    def measures(self, indices: Ints) -> list[float]:
        """Return the share with a warning, and the median lead time of those in days."""
        lead = self.lead[indices]
        with_warning = lead[~np.isnan(lead)]
        share = len(with_warning) / len(lead) if len(lead) else NAN
        return [
            share,
            float(np.quantile(with_warning, 0.5, method="inverted_cdf")) if len(with_warning) else NAN,
        ]


def lead_times(records: Sequence[PatientRecord], kinds: Sequence[FindingKind]) -> WarningTimes:
    """Return the time from the first finding of these kinds to stopping, at most 90 days."""
    leads = []
    for record in records:
        stopped = record.truth.stopped_on
        if stopped is not None and stopped > record.first:
            days = [stopped - day for kind, day in record.findings if kind in kinds]
            leads.append(max((float(lead) for lead in days if 0 < lead <= HORIZON_DAYS), default=NAN))
    return WarningTimes(np.array(leads, dtype=np.float64))


def followed_by_discontinuation(record: PatientRecord, kind: FindingKind, followed: int) -> tuple[int, int]:
    """Return the number of findings of a kind followed by stopping within 90 days, and their number.

    Findings after stopping, and those with less than 90 days of follow-up, do not count.
    """
    stopped, ends = record.truth.stopped_on, record.first + followed + _TOLERATED_GAP_DAYS
    evaluable = [
        day
        for day in record.days_of(kind)
        if (stopped is None or day < stopped) and day + HORIZON_DAYS <= ends
    ]
    return sum(stopped is not None and stopped - day <= HORIZON_DAYS for day in evaluable), len(evaluable)


def _stops_within(record: PatientRecord, day: int) -> bool:
    stopped = record.truth.stopped_on
    return stopped is not None and stopped - record.first - day <= HORIZON_DAYS


def _newest_risk(record: PatientRecord, day: int) -> float:
    known = int(np.searchsorted(record.risk.days, record.first + day, side="right"))
    return float(record.risk.values[known - 1]) if known else NAN
