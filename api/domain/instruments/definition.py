"""Definition of an instrument: versioned, cited data and one pure scorer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from api.domain.instruments.scores import Results, ScoreDefinition

NOT_LICENSED = "wording not licensed at this site"


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
    texts: Mapping[str, str] = field(default_factory=dict)
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


Options = Mapping[str, bool | int]
Scorer = Callable[..., Results]
"""Takes the ``Answers``, and each option by its name."""


@dataclass(frozen=True, slots=True)
class Instrument:
    """One version of a questionnaire; a published version never changes, a correction is a new one."""

    code: str
    version: str
    name: str
    """Its published name."""
    title: str
    """Its name as patients read it, which is translated."""
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
