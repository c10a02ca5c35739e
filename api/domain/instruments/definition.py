"""What an instrument is: versioned, cited data, and one pure scorer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType

NOT_LICENSED = "wording not licensed at this site"


class Direction(StrEnum):
    """Which way a score gets worse; always said, never guessed."""

    HIGHER_IS_WORSE = "higher is worse"
    HIGHER_IS_BETTER = "higher is better"


class Wording(StrEnum):
    """What may be shipped of an instrument's text."""

    OURS = "ours"  # our own words, nobody else's rights
    ATTRIBUTED = "attributed"  # its licence allows it, with attribution
    NOT_SHIPPED = "not shipped"  # a site that holds a licence loads its own text


@dataclass(frozen=True, slots=True)
class Licence:
    """Who owns the wording, what follows from it, and where that was read."""

    wording: Wording
    terms: str
    source: str


@dataclass(frozen=True, slots=True)
class Item:
    """One question: the answers it takes, and its wording where that may be shipped.

    A question takes a number in ``lowest..highest`` (whole unless ``whole`` is False) or, where
    ``choices`` are named, a list of some of them.
    """

    id: str
    lowest: float = 0
    highest: float = 0
    whole: bool = True
    choices: tuple[str, ...] = ()
    words: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Language (``en``) to wording, of instruments whose licence allows it; empty elsewhere."""
    asked: bool = True
    """False for an answer that is taken and scored, though this form does not ask for it."""


@dataclass(frozen=True, slots=True)
class Option:
    """Something a scorer may be told, with what it assumes when it is told nothing."""

    name: str
    default: bool | int
    words: str
    lowest: int = 0
    highest: int = 1


@dataclass(frozen=True, slots=True)
class Cited:
    """A number from the literature: its source, and whether it was read there."""

    value: float
    source: str
    verified: bool = True
    """False where the number is general knowledge: it is then shown as *unverified*."""


@dataclass(frozen=True, slots=True)
class Band:
    """A word for scores of at least ``lowest``, up to the next band."""

    lowest: float
    word: str
    source: str
    verified: bool = True


@dataclass(frozen=True, slots=True)
class ScoreDefinition:
    """One number an instrument gives: its range, its direction, and what a change of it means."""

    id: str
    name: str
    lowest: float
    highest: float
    direction: Direction
    bands: tuple[Band, ...] = ()
    matters: Cited | None = None
    """The smallest change that matters to a patient (MCID), in points of the score; None: none known."""
    sem: Cited | None = None
    """Standard error of measurement, in points: from it the change that is more than noise."""
    loinc: str | None = None
    standard_error_of: str | None = None
    """Id of the score whose standard error this is: it tells that score's precision, no level of health."""


@dataclass(frozen=True, slots=True)
class Unscored:
    """A score that could not be given, and why; never a calm default (law 4)."""

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
    """A questionnaire of one version; a published version never changes, a correction is a new one."""

    code: str
    version: str
    name: str
    recall: str
    items: tuple[Item, ...]
    scores: tuple[ScoreDefinition, ...]
    score: Scorer
    missing_rule: str
    algorithm: str
    """How the scores come about, in words a nurse can follow by hand."""
    sources: tuple[str, ...]
    licence: Licence
    options: tuple[Option, ...] = ()
    cautions: tuple[str, ...] = ()
    """What it must not be used for, or where sources disagree."""
    retired: Retirement | None = None
    """Set once it is no longer offered; the definition stays, because stored assessments name it."""

    def is_retired(self, *, on: date) -> bool:
        """Return whether it takes no new assessment about this local date."""
        return self.retired is not None and on >= self.retired.effective_from

    def item(self, item_id: str) -> Item | None:
        """Return the item of this id, None when there is none."""
        return next((item for item in self.items if item.id == item_id), None)
