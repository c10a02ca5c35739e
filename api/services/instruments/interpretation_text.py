"""Section of an instrument's page about its scores: range, direction, bands, and changes."""

import math

from api.domain.constants import Z95
from api.domain.instruments.definition import Instrument
from api.domain.instruments.scores import Cited, ScoreDefinition
from api.services.instruments.markdown import bullets, table

UNVERIFIED = ", *unverified*"


def scores_section(instrument: Instrument) -> list[str]:
    """Return heading, table and yardsticks of an instrument's scores."""
    rows = [
        [
            f"`{of.id}`",
            of.name,
            f"{of.lowest:g} to {of.highest:g}",
            f"precision of `{of.standard_error_of}`" if of.standard_error_of else f"**{of.direction}**",
            _points(of.minimal_important_difference),
            _points(of.sem),
            of.loinc or "–",
        ]
        for of in instrument.scores
    ]
    columns = ["score", "of what", "range", "direction", "change that matters", "SEM", "LOINC"]
    notes = _notes(instrument)
    return ["## Scores", table(columns, rows), *([bullets(notes)] if notes else [])]


def _points(cited: Cited | None) -> str:
    return "–" if cited is None else f"{cited.value:g}{'' if cited.verified else UNVERIFIED}"


def _notes(instrument: Instrument) -> list[str]:
    """Return bands and yardsticks with their sources; equal notes are merged."""
    found: dict[tuple[str, str], list[str]] = {}
    for of in instrument.scores:
        for note in filter(None, (_bands(of), _matters(of), _noise(of), _own_error(of))):
            found.setdefault(note, []).append(f"`{of.standard_error_of or of.id}`")
    return [f"{topic} {', '.join(names)}: {note}." for (topic, note), names in found.items()]


def _bands(of: ScoreDefinition) -> tuple[str, str] | None:
    bands = ", ".join(f"{band.label} from {band.lowest:g}" for band in of.bands)
    sources = dict.fromkeys(band.source + ("" if band.verified else UNVERIFIED) for band in of.bands)
    return ("Bands of", f"{bands} ({'; '.join(sources)})") if bands else None


def _matters(of: ScoreDefinition) -> tuple[str, str] | None:
    if of.minimal_important_difference is None:
        return None
    return (
        "Change that matters in",
        f"{_points(of.minimal_important_difference)} ({of.minimal_important_difference.source})",
    )


def _noise(of: ScoreDefinition) -> tuple[str, str] | None:
    if of.sem is None:
        return None
    noise = f"1.96·√2·{of.sem.value:g} = {Z95 * math.sqrt(2) * of.sem.value:.3g}"
    note = f"SEM {_points(of.sem)}; a change of up to {noise} may be noise ({of.sem.source})"
    return "Measurement error of", note


def _own_error(of: ScoreDefinition) -> tuple[str, str] | None:
    if of.standard_error_of is None:
        return None
    note = "where both readings have one, a change of up to 1.96·√(SE₁² + SE₂²) may be noise"
    return "A standard error goes with each reading of", note
