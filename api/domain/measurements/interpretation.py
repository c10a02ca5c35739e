"""Interprets a measurement beside a norm and the previous one, with sources and cautions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from api.domain.measurements.catalogue import KINDS, MOLAR_MASS
from api.domain.measurements.change import change_since
from api.domain.measurements.definition import Measurement, MeasurementKind
from api.domain.measurements.movements import AAOS, MOVEMENTS, SOUCIE
from api.domain.measurements.reference import (
    KANIS,
    MASSY_WESTROPP,
    TESTED_TRIES,
    bone_band,
    grip_norm,
    vitamin_d_band,
)

NOT_ALONE = (
    "Grip strength alone neither raises nor clears an alert: patients with and without these symptoms did "
    "not differ in it (p=.6, PMC3504184)."
)
ONE_SCANNER = "Densities compare only on the same scanner."


@dataclass(frozen=True, slots=True)
class _Reading:
    description: str
    sources: tuple[str, ...]
    cautions: tuple[str, ...] = ()
    verified: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasurementInterpretation(_Reading):
    """A sentence about a measurement; ``verified`` if all numbers were checked in their source."""

    direction: str


def interpret(
    measurement: Measurement, *, birth_year: int, before: Measurement | None
) -> MeasurementInterpretation:
    """Return the interpretation of a measurement beside its norm and the previous one.

    Args:
        measurement: The measurement.
        birth_year: The patient's. The age is the difference of years, so it may be one too many.
        before: The previous one of the same series (hand, joint, site), if any.

    Returns:
        Sentences that can be checked by hand, with direction, sources and cautions. A measurement
        makes no diagnosis, finding or alert.

    Source:
        Each of ``sources``.
    """
    reading = _READERS[measurement.kind](measurement, birth_year)
    change = None if before is None else change_since(measurement, before)
    words, sources, cautions = reading.description, reading.sources, reading.cautions
    if change is not None:
        words, sources = f"{words} {change.words}", (*sources, *change.sources)
    if measurement.confirmed:
        cautions = ("An unlikely value that was confirmed when it was recorded.", *cautions)
    direction = KINDS[measurement.kind].direction
    return MeasurementInterpretation(words, sources, cautions, reading.verified, direction=direction)


def _grip(measurement: Measurement, birth_year: int) -> _Reading:
    values, entered = measurement.values, measurement.entered
    tries, age = values["tries"], measurement.measured_on.year - birth_year
    of = f"mean of {tries} tries" if tries > 1 else "one try"
    words = f"{values['mean_kg']:.1f} kg, {entered['hand']} hand, {of}."
    cautions = [NOT_ALONE]
    if tries < TESTED_TRIES:
        few = "one try" if tries == 1 else f"{tries} tries"
        cautions.append(f"Only {few}; the norms are means of three: less certain.")
    dominant = entered.get("dominant")
    if dominant is None:
        return _Reading(
            f"{words} Whether it is the dominant hand is not known: no norm.", (), tuple(cautions)
        )
    norm = grip_norm(age, dominant=dominant)
    if norm is None:
        return _Reading(f"{words} There is no norm at this age.", (), tuple(cautions))
    which, away = "dominant" if dominant else "other", (values["mean_kg"] - norm.mean) / norm.sd
    beside = f"{abs(away):.1f} SD {'below' if away < 0 else 'above'} the mean"
    words += f" Female norm at about {age}, {which} hand: {norm.mean:g} kg (SD {norm.sd:g}); {beside}."
    return _Reading(words, (MASSY_WESTROPP,), tuple(cautions))


def _motion(measurement: Measurement, _: int) -> _Reading:
    entered, degrees = measurement.entered, measurement.values["degrees"]
    usual = MOVEMENTS[entered["joint"], entered["movement"]].usual
    joint, movement = entered["joint"].replace("_", " "), entered["movement"].replace("_", " ")
    words = f"{degrees:g}°, {joint} {movement}, {entered['side']}; about {usual:g}° is usual."
    if degrees < 0:
        words = f"{words} It stays {-degrees:g}° short of neutral."
    return _Reading(words, (AAOS, SOUCIE), ("Joints move less with age.",), verified=False)


def _vitamin_d(measurement: Measurement, _: int) -> _Reading:
    values = measurement.values
    band = vitamin_d_band(values["ng_per_ml"])
    words = f"{values['ng_per_ml']:.1f} ng/ml ({values['nmol_per_l']:.0f} nmol/l): {band.label}."
    return _Reading(words, (band.source, MOLAR_MASS), verified=band.verified)


def _bone(measurement: Measurement, _: int) -> _Reading:
    values, site = measurement.values, measurement.entered["site"].replace("_", " ")
    parts = [f"{values['g_per_cm2']:.3f} g/cm²"] if "g_per_cm2" in values else []
    parts += [f"T {values['t_score']:+.1f}: {bone_band(values['t_score'])}"] if "t_score" in values else []
    parts += [f"Z {values['z_score']:+.1f}"] if "z_score" in values else []
    cautions = ["T-score categories are defined for female patients after the menopause.", ONE_SCANNER]
    return _Reading(f"{site}: {'; '.join(parts)}.", (KANIS,), tuple(cautions))


def _weight(measurement: Measurement, _: int) -> _Reading:
    return _Reading(f"{measurement.values['kg']:.1f} kg.", ())


_READERS: Mapping[MeasurementKind, Callable[[Measurement, int], _Reading]] = {
    MeasurementKind.GRIP_STRENGTH: _grip,
    MeasurementKind.RANGE_OF_MOTION: _motion,
    MeasurementKind.VITAMIN_D: _vitamin_d,
    MeasurementKind.BONE_DENSITY: _bone,
    MeasurementKind.WEIGHT: _weight,
}
