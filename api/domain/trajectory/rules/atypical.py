"""An atypical picture, day after day: one-sided, the back alone, or worse at night."""

from collections import Counter
from datetime import date
from typing import Any, NamedTuple

from api.domain.alerts.finding import Finding, FindingKind
from api.domain.diary.body_sites import PainLocations, PainPattern, names_of, pattern_of
from api.domain.diary.daily_summary import DailySummary
from api.domain.policy import Policy
from api.domain.trajectory.rules.episodes import lasting
from api.domain.trajectory.rules.formatting import between, on, short

SWOLLEN_SOURCE = (
    "NICE QS33: persistent synovitis of the hands, the feet or more than one joint is referred within 3 "
    "working days; two weeks are judgement, unverified"
)
_CLOSE = 1e-9
_PLACES = {
    PainPattern.LEFT: "pain in joints of the left side only",
    PainPattern.RIGHT: "pain in joints of the right side only",
    PainPattern.BACK: "pain in the back or chest only",
}
_NAMED = tuple((pattern, pattern.value) for pattern in _PLACES)


class AtypicalSign(NamedTuple):
    """One way of not being symmetrical joint pain: the days that tell of it, and how many of them show it."""

    name: str
    told: tuple[int, ...]
    shown: int

    @property
    def share(self) -> float:
        """Share of the told days that show it, 0 to 1; 0 when nothing was told."""
        return self.shown / len(self.told) if self.told else 0.0


def signs_of(where: PainLocations, today: int, policy: Policy) -> list[AtypicalSign]:
    """Return every sign, shown or not, over the answered days of the last 56."""
    since = today - policy.atypical_reach_days.value
    told = tuple([day for day, _ in where.places if day > since])
    patterns = [pattern_of(sites) for day, sites in where.places if day > since]
    signs = [AtypicalSign(name, told, patterns.count(pattern)) for pattern, name in _NAMED]
    nights = [each for each in where.nights if each[0] > since]
    worse = sum([_is_worse_at_night(at_night, by_day, policy) for _, at_night, by_day in nights])
    return [*signs, AtypicalSign("night", tuple([day for day, _, _ in nights]), worse)]


def persists(sign: AtypicalSign, policy: Policy) -> bool:
    """Say whether a sign is there day after day, and not now and then.

    Args:
        sign: The days that tell of it, and those that show it.
        policy: How many days, how far apart, and what share of them; all judgement.

    Returns:
        True from 5 answered days over 14 days or more of which 80% show it. A day on which a joint
        hurts on both sides speaks against one side and against the back alone.

    Source:
        Symmetry is a minor criterion among those proposed for these symptoms (attributed to Niravath
        2013, not checked); days and shares are judgement.
    """
    if len(sign.told) < policy.atypical_answers.value:
        return False
    over = sign.told[-1] - sign.told[0] + 1
    return over >= policy.atypical_days.value and sign.share >= policy.atypical_share.value - _CLOSE


def starts(signs: list[AtypicalSign], policy: Policy) -> bool:
    """Say whether any sign persists."""
    return any(persists(sign, policy) for sign in signs)


def ends(signs: list[AtypicalSign], policy: Policy) -> bool:
    """Say whether fewer than half of the told days show each of the signs (judgement)."""
    return all(sign.share < policy.atypical_ends.value for sign in signs)


def finding(day: DailySummary, where: PainLocations, signs: list[AtypicalSign], policy: Policy) -> Finding:
    """Say it so that a nurse can check it by hand; it names no cause."""
    lasting_signs = [sign for sign in signs if persists(sign, policy)]
    reasons: list[str] = []
    numbers: dict[str, Any] = {sign.name: _numbers(sign, where) for sign in lasting_signs}
    if lasting_signs:
        seen = "; ".join(_words(sign, where) for sign in lasting_signs)
        reasons.append(f"{seen}: not the picture these symptoms mostly have, joints of both sides alike")
    if day.several_swollen:
        reasons.append(f"reports on {on(day.ordinal)} several joints swollen for more than two weeks")
        numbers["several_swollen_joints"] = True
    reason = "; ".join([*reasons, "look for another cause"])
    source = policy.atypical_share.source if lasting_signs else SWOLLEN_SOURCE
    return lasting(FindingKind.ATYPICAL, day, reason=reason, numbers=numbers, source=source)


def _is_worse_at_night(at_night: float, by_day: float, policy: Policy) -> bool:
    clearly = at_night - by_day >= policy.atypical_night_points.value - _CLOSE
    return clearly and at_night >= policy.atypical_night_from.value


def _words(sign: AtypicalSign, where: PainLocations) -> str:
    days = f"on {sign.shown} of {len(sign.told)} days with an answer on it"
    over = between(sign.told[0], sign.told[-1])
    if sign.name == "night":
        nights = [each for each in where.nights if each[0] in sign.told]
        night, by_day = (sum(each[i] for each in nights) / len(nights) for i in (1, 2))
        return f"pain worse at night {days} {over} (on average {short(night)}, by day {short(by_day)})"
    named = ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in _named(sign, where).items())
    return f"{_PLACES[PainPattern(sign.name)]} {days} {over} ({named})"


def _numbers(sign: AtypicalSign, where: PainLocations) -> dict[str, Any]:
    numbers: dict[str, Any] = {"told_days": len(sign.told), "shown_days": sign.shown}
    numbers["first_day"] = date.fromordinal(sign.told[0]).isoformat()
    if sign.name == "night":
        told = [each for each in where.nights if each[0] in sign.told]
        numbers["at_night_and_by_day"] = {date.fromordinal(d).isoformat(): [n, by] for d, n, by in told}
        return numbers
    both = [sites for day, sites in where.places if day in sign.told]
    numbers["symmetrical_days"] = sum(pattern_of(sites) is PainPattern.SYMMETRICAL for sites in both)
    numbers["places"] = _named(sign, where)
    return numbers


def _named(sign: AtypicalSign, where: PainLocations) -> dict[str, int]:
    """Count the days of each place among those that show the sign, the most frequent first."""
    shown = [sites for day, sites in where.places if day in sign.told and pattern_of(sites) == sign.name]
    return dict(Counter(name for sites in shown for name in names_of(sites)).most_common())
