"""How the fields of one kind are read: each word and number, against what the kind takes."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from api.domain.entries.answer_types import Choice, FlagAnswer, TextAnswer, shown
from api.domain.measurements.definition import (
    Field,
    KindOfMeasurement,
    MeasurementKind,
    Number,
    Quantity,
    Range,
    TrialCount,
)
from api.domain.measurements.movements import FINGERS, MOVEMENTS, movements_of, sides_of

COMMON = frozenset({"id", "kind", "measured_on", "unit", "confirmed", "note"})
"""What every kind has beside its own fields."""

MAX_NAMED_ERRORS = 20
_LONGEST_SHOWN = 60


@dataclass(slots=True)
class ParsedMeasurement:
    """What was said, what of it is wrong, and what is unlikely; ``unit`` None: not known, so not judged."""

    kind: KindOfMeasurement
    unit: str | None
    said: dict[str, Any] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)
    unlikely: dict[str, str] = field(default_factory=dict)

    @property
    def factor(self) -> float:
        """Return what turns a number as entered into the canonical unit."""
        return self.kind.units.get(self.unit or "", 1.0)


def read_fields(kind: KindOfMeasurement, raw: Mapping[str, Any]) -> ParsedMeasurement:
    """Read the fields of a kind; everything wrong and everything unlikely is written down."""
    read = ParsedMeasurement(kind, _unit(kind, raw.get("unit")))
    known = {each.name for each in kind.fields} | COMMON
    strange = [name for name in raw if name not in known]
    for name in strange[:MAX_NAMED_ERRORS]:
        read.wrong[repr(name)[1:-1][:_LONGEST_SHOWN]] = f"is not something {kind.name} can hold"
    if read.unit is None and kind.units:
        read.wrong["unit"] = f"{shown(raw.get('unit'))} is not one of {', '.join(kind.units)}"
    elif raw.get("unit") is not None and not kind.units:
        read.wrong["unit"] = f"the unit of {kind.name} stands in its fields: leave it out"
    for each in kind.fields:
        _read_field(each, raw.get(each.name), read)
    if kind.any_of and all(raw.get(name) is None for name in kind.any_of):
        read.wrong[kind.any_of[0]] = f"at least one of {', '.join(kind.any_of)} is needed"
    if kind.kind is MeasurementKind.RANGE_OF_MOTION:
        _check_movement(read)
    return read


def read_with(
    takes: Choice | FlagAnswer | TextAnswer, name: str, value: object, errors: dict[str, str]
) -> Any:
    """Return a word, a truth value or a text, None where it was left out or is wrong."""
    try:
        return None if value is None else takes.read(value)
    except ValueError as wrong:
        errors[name] = str(wrong)
        return None


def _unit(kind: KindOfMeasurement, sent: object) -> str | None:
    return sent if isinstance(sent, str) and sent in kind.units else None


def _read_field(each: Field, value: object, read: ParsedMeasurement) -> None:
    if value is None:
        if each.needed:
            read.wrong[each.name] = f"is needed: {each.meaning}"
        return
    match each.takes:
        case Number(quantity=quantity):
            found: Any = _read_number(each.name, value, quantity, read)
        case TrialCount() as tries:
            found = _read_tries(each.name, value, tries, read)
        case _:
            found = read_with(each.takes, each.name, value, read.wrong)
    if found is not None:
        read.said[each.name] = found


def _read_tries(
    name: str, value: object, tries: TrialCount, read: ParsedMeasurement
) -> list[float | None] | None:
    if not isinstance(value, list) or not 1 <= len(value) <= tries.at_most:
        read.wrong[name] = f"{shown(value)} is not a list of one to {tries.at_most} numbers"
        return None
    return [_read_number(f"{name}.{n}", one, tries.quantity, read) for n, one in enumerate(value)]


def _read_number(name: str, value: object, quantity: Quantity, read: ParsedMeasurement) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        read.wrong[name] = f"{shown(value)} is not a number"
        return None
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        read.wrong[name] = f"{shown(value)} is not a number"
        return None
    _judge(name, number, quantity, read)
    return number


def _judge(name: str, value: float, quantity: Quantity, read: ParsedMeasurement) -> None:
    """Compare a number with the bounds, and name them in the unit it was entered in."""
    if read.kind.units and read.unit is None:
        return
    unit, here = read.unit or quantity.unit, round(value * read.factor, 6)
    if not quantity.possible.holds(here):
        possible = _between(quantity.possible, read.factor, unit)
        read.wrong[name] = f"{value:g} {unit} cannot be: {possible} is possible"
    elif not quantity.plausible.holds(here):
        plausible = _between(quantity.plausible, read.factor, unit)
        read.unlikely[name] = f"{value:g} {unit} is unlikely: {plausible} is plausible"


def _between(bounds: Range, factor: float, unit: str) -> str:
    return f"{bounds.lowest / factor:.4g} to {bounds.highest / factor:.4g} {unit}"


def _check_movement(read: ParsedMeasurement) -> None:
    """See that the joint moves this way on this side, and that it goes about so far."""
    joint, movement = read.said.get("joint"), read.said.get("movement")
    if joint is None or movement is None:
        return
    if (joint, movement) not in MOVEMENTS:
        read.wrong["movement"] = f"{joint} does not do {movement}; it does {', '.join(movements_of(joint))}"
        return
    side, sides = read.said.get("side"), sides_of(joint, movement)
    if side is not None and side not in sides:
        read.wrong["side"] = f"{side!r} is not a side of {movement} of the {joint}: {' or '.join(sides)} is"
    if "digit" in read.said and joint not in FINGERS:
        read.wrong["digit"] = f"{joint} is no joint of a finger: leave it out"
    if "degrees" in read.said:  # the joint's own bounds take the place of the general ones
        read.wrong.pop("degrees", None)
        read.unlikely.pop("degrees", None)
        _judge("degrees", read.said["degrees"], MOVEMENTS[joint, movement].quantity, read)
