"""Where and when it hurts: the days she told of it, kept as little as a persistent picture needs."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from api.domain.entries.questions import SITES

KEPT_DAYS = 14
"""How many answered days are kept of each."""

LIMBS = ("hand", "wrist", "elbow", "shoulder", "hip", "knee", "ankle", "foot")
TRUNK = ("neck", "upper_back", "lower_back", "chest")

Sites = int
"""Places of one day as bits: for each of ``SITES`` in its order left, right and middle."""

_LEFT, _RIGHT, _MIDDLE = 1, 2, 4
_SIDES = {"left": _LEFT, "right": _RIGHT, "both": _LEFT | _RIGHT, "middle": _MIDDLE}
_BITS = {(site, side): bits << 3 * nth for nth, site in enumerate(SITES) for side, bits in _SIDES.items()}
_LEFTS = sum(_BITS[site, "left"] for site in LIMBS)
_RIGHTS = _LEFTS << 1
_TRUNK = sum(_BITS[site, "both"] | _BITS[site, "middle"] for site in TRUNK)


class PainPattern(StrEnum):
    """How the places of one day lie."""

    SYMMETRICAL = "symmetrical"
    LEFT = "left"
    RIGHT = "right"
    SCATTERED = "scattered"
    BACK = "back"


class PainLocations(NamedTuple):
    """The last days she told of, oldest first: places; and pain at night with pain by day (0 to 10)."""

    site_days: tuple[tuple[int, Sites], ...] = ()
    night_days: tuple[tuple[int, float, float], ...] = ()


def sites_of(body_sites: Iterable[Mapping[str, str]]) -> Sites:
    """Return the places of an answer as bits; the same place on both sides is that place on each.

    >>> left, right = {"site": "knee", "side": "left"}, {"site": "knee", "side": "right"}
    >>> sites_of([left, right]) == sites_of([{"site": "knee", "side": "both"}])
    True
    """
    bits = 0
    for place in body_sites:
        bits |= _BITS.get((place["site"], place["side"]), 0)
    return bits


def names_of(sites: Sites) -> list[str]:
    """Return the names of the joints and parts of the back among the places, sides left out."""
    return [site for site in LIMBS + TRUNK if sites & (_BITS[site, "both"] | _BITS[site, "middle"])]


@lru_cache(maxsize=4096)  # every day asks for that of the last fourteen again
def pattern_of(sites: Sites) -> PainPattern | None:
    """Return how the joints of the limbs lie, or that only the back hurts.

    Args:
        sites: Places of one day.

    Returns:
        Symmetrical where any joint hurts on both sides; scattered where joints hurt on both sides,
        but no two alike; None where nothing was told that says so, such as a place without a side.

    >>> pattern_of(sites_of([{"site": "hip", "side": "left"}, {"site": "knee", "side": "right"}])).value
    'scattered'
    """
    left, right = sites & _LEFTS, (sites & _RIGHTS) >> 1
    if left & right:
        return PainPattern.SYMMETRICAL
    if left and right:
        return PainPattern.SCATTERED
    if left or right:
        return PainPattern.LEFT if left else PainPattern.RIGHT
    return PainPattern.BACK if sites & _TRUNK else None


def add_locations(
    before: PainLocations, day: int, sites: Sites, *, at_night: float | None, by_day: float | None
) -> PainLocations:
    """Add what she told of a day, later than those before; what was not told adds nothing.

    >>> add_locations(PainLocations(), 100, 0, at_night=5.0, by_day=None) == PainLocations()
    True
    """
    places, nights = before
    if pattern_of(sites) is not None:
        places = (*places[1 - KEPT_DAYS :], (day, sites))
    if at_night is not None and by_day is not None:
        nights = (*nights[1 - KEPT_DAYS :], (day, at_night, by_day))
    return (
        before
        if places is before.site_days and nights is before.night_days
        else PainLocations(places, nights)
    )
