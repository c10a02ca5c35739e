"""Sites of pain, and pain at night: the last answered days, as needed to find a pattern."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from api.domain.entries.questions import SITES

KEPT_DAYS = 14
"""Answered days that are kept, of sites and of nights."""

LIMBS = ("hand", "wrist", "elbow", "shoulder", "hip", "knee", "ankle", "foot")
TRUNK = ("neck", "upper_back", "lower_back", "chest")

Sites = int
"""Sites of one day as bits: left, right and middle for each of ``SITES``, in its order."""

_LEFT, _RIGHT, _MIDDLE = 1, 2, 4
_SIDES = {"left": _LEFT, "right": _RIGHT, "both": _LEFT | _RIGHT, "middle": _MIDDLE}
_BITS = {(site, side): bits << 3 * nth for nth, site in enumerate(SITES) for side, bits in _SIDES.items()}
_LEFTS = sum(_BITS[site, "left"] for site in LIMBS)
_RIGHTS = _LEFTS << 1
_TRUNK = sum(_BITS[site, "both"] | _BITS[site, "middle"] for site in TRUNK)


class PainPattern(StrEnum):
    """Pattern of the sites of one day."""

    SYMMETRICAL = "symmetrical"
    LEFT = "left"
    RIGHT = "right"
    SCATTERED = "scattered"
    BACK = "back"


class PainLocations(NamedTuple):
    """Last answered days, oldest first: (day, sites) and (day, pain at night, pain by day)."""

    site_days: tuple[tuple[int, Sites], ...] = ()
    night_days: tuple[tuple[int, float, float], ...] = ()


def sites_of(body_sites: Iterable[Mapping[str, str]]) -> Sites:
    """Return the sites of an answer as bits; a site on both sides is that site on each.

    >>> left, right = {"site": "knee", "side": "left"}, {"site": "knee", "side": "right"}
    >>> sites_of([left, right]) == sites_of([{"site": "knee", "side": "both"}])
    True
    """
    bits = 0
    for each in body_sites:
        bits |= _BITS.get((each["site"], each["side"]), 0)
    return bits


def names_of(sites: Sites) -> list[str]:
    """Return the names of the joints and parts of the trunk, without sides."""
    return [site for site in LIMBS + TRUNK if sites & (_BITS[site, "both"] | _BITS[site, "middle"])]


@lru_cache(maxsize=4096)  # each day needs the patterns of the last fourteen
def pattern_of(sites: Sites) -> PainPattern | None:
    """Return the pattern of the joints of the limbs, or that only the trunk hurts.

    Args:
        sites: Sites of one day.

    Returns:
        Symmetrical where any joint hurts on both sides; scattered where joints hurt on both sides,
        but no joint on both; None where the sites show no pattern, such as a site without a side.

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
    """Return the locations with a later day added; what was not answered adds nothing.

    >>> add_locations(PainLocations(), 100, 0, at_night=5.0, by_day=None) == PainLocations()
    True
    """
    site_days, night_days = before
    if pattern_of(sites) is not None:
        site_days = (*site_days[1 - KEPT_DAYS :], (day, sites))
    if at_night is not None and by_day is not None:
        night_days = (*night_days[1 - KEPT_DAYS :], (day, at_night, by_day))
    if site_days is before.site_days and night_days is before.night_days:
        return before
    return PainLocations(site_days, night_days)
