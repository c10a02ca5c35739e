"""Definition of an instrument: versioned, cited data and one pure scorer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType

NOT_LICENSED = "wording not licensed at this site"


class Direction(StrEnum):
    """Direction in which a score gets worse; always stated."""

    HIGHER_IS_WORSE = "higher is worse"
    HIGHER_IS_BETTER = "higher is better"


class Wording(StrEnum):
    """Permission to ship the text of an instrument."""

    OURS = "ours"  # our own text, no rights of others
    ATTRIBUTED = "attributed"  # its licence allows it, with attribution
    NOT_SHIPPED = "not shipped"  # a site that holds a licence loads its own text


@dataclass(frozen=True, slots=True)
class Licence:
    """Owner of the wording, terms of use, and their source."""

    wording: Wording
    terms: str
    source: str


@dataclass(frozen=True, slots=True)
class Item:
    """One question: its answers, and its wording where that may be shipped.

    It takes a number in ``lowest..highest`` (whole where ``is_integer``) or, where
    ``choices`` are named, a list of some of them.
    """

    id: str
    lowest: float = 0
    highest: float = 0
    is_integer: bool = True
    choices: tuple[str, ...] = ()
    texts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Language (``en``) to wording, of instruments whose licence allows it; empty elsewhere."""
    is_on_form: bool = True
    """False for an item that is accepted and scored, though this form does not contain it."""


@dataclass(frozen=True, slots=True)
class Option:
    """Parameter of a scorer, with its default."""

    name: str
    default: bool | int
    description: str
    lowest: int = 0
    highest: int = 1


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


@dataclass(frozen=True, slots=True)
class Retirement:
    """End of the use of an instrument for new assessments; stored ones stay readable and scored.

    ``effective_from`` is the first local date that takes no new assessment, so that answers given
    before it and sent late are kept. ``successor`` is the code of the instrument to use instead.
    """

    effective_from: date
    reason: str
    successor: str | None = None

    @property
    def notice(self) -> str:
        """Return the retirement as a sentence without its subject.

        >>> Retirement(date(2026, 12, 1), "the licence has ended", "haq-di").notice
        'is retired from 2026-12-01: the licence has ended; use haq-di instead'
        """
        instead = f"; use {self.successor} instead" if self.successor else ""
        return f"is retired from {self.effective_from}: {self.reason}{instead}"


Answer = float | tuple[str, ...]
Answers = Mapping[str, Answer]
"""Checked answers by item id; a question without an answer is absent, never 0 (law 3)."""
Options = Mapping[str, bool | int]
Result = float | Unscored
Scorer = Callable[[Answers, Options], Mapping[str, Result]]


@dataclass(frozen=True, slots=True)
class Instrument:
    """One version of a questionnaire; a published version never changes, a correction is a new one."""

    code: str
    version: str
    name: str
    recall_period: str
    items: tuple[Item, ...]
    scores: tuple[ScoreDefinition, ...]
    score: Scorer
    missing_rule: str
    algorithm: str
    """Scoring described so that a nurse can follow it by hand."""
    sources: tuple[str, ...]
    licence: Licence
    options: tuple[Option, ...] = ()
    cautions: tuple[str, ...] = ()
    """Uses to avoid, and disagreements between sources."""
    retired: Retirement | None = None
    """Set once it is no longer offered; the definition stays, because stored assessments name it."""

    def is_retired(self, *, on: date) -> bool:
        """Return whether it takes no new assessment about this local date."""
        return self.retired is not None and on >= self.retired.effective_from

    def item(self, item_id: str) -> Item | None:
        """Return the item with this id, or None."""
        return next((item for item in self.items if item.id == item_id), None)
