"""Atypical presentation on most days: one-sided, the back alone, or worse at night."""

from collections import Counter
from datetime import date
from typing import Any, NamedTuple

from api.domain.alerts.finding import FindingKind
from api.domain.diary.body_sites import PainLocations, PainPattern, names_of, pattern_of
from api.domain.formatting import format_day, format_days, format_number
from api.domain.policy import Policy
from api.domain.trajectory.rules.context import RuleContext
from api.domain.trajectory.rules.episodes import Evidence, Rule

SWOLLEN_SOURCE = (
    "NICE QS33: persistent synovitis of the hands, the feet or more than one joint is referred within 3 "
    "working days; two weeks are judgement, unverified"
)
_CLOSE = 1e-9
_PATTERNS = {
    PainPattern.LEFT: "pain in joints of the left side only",
    PainPattern.RIGHT: "pain in joints of the right side only",
    PainPattern.BACK: "pain in the back or chest only",
}


class AtypicalSign(NamedTuple):
    """Deviation from symmetrical joint pain: the days with an answer on it, and how many show it."""

    name: str
    answered: tuple[int, ...]
    shown: int

    @property
    def share(self) -> float:
        """Share of the answered days that show it, 0 to 1; 0 without an answer."""
        return self.shown / len(self.answered) if self.answered else 0.0


def find_signs(where: PainLocations, today: int, policy: Policy) -> list[AtypicalSign]:
    """Return every sign, shown or not, over the answered days of the last 56."""
    since = today - policy.atypical_reach_days.value
    answered = tuple([day for day, _ in where.site_days if day > since])
    patterns = [pattern_of(sites) for day, sites in where.site_days if day > since]
    signs = [AtypicalSign(pattern.value, answered, patterns.count(pattern)) for pattern in _PATTERNS]
    nights = [each for each in where.night_days if each[0] > since]
    worse = sum([_is_worse_at_night(at_night, by_day, policy) for _, at_night, by_day in nights])
    return [*signs, AtypicalSign("night", tuple([day for day, _, _ in nights]), worse)]


def is_persistent(sign: AtypicalSign, policy: Policy) -> bool:
    """Return whether a sign is present on most days of some weeks.

    Args:
        sign: The days with an answer on it, and those that show it.
        policy: How many days, how far apart, and what share of them; all judgement.

    Returns:
        True from 5 answered days over 14 days or more of which 80% show it. A day on which a joint
        hurts on both sides counts against one side and against the back alone.

    Source:
        Symmetry is a minor criterion among those proposed for these symptoms (attributed to Niravath
        2013, not checked); days and shares are judgement.
    """
    if len(sign.answered) < policy.atypical_answers.value:
        return False
    over = sign.answered[-1] - sign.answered[0] + 1
    return over >= policy.atypical_days.value and sign.share >= policy.atypical_share.value - _CLOSE


def _applies(context: RuleContext) -> bool:
    day = context.day
    return (
        day.several_swollen
        or bool(day.sites)
        or (day.pain_at_night is not None and day.pain_by_day is not None)
    )


def _starts(context: RuleContext) -> bool:
    return context.day.several_swollen or bool(_persisting(context))


def _ends(context: RuleContext) -> bool:
    """Return whether fewer than half of the answered days show each of the signs (judgement)."""
    limit = context.policy.atypical_ends.value
    return not context.day.several_swollen and all(sign.share < limit for sign in _signs(context))


def _evidence(context: RuleContext) -> Evidence:
    """Return the evidence; it names no cause."""
    day, where, signs = context.day, context.locations, _persisting(context)
    reasons: list[str] = []
    numbers: dict[str, Any] = {sign.name: _numbers(sign, where) for sign in signs}
    if signs:
        shown = "; ".join(_words(sign, where) for sign in signs)
        reasons.append(f"{shown}: not the picture these symptoms mostly have, joints of both sides alike")
    if day.several_swollen:
        reasons.append(f"reports on {format_day(day.ordinal)} several joints swollen for more than two weeks")
        numbers["several_swollen_joints"] = True
    reason = "; ".join([*reasons, "look for another cause"])
    source = context.policy.atypical_share.source if signs else SWOLLEN_SOURCE
    return reason, numbers, source


def _signs(context: RuleContext) -> list[AtypicalSign]:
    return find_signs(context.locations, context.day.ordinal, context.policy)


def _persisting(context: RuleContext) -> list[AtypicalSign]:
    return [sign for sign in _signs(context) if is_persistent(sign, context.policy)]


def _is_worse_at_night(at_night: float, by_day: float, policy: Policy) -> bool:
    clearly = at_night - by_day >= policy.atypical_night_points.value - _CLOSE
    return clearly and at_night >= policy.atypical_night_from.value


def _words(sign: AtypicalSign, where: PainLocations) -> str:
    days = f"on {sign.shown} of {len(sign.answered)} days with an answer on it"
    over = format_days(sign.answered[0], sign.answered[-1])
    if sign.name == "night":
        nights = [each for each in where.night_days if each[0] in sign.answered]
        night, by_day = (format_number(sum(each[i] for each in nights) / len(nights)) for i in (1, 2))
        return f"pain worse at night {days} {over} (on average {night}, by day {by_day})"
    named = ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in _named(sign, where).items())
    return f"{_PATTERNS[PainPattern(sign.name)]} {days} {over} ({named})"


def _numbers(sign: AtypicalSign, where: PainLocations) -> dict[str, Any]:
    numbers: dict[str, Any] = {"told_days": len(sign.answered), "shown_days": sign.shown}
    numbers["first_day"] = date.fromordinal(sign.answered[0]).isoformat()
    if sign.name == "night":
        nights = [each for each in where.night_days if each[0] in sign.answered]
        by_date = {date.fromordinal(day).isoformat(): [night, by_day] for day, night, by_day in nights}
        numbers["at_night_and_by_day"] = by_date
        return numbers
    sites = [sites for day, sites in where.site_days if day in sign.answered]
    numbers["symmetrical_days"] = sum(pattern_of(each) is PainPattern.SYMMETRICAL for each in sites)
    numbers["places"] = _named(sign, where)
    return numbers


def _named(sign: AtypicalSign, where: PainLocations) -> dict[str, int]:
    """Return the days of each site among those that show the sign, the most frequent first."""
    shown = [
        sites for day, sites in where.site_days if day in sign.answered and pattern_of(sites) == sign.name
    ]
    return dict(Counter(name for sites in shown for name in names_of(sites)).most_common())


RULE = Rule(FindingKind.ATYPICAL, _applies, _starts, _ends, _evidence)
