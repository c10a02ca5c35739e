"""The change of a measurement since the previous one of the same series."""

from collections.abc import Mapping
from dataclasses import dataclass

from api.domain.formatting import format_day
from api.domain.measurements.definition import Measurement, MeasurementKind
from api.domain.measurements.reference import BOHANNON, GRIP_MATTERS_KG

_SHOWN: Mapping[MeasurementKind, tuple[tuple[str, str, int], ...]] = {
    MeasurementKind.GRIP_STRENGTH: (("mean_kg", " kg", 1),),
    MeasurementKind.RANGE_OF_MOTION: (("degrees", "°", 0),),
    MeasurementKind.VITAMIN_D: (("ng_per_ml", " ng/ml", 1),),
    MeasurementKind.BONE_DENSITY: (("g_per_cm2", " g/cm²", 3), ("t_score", " SD (T)", 1)),
    MeasurementKind.WEIGHT: (("kg", " kg", 1),),
}
"""The values compared of each kind, with unit and decimals; the first that both have is used."""


@dataclass(frozen=True, slots=True)
class MeasurementChange:
    """The change of a value in its own unit, positive for an increase, and a sentence about it."""

    points: float
    words: str
    sources: tuple[str, ...] = ()


def change_since(measurement: Measurement, before: Measurement) -> MeasurementChange | None:
    """Return the change of a measurement since an earlier one of the same series.

    Args:
        measurement: The later one.
        before: The earlier one, of the same kind, hand, joint or site.

    Returns:
        The change, positive for an increase, compared with an important difference where one is
        known; None where the two have no value in common.

    Source:
        Grip: the low end of a provisional range, Bohannon 2019, PMID 30774209. The others have
            none.
    """
    for name, unit, decimals in _SHOWN[measurement.kind]:
        if name in measurement.values and name in before.values:
            points = round(measurement.values[name] - before.values[name], 6)
            words = f"{_difference(points, unit, decimals)} {format_day(before.measured_on)}"
            return _with_importance(measurement.kind, points, words)
    return None


def _difference(points: float, unit: str, decimals: int) -> str:
    if round(abs(points), decimals) == 0:
        return "The same as on"
    return f"{abs(points):.{decimals}f}{unit} {'more' if points > 0 else 'less'} than on"


def _with_importance(kind: MeasurementKind, points: float, words: str) -> MeasurementChange:
    if kind is not MeasurementKind.GRIP_STRENGTH or points == 0:
        return MeasurementChange(points, f"{words}.")
    than = "at least" if abs(points) >= GRIP_MATTERS_KG else "less than"
    way = "better" if points > 0 else "worse"
    matters = f"{way}, by {than} the {GRIP_MATTERS_KG:g} kg that may matter (a provisional value)"
    return MeasurementChange(points, f"{words}: {matters}.", (BOHANNON,))
