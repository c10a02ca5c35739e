"""Occasional answers of a simulated patient: optional questions, reasons for gaps, what led to an entry.

They are drawn after all other answers, so that those are the same with them and without. Their shares and
sizes are assumed; none of them makes a simulated patient stop or get worse.
"""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from api.services.simulation.patients import SimulatedPatient
from api.services.simulation.reporting import Days
from api.services.simulation.symptoms import TrueSymptoms
from api.services.simulation.treatment import SimulatedTablets

OCCASIONAL_COLUMNS = ("side_effects_bother", "doubt", "cost_trouble", "sleep_trouble", "gap_reason", "asked")

_ANSWERED, _COST_SHARE, _OWN_SHARE, _REASON_SHARE = 0.9, 0.1, 0.08, 0.6
_FIRST_BOTHER_DAY = 7
_SHORTEST_GAP, _USUAL_GAPS, _WORSE_BY = 7, 3, 2.0
_UNWELL, _UNWELL_WHEN_WORSE = 0.06, 0.6
_OTHER_REASONS = {"hospital": 0.03, "forgot": 0.55, "technical": 0.12, "do_not_want": 0.12}


def draw_occasional_answers(
    rng: Generator,
    patient: SimulatedPatient,
    symptoms: TrueSymptoms,
    tablets: SimulatedTablets,
    *,
    entry_days: Days,
    weekly: Days,
) -> Iterator[tuple[str, ...]]:
    """Yield the cells of ``OCCASIONAL_COLUMNS`` for each entry, in the order of days."""
    above = symptoms.level - symptoms.baseline
    other_effects, has_cost_trouble = 10 * rng.beta(1.1, 3.0), rng.random() < _COST_SHARE
    bother = other_effects + 0.8 * np.maximum(above, 0) + rng.normal(0, 0.8, patient.days)
    doubt = 10 - tablets.confidence + rng.normal(0, 1.0, patient.days)
    sleepless = rng.random(patient.days) < 1 / (1 + np.exp(1.5 - 0.35 * (symptoms.level - 3)))
    days = np.flatnonzero(entry_days).tolist()
    asked_after = max(_SHORTEST_GAP, _USUAL_GAPS * np.median(np.diff([-1, *days])) - 1)
    for before, day in zip([None, *days], days, strict=False):
        on_tablets = day - patient.tablets_from
        answers = {
            "side_effects_bother": _whole(bother[day]) if on_tablets >= _FIRST_BOTHER_DAY else "",
            "doubt": _whole(doubt[day]) if on_tablets >= 0 else "",
            "cost_trouble": str(bool(has_cost_trouble)).lower() if on_tablets >= 0 else "",
            "sleep_trouble": str(bool(sleepless[day])).lower(),
        }
        given = (rng.random(len(answers)) < _ANSWERED) & bool(weekly[day])
        cells = [cell if is_given else "" for cell, is_given in zip(answers.values(), given, strict=True)]
        is_gap = before is not None and day - before >= asked_after
        reason = _reason(rng, worse=above[before or 0 : day + 1].max()) if is_gap else ""
        yield (*cells, reason, "own" if rng.random() < _OWN_SHARE else "prompted")


def _whole(value: float) -> str:
    return str(int(np.clip(np.rint(value), 0, 10)))


def _reason(rng: Generator, *, worse: float) -> str:
    """Return the reason given for a gap; blank in 4 of 10."""
    if rng.random() >= _REASON_SHARE:
        return ""
    shares = _OTHER_REASONS | {"too_unwell": _UNWELL_WHEN_WORSE if worse >= _WORSE_BY else _UNWELL}
    weights = np.array([*shares.values()])
    return [*shares][int(rng.choice(len(weights), p=weights / weights.sum()))]
