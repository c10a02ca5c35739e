"""Change of a score between two readings, against measurement error and the important difference."""

import math
from dataclasses import dataclass

from api.domain.constants import Z95
from api.domain.instruments.scores import Direction, ScoreDefinition

JACOBSON_TRUAX = (
    "Jacobson NS, Truax P. Clinical significance: a statistical approach to defining meaningful change. "
    "J Consult Clin Psychol 1991;59:12-19, doi:10.1037/0022-006X.59.1.12"
)
PEIPERT = "Peipert JD, Cella D, Hays RD 2024, doi:10.1007/s11136-024-03788-9 (reliable change as lower bound)"
OWN_TABLE = "standard errors of the instrument's table, not read in its publisher's manual"
NOTHING_EARLIER = "no earlier answer to compare with"
NOT_SCORED = "not scored, so nothing to compare"


@dataclass(frozen=True, slots=True)
class ScoreReading:
    """One score of one questionnaire, with its own standard error where the instrument gives one."""

    value: float
    error: float | None = None


@dataclass(frozen=True, slots=True)
class Noise:
    """Largest difference of two readings that measurement error alone explains (95%)."""

    points: float
    formula: str
    source: tuple[str, bool]
    """Source of the standard error, and whether it was read there."""


@dataclass(frozen=True, slots=True)
class ScoreChange:
    """Change of a score from an earlier reading; a part is None where it is not known."""

    points: float | None
    """In points of the score; positive is worse, for either direction of the score."""
    exceeds_important_difference: bool | None
    """True from the minimal important difference on; None: no such difference is known."""
    exceeds_measurement_error: bool | None
    """True above measurement error; None: the error is not known."""
    noise: Noise | None
    description: str


def change_between(
    score: ScoreDefinition, now: ScoreReading | None, then: ScoreReading | None
) -> ScoreChange:
    """Return the change of a score between two readings.

    Args:
        score: The definition: direction, minimal important difference, measurement error.
        now: The later reading, in points of the score; None where it could not be scored.
        then: The earlier reading; None where there is none.

    Returns:
        Points, positive is worse. A change of at least ``matters`` is important; one above the noise
        exceeds measurement error. A part that is not known is None.

    Source:
        Jacobson & Truax 1991: 1.96·√2·SEM, or 1.96·√(SE₁² + SE₂²) where both readings carry their error.

    >>> index = ScoreDefinition("di", "disability index", 0, 3, Direction.HIGHER_IS_WORSE)
    >>> change_between(index, ScoreReading(1.0), ScoreReading(1.5)).points
    -0.5
    """
    if now is None or then is None:
        return ScoreChange(None, None, None, None, NOT_SCORED if now is None else NOTHING_EARLIER)
    # Nine decimals: 1.2 - 0.2 is 1, which binary fractions miss.
    rise = round(now.value - then.value, 9)
    points = (rise if score.direction is Direction.HIGHER_IS_WORSE else -rise) or 0.0
    noise = _noise(score, now, then)
    return ScoreChange(
        points=points,
        exceeds_important_difference=None
        if score.minimal_important_difference is None
        else abs(points) >= score.minimal_important_difference.value,
        exceeds_measurement_error=None if noise is None else abs(points) > noise.points,
        noise=noise,
        description=_description(points, score, noise),
    )


def _noise(score: ScoreDefinition, now: ScoreReading, then: ScoreReading) -> Noise | None:
    if now.error is not None and then.error is not None:
        return Noise(Z95 * math.hypot(now.error, then.error), "1.96·√(SE₁² + SE₂²)", (OWN_TABLE, False))
    if score.sem is not None:
        source = (score.sem.source, score.sem.verified)
        return Noise(Z95 * math.sqrt(2) * score.sem.value, "1.96·√2·SEM", source)
    return None


def _description(points: float, score: ScoreDefinition, noise: Noise | None) -> str:
    if points == 0:
        return "unchanged"
    size, important = abs(points), score.minimal_important_difference
    words = f"{'worse' if points > 0 else 'better'} by {shown(size)}"
    if important is not None:
        words += f", {_beside_matters(size, important.value)}"
    if noise is not None:
        within = size <= noise.points
        link = ","
        if important is not None:
            link = ", but" if (size >= important.value) == within else ", and"
        error = "within measurement error" if within else "more than measurement error"
        words += f"{link} {error} ({noise.formula} = {noise.points:.3g})"
    if important is None:
        words += "; what change matters is not known for this score"
    return words


def _beside_matters(size: float, matters: float) -> str:
    if size == matters:
        return f"the {shown(matters)} that matters"
    return f"{'more' if size > matters else 'less'} than the {shown(matters)} that matters"


def shown(number: float) -> str:
    """Return a number for a sentence: three decimals, or one significant digit below 0.001."""
    return f"{round(number, 3):g}" if abs(number) >= 0.001 or number == 0 else f"{number:.1g}"  # noqa: PLR2004
