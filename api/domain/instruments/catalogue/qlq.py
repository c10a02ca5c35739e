"""The EORTC's scales: a mean of answered items, turned into 0 to 100."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.domain.instruments.arithmetic import mean_of
from api.domain.instruments.definition import Licence, Wording
from api.domain.instruments.scores import (
    BETTER,
    WORSE,
    Answers,
    Band,
    Cited,
    Direction,
    Result,
    Results,
    ScoreDefinition,
    Unscored,
)

MANUAL = (
    "Fayers PM et al. The EORTC QLQ-C30 Scoring Manual, 3rd edition. Brussels: European Organisation for "
    "Research and Treatment of Cancer, 2001"
)
LICENCE = Licence(
    Wording.NOT_SHIPPED,
    "All rights reserved; written consent first; free for academic use, but study by study",
    "qol.eortc.org/questionnaires, conditions of use",
)
MISSING_RULE = "A scale needs at least half of its items; a single item has to be answered."


@dataclass(frozen=True, slots=True)
class QlqScale:
    """One scale: its items, their transformation to 0 to 100, and its direction."""

    id: str
    name: str
    items: tuple[str, ...]
    direction: Direction
    turned: bool = False
    """True where the lowest answer gives 100 (functioning), not 0 (symptoms, global health)."""
    steps: int = 3
    """Highest less lowest answer."""
    bands: tuple[Band, ...] = ()
    minimal_important_difference: Cited | None = None

    def score(self) -> ScoreDefinition:
        """Return what the scale gives, for the instrument's list of scores."""
        return ScoreDefinition(
            self.id,
            self.name,
            0,
            100,
            self.direction,
            bands=self.bands,
            minimal_important_difference=self.minimal_important_difference,
        )


def questions(*numbers: int) -> tuple[str, ...]:
    """Return item ids.

    >>> questions(9, 19)
    ('q9', 'q19')
    """
    return tuple(f"q{number}" for number in numbers)


def functioning(scale_id: str, name: str, items: tuple[str, ...]) -> QlqScale:
    """Return a scale of functioning: answers of trouble turned round, so that high is good."""
    return QlqScale(scale_id, name, items, BETTER, turned=True)


def symptom(scale_id: str, name: str, items: tuple[str, ...]) -> QlqScale:
    """Return a scale of symptoms: high is bad."""
    return QlqScale(scale_id, name, items, WORSE)


def scaled(scale: QlqScale, answers: Answers) -> Result:
    """Return a scale's score.

    Args:
        scale: Its items run from 1 to ``scale.steps`` + 1.
        answers: The answers given.

    Returns:
        0 to 100, better or worse as ``scale.direction`` says; ``Unscored`` when fewer than half of
        its items were answered.

    Source:
        EORTC QLQ-C30 Scoring Manual, 3rd edition (Fayers et al. 2001).

    >>> scaled(functioning("EF", "emotional", questions(21, 22, 23, 24)), {"q21": 2.0, "q22": 1.0})
    83.33333333333334
    """
    raw = mean_of(answers, scale.items, at_least=(len(scale.items) + 1) // 2)
    if isinstance(raw, Unscored):
        return raw
    part = (raw - 1) / scale.steps
    return (1 - part if scale.turned else part) * 100


def scaled_all(scales: Sequence[QlqScale], answers: Answers) -> Results:
    """Return the score of each scale, by its id."""
    return {scale.id: scaled(scale, answers) for scale in scales}
