"""Operating curves: the same method at a range of thresholds."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from api.services.evaluation import rules
from api.services.evaluation.detection import detect, false_alerts_per_year, sensitivity, time_to_detection
from api.services.evaluation.outcomes import PatientRecord


@dataclass(frozen=True, slots=True)
class ThresholdSweep:
    """A method, and the thresholds to evaluate it at."""

    name: str
    description: str
    alerts: Callable[[PatientRecord, float], list[int]]
    thresholds: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """Performance at one threshold."""

    sweep: ThresholdSweep
    threshold: float
    sensitivity_60d: float
    median_delay: float
    false_alerts_per_year: float


SWEEPS = (
    ThresholdSweep(
        "p_worsening",
        "engine's probability of worsening",
        rules.probability_above,
        (0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99),
    ),
    ThresholdSweep(
        "weekly_mean", "7-day mean above the first 28 days", rules.weekly_mean, (1.0, 1.5, 2.0, 2.5, 3.0, 4.0)
    ),
    ThresholdSweep("cusum", "CUSUM limit, in SDs", rules.cusum, (2.0, 4.0, 6.0, 10.0, 15.0, 25.0)),
)


def operating_points(records: Sequence[PatientRecord]) -> Iterator[OperatingPoint]:
    """Yield every threshold of every sweep; none without a true worsening."""
    if all(record.onset is None for record in records):
        return
    for sweep in SWEEPS:
        for threshold in sweep.thresholds:
            found = detect(records, partial(_alerts, sweep, threshold))
            yield OperatingPoint(
                sweep,
                threshold,
                sensitivity(found, 60),
                time_to_detection(found, 0.5),
                false_alerts_per_year(found),
            )


def _alerts(sweep: ThresholdSweep, threshold: float, record: PatientRecord) -> list[int]:
    return sweep.alerts(record, threshold)
