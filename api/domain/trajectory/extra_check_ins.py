"""Extra check-ins: a few more answers are asked for when evidence of a rise has begun to gather.

They are asked within a week of the day on which they begin. Whether they begin depends on the diary
up to that day only, and no finding depends on it.
"""

from api.domain.diary.daily_summary import DailySummary
from api.domain.onset.onset_state import OnsetSummary
from api.domain.policy import Policy

_YEAR_DAYS = 365

DAYS_AFTER: dict[int, tuple[int, ...]] = {
    2: (2, 5),
    3: (2, 4, 6),
    4: (1, 3, 5, 6),
    5: (1, 2, 4, 5, 6),
    6: (1, 2, 3, 4, 5, 6),
}
"""Days of the extra check-ins after the day on which they begin, by their number."""


def extra_check_ins(
    begun: tuple[int, ...],
    day: DailySummary,
    onset: OnsetSummary | None,
    *,
    is_worsening: bool,
    policy: Policy,
) -> tuple[tuple[int, ...], int]:
    """Return the days on which extra check-ins began, and the number that begin today.

    They begin on a day with an answer on symptoms and without a red flag, in a sparse diary, when a
    rise of symptoms is possible by the answers so far and not found yet. They do not begin again
    within four weeks, or where more than the most of a year would be asked.

    Args:
        begun: Ordinals of the days of the last 365 on which extra check-ins began, oldest first.
        day: Today.
        onset: Lasting rises by the answers up to today; None before the first answers.
        is_worsening: Whether an episode of worsening goes on after today.
        policy: The probability, the number of check-ins, and how often.

    Returns:
        The days of the last 365, today included, and 0 or the number of check-ins.

    >>> from api.domain.onset.onset_state import Rise
    >>> none = Rise(0.1, 100, 2.5, 2.0, 2.0)
    >>> some = OnsetSummary(none, none, none, 0.2, 5)
    >>> def on(ordinal, begun):
    ...     day = DailySummary(ordinal, pain=6.0)
    ...     return extra_check_ins(begun, day, some, is_worsening=False, policy=Policy())
    >>> on(500, ()), on(507, (500,))
    (((500,), 3), ((500,), 0))
    """
    begun = tuple(each for each in begun if day.ordinal - each < _YEAR_DAYS)
    number = int(policy.extra_check_ins.value)
    may_begin = (
        day.has_symptoms
        and onset is not None
        and not is_worsening
        and onset.p_any >= policy.extra_p.value
        and onset.answered_days < policy.extra_sparse_days.value
        and not any(statement.red_flags for statement in day.statements)
    )
    is_too_soon = bool(begun) and day.ordinal - begun[-1] < policy.extra_again_days.value
    is_too_much = (len(begun) + 1) * number > policy.extra_most_a_year.value
    if not may_begin or is_too_soon or is_too_much:
        return begun, 0
    return (*begun, day.ordinal), number
