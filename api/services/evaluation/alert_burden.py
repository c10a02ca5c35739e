"""Alert burden: number of alerts, by kind, and share of patient-weeks with an alert."""

from collections.abc import Sequence

import numpy as np

from api.domain.alerts.finding import FindingKind
from api.domain.constants import DAYS_PER_WEEK
from api.services.evaluation.intervals import Bootstrap, Estimate, clustered_share, rate_with_zero_limit
from api.services.evaluation.outcomes import Floats, Ints, PatientRecord

MEASURES = ("per_100_patient_weeks", "per_100_reports", "share_of_patient_weeks")


def estimate_burden(
    records: Sequence[PatientRecord], kinds: Sequence[FindingKind], bootstrap: Bootstrap
) -> list[Estimate]:
    """Return the figures of ``MEASURES`` for the findings of these kinds.

    A patient's weeks run from the first entry to the last, or to a later finding. The last week
    counts whole.
    """
    rows = np.array([_one_patient(record, kinds) for record in records], dtype=np.float64).reshape(-1, 4)

    def measure(which: Ints) -> list[float]:
        return _measures(rows[which].sum(axis=0))

    per_weeks, per_reports, _ = bootstrap.estimates(measure, len(records))
    _, with_alert, weeks, reports = rows.T
    return [
        rate_with_zero_limit(per_weeks, float(weeks.sum()) / 100, len(records)),
        rate_with_zero_limit(per_reports, float(reports.sum()) / 100, len(records)),
        clustered_share(with_alert, weeks),
    ]


def kinds_found(records: Sequence[PatientRecord]) -> list[FindingKind]:
    """Return the kinds with at least one finding, in the order of the kinds."""
    found = {kind for record in records for kind, _ in record.findings}
    return [kind for kind in FindingKind if kind in found]


def _one_patient(record: PatientRecord, kinds: Sequence[FindingKind]) -> tuple[float, ...]:
    days = [day for kind, day in record.findings if kind in kinds]
    last = max(record.last, *(day for _, day in record.findings), record.last)
    weeks = (last - record.first) // DAYS_PER_WEEK + 1
    return len(days), len({(day - record.first) // DAYS_PER_WEEK for day in days}), weeks, record.reports


def _measures(total: Floats) -> list[float]:
    alerts, with_alert, weeks, reports = (float(number) for number in total)
    if not weeks:
        return [float("nan")] * len(MEASURES)
    return [100 * alerts / weeks, 100 * alerts / reports, with_alert / weeks]
