"""Canonical values: one unit per quantity, beside what was entered."""

from collections.abc import Mapping
from typing import Any

from api.domain.measurements.catalogue import NMOL_PER_L_OF_NG_PER_ML
from api.domain.measurements.definition import MeasurementKind

_DECIMALS = 6
"""Kept of a converted value: finer than any instrument, and 49.92 nmol/l is 20 ng/ml, not a hair more."""


def canonical(kind: MeasurementKind, said: Mapping[str, Any], factor: float) -> dict[str, Any]:
    """Return the canonical values of a measurement that was read.

    Args:
        kind: Its kind.
        said: Its fields as entered.
        factor: From the unit it was entered in to the canonical one.

    Returns:
        Values by name with the unit in the name, rounded to 6 decimals; of grip strength the mean of the
        tries, the tries and how many there were. Higher is better but for weight.

    Source:
        Units: see ``KG_PER_LB`` and ``NMOL_PER_L_OF_NG_PER_ML``. Grip as the mean of three tries is how its
        norms were taken: Massy-Westropp et al. 2011, doi:10.1186/1756-0500-4-127.

    >>> canonical(MeasurementKind.VITAMIN_D, {"value": 49.92}, 1 / 2.496)
    {'ng_per_ml': 20.0, 'nmol_per_l': 49.92}
    >>> canonical(MeasurementKind.GRIP_STRENGTH, {"hand": "left", "tries": [20.0, 21.0, 25.0]}, 1)
    {'mean_kg': 22.0, 'tries_kg': [20.0, 21.0, 25.0], 'tries': 3}
    """
    match kind:
        case MeasurementKind.GRIP_STRENGTH:
            return _grip(said["tries"], factor)
        case MeasurementKind.VITAMIN_D:
            ng_per_ml = said["value"] * factor
            nmol_per_l = ng_per_ml * NMOL_PER_L_OF_NG_PER_ML
            return {"ng_per_ml": _kept(ng_per_ml), "nmol_per_l": _kept(nmol_per_l)}
        case MeasurementKind.WEIGHT:
            return {"kg": _kept(said["value"] * factor)}
        case MeasurementKind.RANGE_OF_MOTION:
            return {"degrees": said["degrees"]}
    return {name: said[name] for name in ("g_per_cm2", "t_score", "z_score") if name in said}


def _grip(entered: list[float], factor: float) -> dict[str, Any]:
    tries = [_kept(one * factor) for one in entered]
    mean = sum(one * factor for one in entered) / len(entered)
    return {"mean_kg": _kept(mean), "tries_kg": tries, "tries": len(tries)}


def _kept(value: float) -> float:
    return round(float(value), _DECIMALS)
