"""Interpretation of a score: its band, and its change from the patient's earlier scores."""

from collections.abc import Mapping
from dataclasses import dataclass

from api.domain.instruments.change import (
    JACOBSON_TRUAX,
    PEIPERT,
    ScoreChange,
    ScoreReading,
    change_between,
    shown,
)
from api.domain.instruments.definition import Instrument
from api.domain.instruments.scores import Band, Direction, ScoreDefinition


@dataclass(frozen=True, slots=True)
class Interpretation:
    """Interpreted score: direction, band, and the change from baseline and from the last reading."""

    score: str
    value: float | None
    band: str | None
    direction: Direction
    change_from_baseline: ScoreChange
    change_from_previous: ScoreChange
    description: str
    sources: tuple[str, ...]
    """Sources of band and yardsticks; one that was not read is marked *unverified*."""
    verified: bool


def interpret(
    score: ScoreDefinition,
    now: ScoreReading | None,
    *,
    baseline: ScoreReading | None = None,
    last: ScoreReading | None = None,
) -> Interpretation:
    """Interpret a score and its change from baseline and from the last reading.

    Args:
        score: The definition: direction, bands, minimal important difference, measurement error.
        now: The reading in question, in points of the score; None where it could not be scored.
        baseline: The reading before treatment, or the first; None where there is none.
        last: The reading before this one; None where there is none.

    Returns:
        Changes in points, positive is worse. A part that is not known is None, never 0.

    Source:
        Jacobson & Truax 1991 for the reliable change, 1.96·√2·SEM, or 1.96·√(SE₁² + SE₂²) where both
        readings carry their own standard error; Peipert, Cella & Hays 2024 for its use in one person.

    >>> pain = ScoreDefinition("worst", "worst pain", 0, 10, Direction.HIGHER_IS_WORSE)
    >>> interpret(pain, ScoreReading(5.0), baseline=ScoreReading(2.0)).change_from_baseline.description
    'worse by 3; what change matters is not known for this score'
    """
    band = band_of(score, now.value) if now else None
    changes = change_between(score, now, baseline), change_between(score, now, last)
    compared = tuple(change for change in changes if change.points is not None)
    sources = _sources(score, band, compared)
    return Interpretation(
        score=score.id,
        value=now.value if now else None,
        band=band.label if band else None,
        direction=score.direction,
        change_from_baseline=changes[0],
        change_from_previous=changes[1],
        description=_description(score, now, band, changes),
        sources=tuple(dict.fromkeys(name if read else f"{name} (unverified)" for name, read in sources)),
        verified=all(read for _, read in sources),
    )


def interpret_all(
    instrument: Instrument,
    scores: Mapping[str, float | None],
    *,
    baseline: Mapping[str, float | None] | None = None,
    last: Mapping[str, float | None] | None = None,
) -> Mapping[str, Interpretation]:
    """Interpret every score of an instrument, each with its own standard error."""
    return {
        score.id: interpret(
            score,
            _reading(instrument, score, scores),
            baseline=_reading(instrument, score, baseline or {}),
            last=_reading(instrument, score, last or {}),
        )
        for score in instrument.scores
        if score.standard_error_of is None
    }


def band_of(score: ScoreDefinition, value: float) -> Band | None:
    """Return the highest band whose lower end the value reaches; None: no bands are known."""
    reached = [band for band in score.bands if band.lowest <= value]
    return max(reached, key=lambda band: band.lowest, default=None)


def _reading(
    instrument: Instrument, score: ScoreDefinition, scores: Mapping[str, float | None]
) -> ScoreReading | None:
    value = scores.get(score.id)
    if value is None:
        return None
    errors = (other.id for other in instrument.scores if other.standard_error_of == score.id)
    return ScoreReading(value, next((scores.get(error) for error in errors), None))


def _description(
    score: ScoreDefinition,
    now: ScoreReading | None,
    band: Band | None,
    changes: tuple[ScoreChange, ScoreChange],
) -> str:
    if now is None:
        return "not scored"
    level = f"{shown(now.value)}{f', {band.label}' if band else ''} ({score.direction})"
    baseline, last = (change.description for change in changes)
    return f"{level}. Against baseline: {baseline}. Against the last: {last}."


def _sources(
    score: ScoreDefinition, band: Band | None, compared: tuple[ScoreChange, ...]
) -> list[tuple[str, bool]]:
    """Return each source used, and whether it was read there."""
    used = [(band.source, band.verified)] if band else []
    if compared and score.minimal_important_difference is not None:
        used.append((score.minimal_important_difference.source, score.minimal_important_difference.verified))
    noises = {change.noise.source for change in compared if change.noise}
    return [*used, *sorted(noises), *([(JACOBSON_TRUAX, True), (PEIPERT, True)] if noises else [])]
