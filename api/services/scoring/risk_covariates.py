"""Covariates of the risk model on chosen days of diaries, as a score of that day would use them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from math import exp

from api.domain.diary.daily_summary import DailySummary
from api.domain.diary.patient_factors import PatientFactors
from api.domain.entries.questions import Entry
from api.domain.risk.case_mix import MONTHS, with_base_rate
from api.domain.risk.covariates import covariates, insufficient_data_reason
from api.domain.risk.features import Values
from api.domain.risk.history import RiskHistory, update_history
from api.domain.risk.model import YEAR, RiskModel
from api.services.files.atomic_output import UnusableFile
from api.services.files.inputs import AnyInput, as_input
from api.services.replay.diaries import read_diaries, read_patients
from api.services.replay.file_dates import FileToday
from api.services.replay.replay import Progress
from api.services.replay.replay_files import RejectedRow
from api.services.scoring.risk_models import load_model

_MONTH = YEAR / MONTHS


@dataclass(frozen=True, slots=True)
class CovariateRow:
    """The covariates on the newest day with an entry; ``day`` counts from the first tablet."""

    day: int
    values: Values


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
    signs, upcoming, read = RiskHistory(), 0, []
    for until in on:
        while upcoming < len(days) and days[upcoming].ordinal <= until:
            signs = update_history(signs, days[upcoming], facts.started)
            upcoming += 1
        read.append(_reading(signs, facts))
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
    sums, counts = [0.0] * MONTHS, [0] * MONTHS
    known = read_patients(patients, rejects)
    for diary in read_diaries(entries, known, rejects, today, progress=progress):
        for month, relative in _by_month(model, diary.entries, diary.known.facts):
            sums[month] += relative
            counts[month] += 1
    means = [total / count if count else None for total, count in zip(sums, counts, strict=True)]
    if not any(counts):
        raise UnusableFile(f"{as_input(entries)}: no diary holds enough to set a base rate by")
    return with_base_rate(model, base_rate, means)


def _by_month(
    model: RiskModel, entries: Sequence[Entry], facts: PatientFactors
) -> Iterable[tuple[int, float]]:
    """Yield each month of a diary: its number on the tablets, and exp(predictor) at its end."""
    if not entries:
        return
    first = min(entry.local_date for entry in entries).toordinal()
    last = max(entry.local_date for entry in entries).toordinal()
    ends = [min(first + round(_MONTH * nth) - 1, last) for nth in range(1, int((last - first) / _MONTH) + 2)]
    for read in covariates_on_days(entries, facts, ends):
        if read is not None:
            yield min(int(read.day / _MONTH), MONTHS - 1), exp(model.predictor(read.values))


def _reading(signs: RiskHistory, facts: PatientFactors) -> CovariateRow | None:
    started = facts.started
    if insufficient_data_reason(signs, started) is not None:
        return None
    day = signs.last_day - (signs.first_day if started is None else started)
    return CovariateRow(day, covariates(signs, facts))


def _day(local_date: date, entries: Iterable[Entry]) -> DailySummary:
    day = DailySummary(local_date.toordinal())
    for entry in entries:
        day.add_entry(entry)
    return day
