"""Detection of true worsening: time to detection, sensitivity and false alerts."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from api.services.evaluation import intervals
from api.services.evaluation.intervals import Estimate
from api.services.evaluation.outcomes import Floats, Ints, PatientRecord

WITHIN_DAYS = (14, 28, 60)
NEVER = float("inf")
YEAR_DAYS = 365.25


class Detection(NamedTuple):
    """Detection by one rule, one value per patient.

    Attributes:
        delay: Days from true onset to the first alert on or after it; infinite without one, not a
            number without an onset in the diary.
        reported_for: Days from onset to the last entry.
        false_alerts: Alerts before onset, or without one.
        true_alerts: All other alerts.
        years_at_risk: Years in which an alert would be false.
        weeks: Weeks from the first entry to the last.
    """

    delay: Floats
    reported_for: Floats
    false_alerts: Floats
    true_alerts: Floats
    years_at_risk: Floats
    weeks: Floats

    def subset(self, which: Ints) -> "Detection":
        """Return the values of these patients, in this order; one may occur several times."""
        return Detection(*(part[which] for part in self))


def detect(records: Sequence[PatientRecord], alerts: Callable[[PatientRecord], list[int]]) -> Detection:
    """Compare the days on which a rule alerts with the ground truth."""
    rows = [_one_patient(record, alerts(record)) for record in records]
    return Detection(*np.array(rows, dtype=np.float64).reshape(len(rows), 6).T)


def _one_patient(record: PatientRecord, days: list[int]) -> tuple[float, ...]:
    span = record.last - record.first + 1
    began = record.truth.worsening_onset
    false = len(days) if began is None else sum(day < began for day in days)
    at_risk = span if began is None else min(max(began - record.first, 0), span)
    delay, reported_for = float("nan"), float("nan")
    if (onset := record.onset) is not None:
        delay = min((float(day - onset) for day in days if day >= onset), default=NEVER)
        reported_for = record.last - onset
    return delay, reported_for, false, len(days) - false, at_risk / YEAR_DAYS, span / 7


def sensitivity(found: Detection, within: int) -> float:
    """Return the share of onsets found within some days; not a number without any onset."""
    delay = found.delay[~np.isnan(found.delay)]
    return float(np.mean(delay <= within)) if len(delay) else float("nan")


def sensitivity_while_reporting(found: Detection, within: int) -> float:
    """Return the sensitivity among patients who still reported that many days after onset."""
    delay = found.delay[found.reported_for >= within]
    return float(np.mean(delay <= within)) if len(delay) else float("nan")


def time_to_detection(found: Detection, share: float) -> float:
    """Return the quantile of the time to detection in days; infinite where never found."""
    delay = found.delay[~np.isnan(found.delay)]
    return float(np.quantile(delay, share, method="inverted_cdf")) if len(delay) else float("nan")


def false_alerts_per_year(found: Detection) -> float:
    """Return the false alerts per patient-year at risk of one."""
    return _ratio(found.false_alerts.sum(), found.years_at_risk.sum())


def per_100_weeks(found: Detection) -> float:
    """Return the alerts of the rule, false and true, per 100 patient-weeks."""
    return 100 * _ratio((found.false_alerts + found.true_alerts).sum(), found.weeks.sum())


def positive_predictive_value(found: Detection) -> float:
    """Return the share of alerts on or after a true onset."""
    return _ratio(found.true_alerts.sum(), (found.false_alerts + found.true_alerts).sum())


def measures(found: Detection) -> list[float]:
    """Return every measure, in the order of ``MEASURES``."""
    return [
        *(sensitivity(found, within) for within in WITHIN_DAYS),
        sensitivity_while_reporting(found, WITHIN_DAYS[-1]),
        time_to_detection(found, 0.5),
        time_to_detection(found, 0.9),
        false_alerts_per_year(found),
        per_100_weeks(found),
        positive_predictive_value(found),
    ]


def estimates(found: Detection, which: Ints, drawn: Sequence[Estimate]) -> list[Estimate]:
    """Return the figures of ``MEASURES``, each with its kind of interval.

    Args:
        found: Detection by a rule.
        which: Indices of the patients.
        drawn: The same figures with bootstrap intervals.
    """
    part = found.subset(which)
    has_onset = ~np.isnan(part.delay)
    onsets, patients = int(has_onset.sum()), len(which)
    wrote = part.reported_for >= WITHIN_DAYS[-1]
    alerts = part.false_alerts + part.true_alerts
    by_name = dict(zip(MEASURES, drawn, strict=True))
    for within in WITHIN_DAYS:
        by_name[f"sensitivity_{within}d"] = intervals.clustered_share(part.delay <= within, has_onset)
    by_name[WHERE_WRITTEN] = intervals.clustered_share(wrote & (part.delay <= WITHIN_DAYS[-1]), wrote)
    by_name["ppv"] = intervals.clustered_share(part.true_alerts, alerts)
    for name in ("median_delay_days", "p90_delay_days"):
        by_name[name] = intervals.interval_if_enough(by_name[name], onsets)
    for name, exposure in ((FALSE, part.years_at_risk.sum()), (PER_100, part.weeks.sum() / 100)):
        by_name[name] = intervals.rate_with_zero_limit(by_name[name], float(exposure), patients)
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
