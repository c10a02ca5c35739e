"""Parses the fields of a measurement by the definition of its kind."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from api.domain.entries.answer_types import Choice, FlagAnswer, TextAnswer, shown
from api.domain.measurements.definition import (
    Field,
    KindOfMeasurement,
    MeasurementKind,
    Quantity,
    Range,
    TrialCount,
)
from api.domain.measurements.movements import FINGERS, MOVEMENTS, sides_of

COMMON = frozenset({"id", "kind", "measured_on", "unit", "confirmed", "note"})
"""The fields that every kind has."""

MAX_NAMED_ERRORS = 20
_MAX_SHOWN = 60


@dataclass(slots=True)
class ParsedMeasurement:
    """Parsed fields, errors and unlikely values; no ranges are checked without a known ``unit``."""

    kind: KindOfMeasurement
    unit: str | None
    entered: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    unlikely: dict[str, str] = field(default_factory=dict)

    @property
    def factor(self) -> float:
        """The factor from the entered to the canonical unit."""
        return self.kind.units.get(self.unit or "", 1.0)


def read_fields(kind: KindOfMeasurement, raw: Mapping[str, Any]) -> ParsedMeasurement:
    """Return the parsed fields of a kind, with all errors and all unlikely values."""
    unit = raw.get("unit")
    parsed = ParsedMeasurement(kind, unit if isinstance(unit, str) and unit in kind.units else None)
    known = {each.name for each in kind.fields} | COMMON
    for name in [name for name in raw if name not in known][:MAX_NAMED_ERRORS]:
        parsed.errors[repr(name)[1:-1][:_MAX_SHOWN]] = f"is not something {kind.name} can hold"
    if parsed.unit is None and kind.units:
        parsed.errors["unit"] = f"{shown(unit)} is not one of {', '.join(kind.units)}"
    elif unit is not None and not kind.units:
        parsed.errors["unit"] = f"the unit of {kind.name} is in its fields: leave it out"
    for each in kind.fields:
        _read_field(each, raw.get(each.name), parsed)
    if kind.any_of and all(raw.get(name) is None for name in kind.any_of):
        parsed.errors[kind.any_of[0]] = f"at least one of {', '.join(kind.any_of)} is needed"
    if kind.kind is MeasurementKind.RANGE_OF_MOTION:
        _check_movement(parsed)
    return parsed


def read_with(
    takes: Choice | FlagAnswer | TextAnswer, name: str, value: object, errors: dict[str, str]
) -> Any:
    """Return a choice, flag or text; None where it was left out or is invalid."""
    try:
        return None if value is None else takes.read(value)
    except ValueError as wrong:
        errors[name] = str(wrong)
        return None


def _read_field(each: Field, value: object, parsed: ParsedMeasurement) -> None:
    if value is None:
        if each.needed:
            parsed.errors[each.name] = f"is needed: {each.meaning}"
        return
    match each.takes:
        case Quantity() as quantity:
            found: Any = _read_number(each.name, value, quantity, parsed)
        case TrialCount() as tries:
            found = _read_tries(each.name, value, tries, parsed)
        case _:
            found = read_with(each.takes, each.name, value, parsed.errors)
    if found is not None:
        parsed.entered[each.name] = found


def _read_tries(
    name: str, value: object, tries: TrialCount, parsed: ParsedMeasurement
) -> list[float | None] | None:
    if not isinstance(value, list) or not 1 <= len(value) <= tries.at_most:
        parsed.errors[name] = f"{shown(value)} is not a list of one to {tries.at_most} numbers"
        return None
    return [_read_number(f"{name}.{n}", one, tries.quantity, parsed) for n, one in enumerate(value)]


def _read_number(name: str, value: object, quantity: Quantity, parsed: ParsedMeasurement) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        parsed.errors[name] = f"{shown(value)} is not a number"
        return None
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        parsed.errors[name] = f"{shown(value)} is not a number"
        return None
    _check_bounds(name, number, quantity, parsed)
    return number


def _check_bounds(name: str, value: float, quantity: Quantity, parsed: ParsedMeasurement) -> None:
    """Check a number against its ranges, which messages give in the entered unit."""
    if parsed.kind.units and parsed.unit is None:
        return
    unit, here = parsed.unit or quantity.unit, round(value * parsed.factor, 6)
    if not quantity.possible.holds(here):
        possible = _between(quantity.possible, parsed.factor, unit)
        parsed.errors[name] = f"{value:g} {unit} cannot be: {possible} is possible"
    elif not quantity.plausible.holds(here):
        plausible = _between(quantity.plausible, parsed.factor, unit)
        parsed.unlikely[name] = f"{value:g} {unit} is unlikely: {plausible} is plausible"


def _between(bounds: Range, factor: float, unit: str) -> str:
    return f"{bounds.lowest / factor:.4g} to {bounds.highest / factor:.4g} {unit}"


def _check_movement(parsed: ParsedMeasurement) -> None:
    """Check that the joint has this movement and side, and the range of the movement."""
    joint, movement = parsed.entered.get("joint"), parsed.entered.get("movement")
    if joint is None or movement is None:
        return
    does = [name for of, name in MOVEMENTS if of == joint]
    if movement not in does:
        parsed.errors["movement"] = f"{joint} does not do {movement}; it does {', '.join(does)}"
        return
    side, sides = parsed.entered.get("side"), sides_of(joint, movement)
    if side is not None and side not in sides:
        parsed.errors["side"] = (
            f"{side!r} is not a side of {movement} of the {joint}: {' or '.join(sides)} is"
        )
    if "digit" in parsed.entered and joint not in FINGERS:
        parsed.errors["digit"] = f"{joint} is no joint of a finger: leave it out"
    if "degrees" in parsed.entered:  # the joint's own ranges replace the general ones
        parsed.errors.pop("degrees", None)
        parsed.unlikely.pop("degrees", None)
        _check_bounds("degrees", parsed.entered["degrees"], MOVEMENTS[joint, movement].quantity, parsed)
