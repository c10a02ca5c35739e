"""Covariates of the risk model on chosen days of diaries, as a score of that day would use them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from math import exp

from api.domain.diary.daily_summary import DailySummary
from api.domain.diary.patient_factors import PatientFactors
from api.domain.entries.questions import Entry
from api.domain.risk.case_mix import RelativeHazards, Untaken, with_base_rate
from api.domain.risk.covariates import covariates, diary_days, insufficient_data_reason
from api.domain.risk.features import Values
from api.domain.risk.history import RiskHistory, update_history
from api.domain.risk.model import DIARY_MONTH, RiskModel
from api.services.files.atomic_output import UnusableFile
from api.services.files.inputs import AnyInput, as_input
from api.services.replay.diaries import read_diaries, read_patients
from api.services.replay.file_dates import FileToday
from api.services.replay.replay import Progress
from api.services.replay.replay_files import RejectedRow
from api.services.scoring.risk_models import load_model


@dataclass(frozen=True, slots=True)
class CovariateRow:
    """The covariates on the newest day with an entry.

    Attributes:
        day: The day, counted from the first tablet.
        diary_days: Days of the diary up to it.
        may_have_stopped: No tablet has been taken for a week.
    """

    day: int
    diary_days: int
    values: Values
    may_have_stopped: bool


def covariates_on_days(
    entries: Sequence[Entry], facts: PatientFactors, on: Iterable[int]
) -> list[CovariateRow | None]:
    """Return the covariates at the end of some days.

    Args:
        entries: Of one patient, in any order.
        facts: The patient's factors.
        on: The days, as ordinals, in order.

    Returns:
        For each day the row at its newest entry; None where there was too little data for a risk.
    """
    days = [
        _day(at, of_day)
        for at, of_day in groupby(
            sorted(entries, key=lambda entry: (entry.local_date, entry.recorded_at, entry.id)),
            key=lambda entry: entry.local_date,
        )
    ]
    signs, untaken, upcoming, read = RiskHistory(), Untaken(), 0, []
    for until in on:
        while upcoming < len(days) and days[upcoming].ordinal <= until:
            if days[upcoming].reported:
                signs = update_history(signs, days[upcoming], facts.started)
                untaken = untaken.add(days[upcoming])
            upcoming += 1
        read.append(_reading(signs, facts, may_have_stopped=untaken.may_have_stopped))
    return read


def risk_model_for(
    file: AnyInput | None,
    base_rate: float | None,
    *,
    entries: AnyInput,
    patients: AnyInput | None,
    today: FileToday,
    progress: Progress | None = None,
) -> RiskModel:
    """Return the model of a file, or the built-in one, set to a base rate where one is given.

    Args:
        file: Of the model whose effects to keep; None is the built-in one.
        base_rate: Share of the patients of the diaries who stop within 12 months.
        entries: Their diaries; unusable rows are skipped silently, since scoring the same file
            reports them.
        patients: Their factors; may be left out.
        today: The day of the command.
        progress: Called now and then with the number of entries done and the total.

    Raises:
        UnusableModelFile: The file holds no model.
        UnusableFile: A file cannot be read, or no diary holds enough.
    """
    model = RiskModel() if file is None else load_model(file)
    if base_rate is None:
        return model
    rejects: list[RejectedRow] = []
    months = [RelativeHazards() for _ in model.centres]
    known = read_patients(patients, rejects)
    for diary in read_diaries(entries, known, rejects, today, progress=progress):
        for month, relative in _by_month(model, diary.entries, diary.known.facts):
            total, count = months[month]
            months[month] = RelativeHazards(total + relative, count + 1)
    if not any(month.patients for month in months):
        raise UnusableFile(f"{as_input(entries)}: no diary holds enough to set a base rate by")
    return with_base_rate(model, base_rate, months)


def _by_month(
    model: RiskModel, entries: Sequence[Entry], facts: PatientFactors
) -> Iterable[tuple[int, float]]:
    """Yield each month of a diary, numbered from 0, and exp(predictor) at its end, while on the tablets.

    A patient who has stopped may go on writing. Without tablets the predictor is so high that few such
    days would set the centre.
    """
    if not entries:
        return
    first = min(entry.local_date for entry in entries).toordinal()
    last = max(entry.local_date for entry in entries).toordinal()
    months = range(1, (last - first) // DIARY_MONTH + 2)
    ends = [min(first + DIARY_MONTH * nth - 1, last) for nth in months]
    for read in covariates_on_days(entries, facts, ends):
        if read is not None and not read.may_have_stopped:
            month = min(max(round(read.diary_days / DIARY_MONTH), 1), len(model.centres)) - 1
            yield month, exp(model.predictor(read.values))


def _reading(signs: RiskHistory, facts: PatientFactors, *, may_have_stopped: bool) -> CovariateRow | None:
    started = facts.started
    if insufficient_data_reason(signs, started) is not None:
        return None
    day = signs.last_day - (signs.first_day if started is None else started)
    return CovariateRow(day, diary_days(signs), covariates(signs, facts), may_have_stopped)


def _day(local_date: date, entries: Iterable[Entry]) -> DailySummary:
    day = DailySummary(local_date.toordinal())
    for entry in entries:
        day.add_entry(entry)
    return day
