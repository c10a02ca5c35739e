"""Baseline: mean worst pain before the tablets, or else in the first weeks of the diary."""

from typing import NamedTuple

from api.domain.onset.autocorrelation import own_variance
from api.domain.policy import Policy
from api.domain.trajectory.level import Answered


class RunningMoments(NamedTuple):
    """Sums over the answered days of one window: enough for mean, SD and standard error.

    ``covariances`` and ``pairs`` carry the correlation of the days, see
    ``autocorrelation.correlated_pairs``.
    """

    answers: int = 0
    first: int = 0
    last: int = 0
    total: float = 0.0
    squares: float = 0.0
    lowest: float = 0.0
    covariances: float = 0.0
    pairs: float = 0.0

    def add(self, day: int, answer: float, autocorrelation: float) -> "RunningMoments":
        """Return the sums with one later day added.

        >>> two = RunningMoments().add(1, 2.0, 0.3).add(2, 4.0, 0.3)
        >>> two.answers, two.total, two.lowest, two.pairs
        (2, 6.0, 2.0, 2.6)
        """
        if not self.answers:
            return RunningMoments(1, day, day, answer, answer * answer, answer, 1.0, 1.0)
        earlier = self.covariances * autocorrelation ** (day - self.last)
        return RunningMoments(
            self.answers + 1,
            self.first,
            day,
            self.total + answer,
            self.squares + answer * answer,
            min(self.lowest, answer),
            earlier + 1.0,
            self.pairs + 1.0 + 2.0 * earlier,
        )


class BaselineEstimate(NamedTuple):
    """Baseline level: mean (0 to 10, higher is worse), and the noise about it.

    ``without_lowest`` is the mean without the lowest day; ``variance`` the day-to-day variance and
    ``squared_error`` the squared standard error of the mean, both in points squared.
    """

    mean: float
    answers: int
    without_lowest: float
    variance: float
    squared_error: float
    before_tablets: bool


class Baseline(NamedTuple):
    """State of the baseline.

    ``last_day`` is the last day added. ``is_closed`` is set once no later day can change the
    estimate.
    """

    last_day: int = 0
    is_closed: bool = False
    before: RunningMoments = RunningMoments()
    early: RunningMoments = RunningMoments()
    estimate: BaselineEstimate | None = None


def update_baseline(
    baseline: Baseline,
    answered: Answered,
    today: int,
    *,
    started: int | None,
    policy: Policy,
    is_worsening: bool = False,
) -> Baseline:
    """Return the baseline with the answered days added that are old enough.

    A day counts once it is 7 days older than the day scored, so that the present week never enters
    its own baseline. There are two windows: the 28 days before the tablets were started, and the
    first 28 days from an answer that hold 3 answered days. Where 28 days pass with fewer, the
    second window starts anew at the next answer. During an episode of worsening no day is added to
    it.

    Args:
        baseline: Before.
        answered: The last answered days before today, oldest first.
        today: Ordinal of the day scored.
        started: Ordinal of the first day on the tablets; None when not known.
        policy: The lengths of the windows.
        is_worsening: Whether an episode of worsening goes on.

    Returns:
        The baseline with those days added, in order, each once.

    Source:
        A baseline from before the tablets, as symptoms mostly begin by week 8 (mean 6 weeks, range
        2 to 18, n=52, PMC3504184); the lengths are judgement.

    >>> days = ((1, 2.0), (2, 3.0), (3, 9.0))
    >>> update_baseline(Baseline(), days, 9, started=None, policy=Policy()).early.answers
    2
    """
    if baseline.is_closed:
        return baseline
    last_day, _, before, early, estimate = baseline
    autocorrelation = policy.noise_autocorrelation.value
    newest = today - int(policy.baseline_settles_days.value)
    for day, answer in answered:
        if last_day < day <= newest:
            last_day = day
            if started is not None and 0 < started - day <= policy.baseline_days.value:
                before = before.add(day, answer, autocorrelation)
            early = early if is_worsening else _add_early(early, day, answer, policy)
    past_start = started is None or newest >= started
    is_closed = past_start and _is_full(early, newest + 1, policy)
    if last_day != baseline.last_day:
        estimate = estimate_baseline(before, early, policy)
    return Baseline(last_day, is_closed, before, early, estimate)


def estimate_baseline(
    before: RunningMoments, early: RunningMoments, policy: Policy
) -> BaselineEstimate | None:
    """Return the baseline of worst pain: before the tablets where known, else in the first weeks.

    Args:
        before: Answered days before the tablets.
        early: Answered days of the first weeks of the diary.
        policy: How many answered days are enough, and the assumed noise.

    Returns:
        The estimate; None when neither window holds 3 answered days, which proves nothing.

    Source:
        See ``update_baseline`` and ``autocorrelation.own_variance``.

    >>> days = ((1, 2.0), (2, 3.0), (3, 4.0))
    >>> found = update_baseline(Baseline(), days, 10, started=None, policy=Policy()).estimate
    >>> found.mean, found.without_lowest
    (3.0, 3.5)
    """
    enough = policy.baseline_answers.value
    before_tablets = before.answers >= enough
    moments = before if before_tablets else early
    if moments.answers < enough:
        return None
    n = moments.answers
    mean = moments.total / n
    variance = own_variance(n, max(moments.squares - moments.total * mean, 0.0), policy)
    without_lowest = (moments.total - moments.lowest) / (n - 1)
    squared_error = variance * moments.pairs / (n * n)
    return BaselineEstimate(mean, n, without_lowest, variance, squared_error, before_tablets)


def _add_early(early: RunningMoments, day: int, answer: float, policy: Policy) -> RunningMoments:
    autocorrelation = policy.noise_autocorrelation.value
    if not early.answers or day - early.first <= policy.baseline_days.value:
        return early.add(day, answer, autocorrelation)
    if early.answers < policy.baseline_answers.value:
        return RunningMoments().add(day, answer, autocorrelation)
    return early


def _is_full(early: RunningMoments, next_day: int, policy: Policy) -> bool:
    enough = early.answers >= policy.baseline_answers.value
    return enough and next_day - early.first > policy.baseline_days.value
