"""Scores of an instrument: their definition, the answers they are made of, and their results."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Direction(StrEnum):
    """Direction in which a score gets worse; always stated."""

    HIGHER_IS_WORSE = "higher is worse"
    HIGHER_IS_BETTER = "higher is better"


WORSE, BETTER = Direction.HIGHER_IS_WORSE, Direction.HIGHER_IS_BETTER


@dataclass(frozen=True, slots=True)
class Cited:
    """Number from the literature, with its source."""

    value: float
    source: str
    verified: bool = True
    """True where it was read in the source; otherwise general knowledge, shown as *unverified*."""


@dataclass(frozen=True, slots=True)
class Band:
    """Label for scores from ``lowest`` up to the next band."""

    lowest: float
    label: str
    source: str
    verified: bool = True


@dataclass(frozen=True, slots=True)
class ScoreDefinition:
    """One score of an instrument: range, direction, and the meaning of a change."""

    id: str
    name: str
    lowest: float
    highest: float
    direction: Direction
    bands: tuple[Band, ...] = ()
    minimal_important_difference: Cited | None = None
    """Smallest change that matters to a patient (MCID), in points; None: none is known."""
    sem: Cited | None = None
    """Standard error of measurement, in points; it gives the change that exceeds noise."""
    loinc: str | None = None
    standard_error_of: str | None = None
    """Id of the score whose standard error this is: a precision, not a level of health."""


@dataclass(frozen=True, slots=True)
class Unscored:
    """A score that could not be computed, with the reason; never a default value (law 4)."""

    reason: str


Answer = float | tuple[str, ...]
Answers = Mapping[str, Answer]
"""Checked answers by item id; a question without an answer is absent, never 0 (law 3)."""
Result = float | Unscored
Results = Mapping[str, Result]
"""Result of each score by its id."""
