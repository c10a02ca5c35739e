"""Calibrates a model on the files of a site: diaries, facts, and who stopped when."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from api.domain.risk.fit import DidNotConverge
from api.domain.risk.model import HORIZON, RiskModel
from api.services.calibration.cohort import CohortPatient, LandmarkSamples, looks, woman_of
from api.services.calibration.refit import (
    EVENTS_EACH,
    FittedModel,
    RefitLevel,
    events_needed,
    events_of,
    level_for,
    refit,
)
from api.services.calibration.validation import Say, ValidationVerdict, judge
from api.services.evaluation.ground_truth import names_in, read_truth
from api.services.evaluation.selection import Cohort, dependences
from api.services.files.inputs import AnyInput, input_of
from api.services.replay.diaries import read_diaries, read_patients
from api.services.replay.file_dates import NO_CLOCK, FileToday
from api.services.replay.joins import FieldNames, without_partner
from api.services.replay.replay import Progress
from api.services.replay.replay_files import RejectedRow


@dataclass(frozen=True, slots=True)
class CalibrationSources:
    """The files to calibrate on; ``patients`` may be left out."""

    entries: AnyInput
    patients: AnyInput | None
    truth: AnyInput
    today: FileToday = NO_CLOCK


@dataclass(frozen=True, slots=True)
class CalibrationMethod:
    """On which days of a diary to look, how long everybody was followed, and how often to draw again.

    ``allow_biased_fit``: fit although who is left out may depend on the outcome.
    """

    at: tuple[int, ...] = (60, 120)
    followed: int | None = None
    resamples: int = 200
    seed: int = 0
    allow_biased_fit: bool = False


@dataclass(slots=True)
class Calibration:
    """What came of it; ``sentences`` say in words what was done and what could not be.

    ``notes`` say what the user should know of the files.
    """

    base: RiskModel
    fitted: FittedModel
    looks: LandmarkSamples
    events: int
    women: int
    sentences: list[str]
    judgement: ValidationVerdict
    rejects: list[RejectedRow] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def made_from(self, base: RiskModel, method: CalibrationMethod) -> dict[str, Any]:
        """Return what the model's document keeps of where it comes from."""
        return {
            "base_version": base.version,
            "fitted": self.fitted.level.value,
            "intercept": self.fitted.intercept,
            "slope": self.fitted.slope,
            "women": self.women,
            "women_who_stopped": self.events,
            "days_of_the_diary": list(method.at),
            "sentences": self.sentences,
            "before": [asdict(figure) for figure in self.judgement.before],
            "after_corrected_for_optimism": [asdict(figure) for figure in self.judgement.after],
        }


def calibrate(
    sources: CalibrationSources,
    base: RiskModel,
    method: CalibrationMethod,
    *,
    read: Progress | None = None,
    drawn: Say | None = None,
) -> Calibration:
    """Fit as much of ``base`` as the files can carry, and measure it before and after.

    Args:
        sources: The files; a bad row is left out and kept among the rejects.
        base: The model so far.
        method: How.
        read: Told how many of how many entries are read.
        drawn: Told how many of how many draws are done.

    Raises:
        UnusableFile: A file cannot be read, has other columns, or no patient is in two of them.
    """
    rejects: list[RejectedRow] = []
    notes: list[str] = []
    patients = read_patients(sources.patients, rejects, notes)
    truth = read_truth(sources.truth, rejects, notes)
    cohort = Cohort(truth, patients)
    women: list[CohortPatient] = []
    for diary in read_diaries(sources.entries, patients, rejects, sources.today, notes=notes):
        cohort.add(diary)
        if diary.name in truth and diary.entries:
            women.append(woman_of(diary, truth[diary.name], method.at))
        if read is not None:
            read(diary.done, diary.of)
    notes += without_partner(
        FieldNames("entries", cohort.names), FieldNames("truth", names_in(truth, rejects, sources.truth))
    )
    seen = looks(women, method.at, method.followed)
    biases = dependences(cohort, rejects, truth_file=input_of(sources.truth).name)
    fitted, sentences = _fitted(base, seen, biases, allow=method.allow_biased_fit)
    sentences = [*_left_out(women, seen, len(cohort.names - truth.keys())), *sentences]
    judgement = judge(base, fitted, seen, resamples=method.resamples, seed=method.seed, say=drawn)
    who = len(set(seen.who))
    return Calibration(base, fitted, seen, events_of(seen), who, sentences, judgement, rejects, notes)


def _fitted(
    base: RiskModel, seen: LandmarkSamples, biases: Sequence[str], *, allow: bool
) -> tuple[FittedModel, list[str]]:
    """Fit what the events carry, unless the fit could be biased; return it and what to say of it."""
    if not biases or allow:
        fitted, sentences = _fit(base, seen)
        return fitted, [*(f"the fit may be biased: {bias}" for bias in biases), *sentences]
    return FittedModel(base, RefitLevel.NOTHING), [
        *(f"nothing was fitted: {bias}" for bias in biases),
        "mend the files; --allow-biased-fit fits all the same, and the model may be wrong",
    ]


def _fit(base: RiskModel, seen: LandmarkSamples) -> tuple[FittedModel, list[str]]:
    level, events, needed = level_for(base, seen), events_of(seen), events_needed(base, seen)
    try:
        fitted = refit(base, seen, level)
    except DidNotConverge as error:
        return FittedModel(base, RefitLevel.NOTHING), [f"nothing was fitted: {error}"]
    return fitted, list(_said(fitted, level, events, needed))


def _said(fitted: FittedModel, level: RefitLevel, events: int, needed: int) -> Iterator[str]:
    few = f"{events} patients stopped"
    if level is RefitLevel.NOTHING:
        yield f"too few events: {few}, {EVENTS_EACH} are needed for the intercept alone; nothing was fitted"
    elif level is RefitLevel.INTERCEPT:
        yield f"too few events for a slope: {few}, {2 * EVENTS_EACH} are needed; the intercept was fitted"
    elif level is RefitLevel.SLOPE and fitted.level is RefitLevel.INTERCEPT:
        yield f"slope {fitted.slope:.2f}: risks rank the wrong way round here; the intercept was fitted"
    elif level is RefitLevel.SLOPE:
        yield f"too few events for the effects: {few}, {needed} are needed; intercept and slope were fitted"
    else:
        yield f"{few}, enough ({needed}) for all effects; each leans on the base's, as sure as that was"


def _left_out(women: Sequence[CohortPatient], seen: LandmarkSamples, untold: int) -> Iterator[str]:
    if untold:
        yield f"{untold} patients have no row, or a bad one, in the truth file: left out"
    if not women:
        yield "no patient has both a diary and a truth"
    if seen.unfollowed:
        yield f"{seen.unfollowed} looks left out: nothing is known of the days after"
    if seen.unread:
        yield f"{seen.unread} looks left out: not enough data to tell a risk from"
    lost = int(sum(~seen.stopped & (seen.days < HORIZON)))
    if lost:
        yield (
            f"{lost} looks end within the 90 days without stopping (followed no longer, or another event, "
            "such as recurrence or planned completion): they count for the days followed, and as censored"
        )
