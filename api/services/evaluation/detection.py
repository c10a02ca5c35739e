"""How soon true worsening is found, and how often the alarm is false."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from api.services.evaluation.intervals import Estimate, if_enough, rate_of_none, share_of
from api.services.evaluation.outcomes import Floats, Ints, PatientRecord

WITHIN_DAYS = (14, 28, 60)
NEVER = float("inf")
_YEAR_DAYS = 365.25


@dataclass(frozen=True, slots=True)
class Detection:
    """What one rule did, by patient.

    ``delay``: days from true onset to the first alert on or after it, infinite where none came, not
    a number where there was no onset in the diary. ``wrote_on``: days from onset to her last entry.
    ``false``: alerts before onset or without one, ``true``: all others. ``years``: those in which an
    alert would be false.
    """

    delay: Floats
    wrote_on: Floats
    false: Floats
    true: Floats
    years: Floats
    weeks: Floats

    def take(self, which: Ints) -> "Detection":
        """Return that of these patients, in this order; one may come several times."""
        parts = (self.delay, self.wrote_on, self.false, self.true, self.years, self.weeks)
        return Detection(*(part[which] for part in parts))


def detect(records: Sequence[PatientRecord], alerts: Callable[[PatientRecord], list[int]]) -> Detection:
    """Hold the days a rule alerts on against the truth."""
    rows = [_of_one(record, alerts(record)) for record in records]
    return Detection(*np.array(rows, dtype=np.float64).reshape(len(rows), 6).T)


def _of_one(record: PatientRecord, days: list[int]) -> tuple[float, ...]:
    span = record.last - record.first + 1
    began = record.truth.worsening_onset
    false = len(days) if began is None else sum(day < began for day in days)
    at_risk = span if began is None else min(max(began - record.first, 0), span)
    delay, wrote_on = float("nan"), float("nan")
    if (onset := record.onset) is not None:
        delay = min((float(day - onset) for day in days if day >= onset), default=NEVER)
        wrote_on = record.last - onset
    return delay, wrote_on, false, len(days) - false, at_risk / _YEAR_DAYS, span / 7


def sensitivity(found: Detection, within: int) -> float:
    """Return the share of onsets found within so many days; not a number without any onset."""
    delay = found.delay[~np.isnan(found.delay)]
    return float(np.mean(delay <= within)) if len(delay) else float("nan")


def sensitivity_where_written(found: Detection, within: int) -> float:
    """Return the same among those who still wrote so many days after onset."""
    delay = found.delay[found.wrote_on >= within]
    return float(np.mean(delay <= within)) if len(delay) else float("nan")


def delay_quantile(found: Detection, share: float) -> float:
    """Return the days by which this share of onsets was found, never found is infinite."""
    delay = found.delay[~np.isnan(found.delay)]
    return float(np.quantile(delay, share, method="inverted_cdf")) if len(delay) else float("nan")


def false_per_year(found: Detection) -> float:
    """Return false alerts per patient-year in which an alert would be false."""
    return _ratio(found.false.sum(), found.years.sum())


def per_100_weeks(found: Detection) -> float:
    """Return the rule's alerts, false and true, per 100 patient-weeks."""
    return 100 * _ratio((found.false + found.true).sum(), found.weeks.sum())


def predictive_value(found: Detection) -> float:
    """Return the share of alerts that came on or after a true onset."""
    return _ratio(found.true.sum(), (found.false + found.true).sum())


def measures(found: Detection) -> list[float]:
    """Return all of the above, in the order of ``MEASURES``."""
    return [
        *(sensitivity(found, within) for within in WITHIN_DAYS),
        sensitivity_where_written(found, WITHIN_DAYS[-1]),
        delay_quantile(found, 0.5),
        delay_quantile(found, 0.9),
        false_per_year(found),
        per_100_weeks(found),
        predictive_value(found),
    ]


def estimates(found: Detection, which: Ints, drawn: Sequence[Estimate]) -> list[Estimate]:
    """Return the figures of ``MEASURES`` with the interval that suits each.

    Args:
        found: What a rule did.
        which: The patients looked at.
        drawn: The same figures with intervals by the bootstrap.
    """
    part = found.take(which)
    has_onset = ~np.isnan(part.delay)
    onsets, patients = int(has_onset.sum()), len(which)
    wrote = part.wrote_on >= WITHIN_DAYS[-1]
    alerts = part.false + part.true
    by_name = dict(zip(MEASURES, drawn, strict=True))
    by_name |= {f"sensitivity_{within}d": share_of(part.delay <= within, has_onset) for within in WITHIN_DAYS}
    by_name[WHERE_WRITTEN] = share_of(wrote & (part.delay <= WITHIN_DAYS[-1]), wrote)
    by_name["ppv"] = share_of(part.true, alerts)
    for name in ("median_delay_days", "p90_delay_days"):
        by_name[name] = if_enough(by_name[name], onsets)
    for name, exposure in ((FALSE, part.years.sum()), (PER_100, part.weeks.sum() / 100)):
        by_name[name] = rate_of_none(by_name[name], float(exposure), patients)
    return list(by_name.values())


WHERE_WRITTEN = f"sensitivity_{WITHIN_DAYS[-1]}d_where_written"
FALSE, PER_100 = "false_per_patient_year", "alerts_per_100_patient_weeks"
MEASURES = (
    *(f"sensitivity_{within}d" for within in WITHIN_DAYS),
    WHERE_WRITTEN,
    "median_delay_days",
    "p90_delay_days",
    FALSE,
    PER_100,
    "ppv",
)


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole else float("nan")
