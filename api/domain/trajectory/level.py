"""Present level of a symptom: mean of the last week, or of the last answers where they are few."""

from api.domain.policy import Policy

Answered = tuple[tuple[int, float], ...]
"""Answered days, oldest first: ordinal of the local day, and its answer (0 to 10)."""


def add_answer(answered: Answered, day: int, answer: float | None, policy: Policy) -> Answered:
    """Return the answered days still needed, with a new day's answer added; a blank adds nothing.

    Args:
        answered: Days before, oldest first.
        day: Ordinal of the new day, later than all of them.
        answer: The answer, 0 to 10; None when left blank.
        policy: How many days the level and the baseline need.

    Returns:
        The last answered days, at most as many as the longer window holds.

    >>> add_answer(((1, 4.0),), 2, None, Policy())
    ((1, 4.0),)
    """
    if answer is None:
        return answered
    keep = int(max(policy.level_days.value, policy.baseline_settles_days.value))
    return (*answered[1 - keep :], (day, answer))


def level_window(answered: Answered, today: int, policy: Policy) -> Answered:
    """Return the answered days of the present level.

    Args:
        answered: The last answered days, oldest first, today's included.
        today: Ordinal of the day scored.
        policy: The length of the week, and how many answers are enough.

    Returns:
        The answered days of the last 7; where these are fewer than 3, the last 3 answered days of
        the last 63, the newest of the last 28, so that weekly and monthly diaries have a level too;
        empty when there are not even those.

    Source:
        Averaging over days: one answer of worst pain carries a standard error of measurement of 1.6
        (Mathias et al. 2011, J Support Oncol 9:72). The lengths are judgement.

    >>> level_window(((1, 2.0), (8, 3.0), (15, 7.0)), 15, Policy())
    ((1, 2.0), (8, 3.0), (15, 7.0))
    >>> level_window(((8, 3.0), (15, 7.0)), 15, Policy())
    ()
    """
    if not answered:
        return ()
    enough = int(policy.level_answers.value)
    week_ago = today - policy.level_days.value
    this_week = answered if answered[0][0] > week_ago else _since(answered, week_ago + 1)
    if len(this_week) >= enough:
        return this_week
    if today - answered[-1][0] > policy.level_fresh_days.value:
        return ()
    sparse = _since(answered, today - policy.level_reach_days.value)[-enough:]
    return sparse if len(sparse) == enough else ()


def mean_answer(answered: Answered) -> float | None:
    """Return the mean answer, 0 to 10, higher is worse; None when there is none.

    >>> mean_answer(((1, 2.0), (8, 3.0), (15, 7.0)))
    4.0
    """
    if not answered:
        return None
    total = 0.0
    for _, answer in answered:
        total += answer
    return total / len(answered)


def _since(answered: Answered, first: float) -> Answered:
    for index, (day, _) in enumerate(answered):
        if day >= first:
            return answered[index:]
    return ()
