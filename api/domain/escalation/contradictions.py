"""Contradictions between the parts of a ladder."""

from collections.abc import Iterator
from itertools import pairwise

from api.domain.alerts.finding import Tier
from api.domain.escalation.ladder import Delay, Ladder, Unit

SHORTEST_REPEAT = Delay(5, Unit.MINUTES)
"""Shortest interval at which the last rung is repeated."""


def contradictions(ladder: Ladder, tier: Tier) -> list[tuple[str, str]]:
    """Return the path of each part of a ladder that contradicts another one, with the reason.

    >>> from api.domain.escalation.ladder import BUILT_IN
    >>> contradictions(BUILT_IN.same_day, Tier.SAME_DAY), contradictions(BUILT_IN.routine, Tier.ROUTINE)
    ([], [])
    """
    return [*_of_ends(ladder), *_of_order(ladder), *_of_cover(ladder), *_of_same_day(ladder, tier)]


def _of_ends(ladder: Ladder) -> Iterator[tuple[str, str]]:
    if ladder.rungs[0].after.number:
        at_once = 'the first rung is notified at once: use {"minutes": 0}, or {"working_days": 0}'
        yield "rungs.0.after", at_once
    if not ladder.rungs[-1].roles:
        last = "the last rung names roles, so that a gap in a rota leaves recipients"
        yield f"rungs.{len(ladder.rungs) - 1}.roles", last
    if ladder.then_every.length < SHORTEST_REPEAT.length:
        yield "then_every", "is too often: 5 minutes at least"
    if not ladder.answer_within.number:
        yield "answer_within", "leaves no time to answer"


def _of_order(ladder: Ladder) -> Iterator[tuple[str, str]]:
    for number, (earlier, later) in enumerate(pairwise([rung.after for rung in ladder.rungs]), 1):
        if earlier.number and earlier.in_working_days != later.in_working_days:
            yield f"rungs.{number}.after", "working days and plain time do not go together in one ladder"
        elif later.length < earlier.length:
            yield f"rungs.{number}.after", "is before the rung below it"


def _of_cover(ladder: Ladder) -> Iterator[tuple[str, str]]:
    for number, rung in enumerate(ladder.rungs):
        if rung.on_call and rung.after.in_working_days:
            yield f"rungs.{number}.on_call", "a rung in working days needs no cover outside working hours"


def _of_same_day(ladder: Ladder, tier: Tier) -> Iterator[tuple[str, str]]:
    if tier is not Tier.SAME_DAY:
        return
    delays = {f"rungs.{number}.after": rung.after for number, rung in enumerate(ladder.rungs)}
    delays |= {"then_every": ladder.then_every, "answer_within": ladder.answer_within}
    for path, delay in delays.items():
        if delay.in_working_days:
            yield path, "the same-day tier does not wait for working hours; name on_call cover instead"
