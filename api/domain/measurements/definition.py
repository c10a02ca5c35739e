"""What a kind of measurement is: its fields, the unit it is kept in, and the bounds of what is believed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from api.domain.entries.answer_types import Choice, FlagAnswer, TextAnswer


class MeasurementKind(StrEnum):
    """What was measured."""

    GRIP_STRENGTH = "grip_strength"
    RANGE_OF_MOTION = "range_of_motion"
    VITAMIN_D = "vitamin_d"
    BONE_DENSITY = "bone_density"
    WEIGHT = "weight"


@dataclass(frozen=True, slots=True)
class Range:
    """Numbers from ``lowest`` to ``highest``, both included."""

    lowest: float
    highest: float

    def holds(self, value: float) -> bool:
        """Say whether a number lies within."""
        return self.lowest <= value <= self.highest


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in one unit: what is taken at once, what after a second look, and what never.

    ``plausible`` is taken at once; outside it, but within ``possible``, the value is kept only once
    somebody has confirmed it; outside ``possible`` it is refused. ``source`` says where the bounds
    come from.
    """

    unit: str
    plausible: Range
    possible: Range
    source: str


@dataclass(frozen=True, slots=True)
class Number:
    """One number of a quantity."""

    quantity: Quantity


@dataclass(frozen=True, slots=True)
class TrialCount:
    """The same quantity taken up to ``at_most`` times in a row, at least once."""

    quantity: Quantity
    at_most: int


Takes = Number | TrialCount | Choice | FlagAnswer | TextAnswer


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a measurement of a kind says: its name on the wire, its meaning, and what it takes."""

    name: str
    meaning: str
    takes: Takes
    needed: bool = True


@dataclass(frozen=True, slots=True)
class KindOfMeasurement:
    """A kind of measurement: what it holds, in which units it may be entered, and which way is worse."""

    kind: MeasurementKind
    name: str
    direction: str
    fields: tuple[Field, ...]
    units: Mapping[str, float]
    """Unit as it may be entered, to the factor that turns it into the canonical one; empty: no choice."""
    any_of: tuple[str, ...] = ()
    """Fields of which at least one is needed, where none is needed by itself."""
    same: tuple[str, ...] = ()
    """Fields that two measurements must share to be compared, such as the hand."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """One measurement as it was read; ``values`` are canonical, ``entered`` is as it was sent."""

    id: UUID
    kind: MeasurementKind
    measured_on: date
    entered: Mapping[str, Any]
    values: Mapping[str, Any]
    confirmed: bool = False
    """Whether a value outside the plausible range was kept because somebody confirmed it."""
    note: str | None = None

    def series(self, same: Sequence[str]) -> tuple[Any, ...]:
        """Return what tells the measurements apart that must not be compared."""
        return (self.kind, *(self.entered.get(name) for name in same))
