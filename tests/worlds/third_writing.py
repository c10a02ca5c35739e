"""Writing in the third world: cadence as a plan, response to it, drop-out, and lost phones."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from tests.worlds.chance import pick
from tests.worlds.diary import Series

CADENCES = {"weekly then monthly": 0.40, "weekly": 0.18, "daily": 0.24, "switches": 0.18}
"""Plans; a switch goes from one interval to another on some day. Shares assumed."""

RESPONSE = {1: (0.45, 0.90), 7: (0.60, 0.90), 28: (0.60, 0.90)}
"""Share of due check-ins that are answered, by days between them: daily 56% (Daly, quoted second-hand) to 85%
(PMC6379815), weekly 62 to 91% (Judson; PRO-TECT)."""

_MONTHLY_AFTER = 84
_TOURISTS_SHARE = 0.06
"""Share who write on up to three days only: 25% in an application without a clinic (PMC5688244)."""

_LEAVES_A_DAY, _LEAVES_BY_POINT = 0.0008, 0.30
"""Hazard of leaving, and its log ratio a point above the usual level: leaving goes with being worse (PMID
38879861; OSCAR), single gaps do not (PMC6379815). Sizes assumed."""

_PHONE_LOST_SHARE, _PHONE_LOST_DAYS = 0.10, (10, 43)
_LATE_SHARE, _LATE_DAYS = 0.09, (1, 4)
"""Entries written one to three days after the day they are about: assumed."""
_SPONTANEOUS = 0.004
_GAPS = {1: 7, 7: 20, 28: 60}
"""Days without an entry after which the reason is asked, by days between check-ins."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Entries of one patient in the order of days.

    Attributes:
        day: Days they are about.
        written: Days on which they were written.
        own: Written without being asked.
        asks_after: Days without an entry after which the reason is asked, by entry.
        lost: Days of the silence of a lost phone.
        left: Day from which nothing is written any more.
    """

    day: NDArray[np.int64]
    written: NDArray[np.int64]
    own: NDArray[np.bool_]
    asks_after: NDArray[np.int64]
    lost: tuple[int, int] | None
    left: int


def draw_calendar(
    rng: Generator, cadence: str, *, felt: Series, above: Series, tablets_from: int, stopped: int | None
) -> Calendar:
    """Draw the days with an entry.

    Args:
        rng: Random generator of the patient.
        cadence: One of ``CADENCES``.
        felt: Pain by day with flares and noise.
        above: True level by day above that of the first days.
        tablets_from: First day of the tablets.
        stopped: Day on which they were stopped; None is never.
    """
    days = len(felt)
    interval = _intervals(rng, cadence, days, tablets_from)
    due, weekday = np.zeros(days, dtype=np.bool_), int(rng.integers(7))
    for each in (1, 7, 28):
        due |= (interval == each) & ((np.arange(days) - weekday) % each == 0)
    place = float(rng.random())
    response = sum(
        (interval == each) * (low + place * (high - low)) for each, (low, high) in RESPONSE.items()
    )
    answered = due & (rng.random(days) < response)
    own = ~answered & (rng.random(days) < _SPONTANEOUS * np.where(felt > np.median(felt) + 2, 8, 1))
    left, lost = _left(rng, above, stopped), _phone_lost(rng, days)
    wrote = (answered | own) & (np.arange(days) < left)
    if lost is not None:
        wrote[lost[0] : lost[1]] = False
    wrote[0] = True
    day = np.flatnonzero(wrote).astype(np.int64)
    late = np.where(rng.random(len(day)) < _LATE_SHARE, rng.integers(*_LATE_DAYS, len(day)), 0)
    gaps = np.array([_GAPS[each] for each in interval[day].tolist()])
    return Calendar(day, _in_order(day, late, days), own[day], gaps, lost, left)


def _intervals(rng: Generator, cadence: str, days: int, tablets_from: int) -> NDArray[np.int64]:
    """Return the days between check-ins, by day."""
    if cadence == "daily":
        return np.ones(days, dtype=np.int64)
    interval = np.full(days, 7)
    if cadence == "weekly then monthly":
        interval[max(tablets_from + _MONTHLY_AFTER, 0) :] = 28
    elif cadence == "switches":
        interval[:] = rng.choice([1, 7])
        for _ in range(int(rng.integers(1, 3))):
            interval[int(rng.integers(14, days)) :] = rng.choice([1, 7, 28])
    return interval


def _left(rng: Generator, above: Series, stopped: int | None) -> int:
    """Return the day from which nothing is written any more; missing not at random."""
    days = len(above)
    hazard = _LEAVES_A_DAY * np.exp(_LEAVES_BY_POINT * above)
    if stopped is not None:
        hazard[stopped:] *= 12
    leaves = np.flatnonzero(rng.random(days) < hazard)
    left = int(leaves[0]) if len(leaves) else days
    return int(rng.integers(1, 4)) if rng.random() < _TOURISTS_SHARE else max(left, 1)


def _phone_lost(rng: Generator, days: int) -> tuple[int, int] | None:
    if rng.random() >= _PHONE_LOST_SHARE:
        return None
    begins = int(rng.integers(1, days))
    return begins, begins + int(rng.integers(*_PHONE_LOST_DAYS))


def _in_order(day: NDArray[np.int64], late: NDArray[np.int64], days: int) -> NDArray[np.int64]:
    """Return the days of writing: none before the entry that precedes it, or on the day of the next."""
    following = np.append(day[1:], days) - 1
    written: NDArray[np.int64] = np.maximum(np.minimum(day + late, following), day)
    return written


def gap_reason(rng: Generator, calendar: Calendar, number: int, above: Series) -> str:
    """Return the reason given for a gap before an entry: being unwell where it was so; blank in 4 of 10."""
    since, until = int(calendar.day[number - 1]) + 1, int(calendar.day[number])
    if number == 0 or until - since < calendar.asks_after[number] or rng.random() < 0.4:
        return ""
    if calendar.lost is not None and since <= calendar.lost[0] < until:
        return "technical"
    unwell = 0.6 if above[since:until].max() >= 2 else 0.06
    others = {"hospital": 0.03, "forgot": 0.55, "technical": 0.12, "do_not_want": 0.12}
    return pick(rng, {"too_unwell": unwell, **others})
