"""Calibration of a risk model on the files of a site: diaries, patient facts and ground truth."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from api.domain.risk.base_rate import BaseRateCheck, check_base_rate
from api.domain.risk.fit import DidNotConverge
from api.domain.risk.model import HORIZON, RiskModel
from api.services.calibration import refit
from api.services.calibration.cohort import (
    CohortPatient,
    LandmarkSamples,
    cohort_patient,
    landmark_samples,
    time_on_tablets,
)
from api.services.calibration.refit import FittedModel, RefitLevel
from api.services.calibration.validation import Progress, ValidationVerdict, validate
from api.services.evaluation.ground_truth import read_truth
from api.services.evaluation.selection import Cohort, CohortSources, selection_biases
from api.services.replay.diaries import read_patients
from api.services.replay.replay_files import RejectedRow


@dataclass(frozen=True, slots=True)
class CalibrationMethod:
    """Method of a calibration.

    Attributes:
        at: Landmarks, as days of the diary.
        followed: Days of follow-up of every patient; None takes it from the diaries.
        resamples: Number of bootstrap resamples.
        seed: Seed of the resamples.
        allow_biased_fit: Fit although exclusions may depend on the outcome.
    """

    at: tuple[int, ...] = (60, 120)
    followed: int | None = None
    resamples: int = 200
    seed: int = 0
    allow_biased_fit: bool = False


@dataclass(slots=True)
class Calibration:
    """Result of a calibration; ``messages`` explain the fit, ``notes`` are remarks on the files."""

    base: RiskModel
    fitted: FittedModel
    events: int
    patients: int
    messages: list[str]
    validation: ValidationVerdict
    base_rate: BaseRateCheck | None
    rejects: list[RejectedRow]
    notes: list[str]

    def made_from(self, method: CalibrationMethod) -> dict[str, Any]:
        """Return the origin of the model, for its document."""
        return {
            "base_version": self.base.version,
            "fitted": self.fitted.level.value,
            "intercept": self.fitted.intercept,
            "slope": self.fitted.slope,
            "patients": self.patients,
            "patients_who_stopped": self.events,
            "days_of_the_diary": list(method.at),
            "base_rate_check": None if self.base_rate is None else self.base_rate._asdict(),
            "sentences": self.messages,
            "before": [asdict(figure) for figure in self.validation.before],
            "after_corrected_for_optimism": [asdict(figure) for figure in self.validation.after],
        }


def calibrate(
    sources: CohortSources,
    base: RiskModel,
    method: CalibrationMethod,
    *,
    read: Progress | None = None,
    drawn: Progress | None = None,
) -> Calibration:
    """Fit as much of ``base`` as the number of events allows, and validate it before and after.

    Args:
        sources: The files; a bad row is left out and kept among the rejects.
        base: The model to start from.
        method: Landmarks, follow-up and resamples.
        read: Called with the number of entries read, and of all.
        drawn: Called with the number of resamples done, and of all.

    Raises:
        UnusableFile: A file cannot be read, has other columns, or no patient is in two of them.
    """
    rejects: list[RejectedRow] = []
    notes: list[str] = []
    patients = read_patients(sources.patients, rejects, notes)
    truth = read_truth(sources.truth, rejects, notes)
    cohort = Cohort(sources, truth, patients, rejects, notes)
    members = [cohort_patient(diary, known, method.at) for diary, known in cohort.diaries(read)]
    samples = landmark_samples(members, method.at, method.followed)
    fitted, messages = _fitted(base, samples, selection_biases(cohort), allow=method.allow_biased_fit)
    messages = [*_left_out(members, samples, cohort.without_truth), *messages]
    validation = validate(base, fitted, samples, resamples=method.resamples, seed=method.seed, progress=drawn)
    events, count = refit.event_count(samples), len(set(samples.patient))
    base_rate = check_base_rate(base.base_rate, time_on_tablets(members, method.followed))
    return Calibration(base, fitted, events, count, messages, validation, base_rate, rejects, notes)


def _fitted(
    base: RiskModel, samples: LandmarkSamples, biases: Sequence[str], *, allow: bool
) -> tuple[FittedModel, list[str]]:
    """Fit as much as the events allow, unless the fit could be biased; return it with messages."""
    if not biases or allow:
        fitted, messages = _fit(base, samples)
        return fitted, [*(f"the fit may be biased: {bias}" for bias in biases), *messages]
    return FittedModel(base, RefitLevel.NOTHING), [
        *(f"nothing was fitted: {bias}" for bias in biases),
        "correct the files; --allow-biased-fit fits all the same, and the model may be wrong",
    ]


def _fit(base: RiskModel, samples: LandmarkSamples) -> tuple[FittedModel, list[str]]:
    level, events = refit.level_for(base, samples), refit.event_count(samples)
    needed = refit.events_needed(base, samples)
    try:
        fitted = refit.refit(base, samples, level)
    except DidNotConverge as error:
        return FittedModel(base, RefitLevel.NOTHING), [f"nothing was fitted: {error}"]
    return fitted, [_fit_message(fitted, level, events, needed)]


def _fit_message(fitted: FittedModel, level: RefitLevel, events: int, needed: int) -> str:
    few, each = f"{events} patients stopped", refit.EVENTS_PER_COEFFICIENT
    match level, fitted.level:
        case RefitLevel.NOTHING, _:
            return f"too few events: {few}, {each} are needed for the intercept alone; nothing was fitted"
        case RefitLevel.INTERCEPT, _:
            return f"too few events for a slope: {few}, {2 * each} are needed; the intercept was fitted"
        case RefitLevel.SLOPE, RefitLevel.INTERCEPT:
            return f"slope {fitted.slope:.2f}: risks rank in reverse order here; the intercept was fitted"
        case RefitLevel.SLOPE, _:
            return (
                f"too few events for the effects: {few}, {needed} are needed; intercept and slope were fitted"
            )
    return f"{few}, enough ({needed}) for all effects; each is shrunk to the base, by its precision"


def _left_out(members: Sequence[CohortPatient], samples: LandmarkSamples, without_truth: int) -> list[str]:
    lost = int(sum(~samples.stopped & (samples.days < HORIZON)))
    reasons = (
        (without_truth, f"{without_truth} patients have no row, or a bad one, in the truth file: left out"),
        (not members, "no patient has both a diary and a truth"),
        (
            samples.not_followed,
            f"{samples.not_followed} landmarks left out: nothing is known of the days after",
        ),
        (samples.without_risk, f"{samples.without_risk} landmarks left out: not enough data for a risk"),
        (
            lost,
            f"{lost} landmarks end within the 90 days without stopping (end of follow-up, or another event, "
            "such as recurrence or planned completion): they count for the days followed, and as censored",
        ),
    )
    return [reason for applies, reason in reasons if applies]
