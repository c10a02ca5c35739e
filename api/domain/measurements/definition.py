"""Definitions of kinds of measurement: fields, units, and plausible and possible ranges."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from api.domain.entries.answer_types import Choice, FlagAnswer, TextAnswer


class MeasurementKind(StrEnum):
    """A quantity that staff measure."""

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
        """Return whether a number lies within."""
        return self.lowest <= value <= self.highest


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in one unit, with its ranges and their source.

    A ``plausible`` value is accepted. Outside it, but within ``possible``, a value is accepted when
    it is confirmed; outside ``possible`` it is rejected.
    """

    unit: str
    plausible: Range
    possible: Range
    source: str


@dataclass(frozen=True, slots=True)
class TrialCount:
    """The same quantity taken up to ``at_most`` times in a row, at least once."""

    quantity: Quantity
    at_most: int


Takes = Quantity | TrialCount | Choice | FlagAnswer | TextAnswer


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a kind of measurement: its name on the wire, meaning, and type."""

    name: str
    meaning: str
    takes: Takes
    needed: bool = True


@dataclass(frozen=True, slots=True)
class KindOfMeasurement:
    """A kind of measurement: its fields, accepted units, and direction."""

    kind: MeasurementKind
    name: str
    direction: str
    fields: tuple[Field, ...]
    units: Mapping[str, float]
    """Accepted units, each with the factor to the canonical one; empty where there is no choice."""
    any_of: tuple[str, ...] = ()
    """Fields of which at least one is needed, where none is needed by itself."""
    same: tuple[str, ...] = ()
    """Fields that two measurements must share to be compared, such as the hand."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """One measurement; ``values`` are canonical, ``entered`` is as it was sent."""

    id: UUID
    kind: MeasurementKind
    measured_on: date
    entered: Mapping[str, Any]
    values: Mapping[str, Any]
    confirmed: bool = False
    """True where a value outside the plausible range was confirmed."""
    note: str | None = None

    def series(self, same: Sequence[str]) -> tuple[Any, ...]:
        """Return a key; only measurements with equal keys can be compared."""
        return (self.kind, *(self.entered.get(name) for name in same))
