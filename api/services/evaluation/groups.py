"""Subgroups of patients: by baseline pain, noise, diary density and age."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter

import numpy as np

from api.services.evaluation.outcomes import Ints, PatientRecord

UNKNOWN_GROUP = "not known"
_FEWEST_STEPS = 5


@dataclass(frozen=True, slots=True)
class Split:
    """A split into groups: the value, its borders, and the names of the groups between them."""

    name: str
    title: str
    value: Callable[[PatientRecord], float | None]
    borders: tuple[float, ...]
    groups: tuple[str, ...]

    def group(self, record: PatientRecord) -> str:
        """Return the group of a patient; a value on a border belongs to the group above it."""
        value = self.value(record)
        if value is None:
            return UNKNOWN_GROUP
        return self.groups[sum(value >= border for border in self.borders)]

    def members(self, records: Sequence[PatientRecord]) -> list[tuple[str, Ints]]:
        """Return each group with any patient, and the indices of its patients."""
        of = [self.group(record) for record in records]
        found = [
            (name, [at for at, group in enumerate(of) if group == name])
            for name in (*self.groups, UNKNOWN_GROUP)
        ]
        return [(name, np.array(indices, dtype=np.int64)) for name, indices in found if indices]


def baseline_pain(record: PatientRecord) -> float | None:
    """Return the mean worst pain of the first 28 days of the diary."""
    values = record.worst_pain.baseline(record.first)
    return float(values.mean()) if len(values) else None


def noise(record: PatientRecord) -> float | None:
    """Return the SD of one answer, from the differences of neighbouring answers before a true onset.

    Neighbours differ little by trend, so that a rise or fall is not counted as noise. Where they
    correlate, the SD is too low.

    Source:
        von Neumann J et al. 1941, Ann Math Stat 12:153.
    """
    began = record.truth.worsening_onset
    before = (
        record.worst_pain.values
        if began is None
        else record.worst_pain.values[record.worst_pain.days < began]
    )
    if len(before) <= _FEWEST_STEPS:
        return None
    return float(np.sqrt(np.mean(np.diff(before) ** 2) / 2))


def density(record: PatientRecord) -> float:
    """Return entries per week, from the first to the last."""
    return 7 * record.reports / (record.last - record.first + 1)


SPLITS = (
    Split(
        "baseline_pain",
        "Baseline pain (mean of 28 days)",
        baseline_pain,
        (2, 4, 6),
        ("under 2", "2 to under 4", "4 to under 6", "6 or more"),
    ),
    Split(
        "noise",
        "Noise (SD of an answer)",
        noise,
        (0.8, 1.2, 1.8),
        ("under 0.8", "0.8 to under 1.2", "1.2 to under 1.8", "1.8 or more"),
    ),
    Split(
        "density",
        "Diary density (entries a week)",
        density,
        (0.75, 1.5, 3.5, 5.0),
        ("under 0.75", "0.75 to under 1.5", "1.5 to under 3.5", "3.5 to under 5", "5 or more"),
    ),
    Split("age", "Age", attrgetter("age"), (50, 65, 75), ("under 50", "50 to 64", "65 to 74", "75 or more")),
)
