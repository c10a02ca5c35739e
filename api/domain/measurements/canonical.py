"""Converts entered measurements to canonical units, one per quantity."""

from collections.abc import Mapping
from typing import Any

from api.domain.measurements.catalogue import NMOL_PER_L_OF_NG_PER_ML
from api.domain.measurements.definition import MeasurementKind

_DECIMALS = 6
"""Decimals of a converted value: finer than any instrument; 49.92 nmol/l is exactly 20 ng/ml."""


def canonical(kind: MeasurementKind, entered: Mapping[str, Any], factor: float) -> dict[str, Any]:
    """Return the canonical values of a measurement.

    Args:
        kind: Its kind.
        entered: Its fields as entered.
        factor: From the unit it was entered in to the canonical one.

    Returns:
        Values by name with the unit in the name, rounded to 6 decimals; of grip strength the mean
        of the tries, the tries and how many there were. Higher is better but for weight.

    Source:
        Units: see ``KG_PER_LB`` and ``NMOL_PER_L_OF_NG_PER_ML``. The grip norms are means of three
            tries:
        Massy-Westropp et al. 2011, doi:10.1186/1756-0500-4-127.

    >>> canonical(MeasurementKind.VITAMIN_D, {"value": 49.92}, 1 / 2.496)
    {'ng_per_ml': 20.0, 'nmol_per_l': 49.92}
    >>> canonical(MeasurementKind.GRIP_STRENGTH, {"hand": "left", "tries": [20.0, 21.0, 25.0]}, 1)
    {'mean_kg': 22.0, 'tries_kg': [20.0, 21.0, 25.0], 'tries': 3}
    """
    match kind:
        case MeasurementKind.GRIP_STRENGTH:
            return _grip(entered["tries"], factor)
        case MeasurementKind.VITAMIN_D:
            ng_per_ml = entered["value"] * factor
            nmol_per_l = ng_per_ml * NMOL_PER_L_OF_NG_PER_ML
            return {"ng_per_ml": _rounded(ng_per_ml), "nmol_per_l": _rounded(nmol_per_l)}
        case MeasurementKind.WEIGHT:
            return {"kg": _rounded(entered["value"] * factor)}
        case MeasurementKind.RANGE_OF_MOTION:
            return {"degrees": entered["degrees"]}
    return {name: entered[name] for name in ("g_per_cm2", "t_score", "z_score") if name in entered}


def _grip(tries_entered: list[float], factor: float) -> dict[str, Any]:
    tries = [_rounded(one * factor) for one in tries_entered]
    mean = sum(one * factor for one in tries_entered) / len(tries_entered)
    return {"mean_kg": _rounded(mean), "tries_kg": tries, "tries": len(tries)}


def _rounded(value: float) -> float:
    return round(float(value), _DECIMALS)
