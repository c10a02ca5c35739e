"""What is usual for this patient: the mean of her worst pain before the tablets, or else at the start."""

from typing import NamedTuple

from api.domain.onset.autocorrelation import own_variance
from api.domain.policy import Policy
from api.domain.trajectory.level import Answered


class RunningMoments(NamedTuple):
    """The answered days of one window, as sums: enough for mean, SD and error, however many there are.

    ``earlier`` and ``pairs`` carry the correlation of the days, see ``noise.correlated_pairs``.
    """

    answers: int = 0
    first: int = 0
    last: int = 0
    total: float = 0.0
    squares: float = 0.0
    lowest: float = 0.0
    earlier: float = 0.0
    pairs: float = 0.0

    def plus(self, day: int, answer: float, autocorrelation: float) -> "RunningMoments":
        """Return this tally with one later day added.

        >>> two = RunningMoments().plus(1, 2.0, 0.3).plus(2, 4.0, 0.3)
        >>> two.answers, two.total, two.lowest, two.pairs
        (2, 6.0, 2.0, 2.6)
        """
        if not self.answers:
            return RunningMoments(1, day, day, answer, answer * answer, answer, 1.0, 1.0)
        earlier = self.earlier * autocorrelation ** (day - self.last)
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
    """The usual level: mean (0 to 10, higher is worse), and what is needed to weigh a change from it.

    ``without_lowest`` is the mean without the lowest day; ``variance`` the day-to-day variance and
    ``error`` the squared standard error of the mean, both in points squared.
    """

    mean: float
    answers: int
    without_lowest: float
    variance: float
    error: float
    before_tablets: bool


class Baseline(NamedTuple):
    """What is known of the usual level so far: ``folded`` is the last day taken in.

    ``closed`` is set once no later day can change it. ``usual`` is what the days taken in say.
    """

    folded: int = 0
    closed: bool = False
    before: RunningMoments = RunningMoments()
    early: RunningMoments = RunningMoments()
    usual: BaselineEstimate | None = None


def update_baseline(
    baseline: Baseline,
    answered: Answered,
    today: int,
    *,
    started: int | None,
    policy: Policy,
    rising: bool = False,
) -> Baseline:
    """Take in the answered days that are old enough to count as usual.

    A day counts only once it is 7 days older than the day scored, so that the present week never
    feeds its own baseline. Two windows are kept: the 28 days before the tablets were started, and the
    first 28 days from an answer that hold 3 answered days; where 28 days pass with fewer, the window
    begins anew at the next answer. While she is found to be getting worse, no day counts as usual.

    Args:
        baseline: What is known so far.
        answered: The last answered days before today, oldest first.
        today: Ordinal of the day scored.
        started: Ordinal of the first day on the tablets, None when not known.
        policy: The lengths of the windows.
        rising: Whether an episode of worsening is on.

    Returns:
        The baseline with those days taken in, in their order, each once.

    Source:
        A baseline from before the tablets, as symptoms mostly begin by week 8 (mean 6 weeks, range
        2 to 18, n=52, PMC3504184); the lengths are judgement.

    >>> three = ((1, 2.0), (2, 3.0), (3, 9.0))
    >>> update_baseline(Baseline(), three, 9, started=None, policy=Policy()).early.answers
    2
    """
    if baseline.closed:
        return baseline
    folded, _, before, early, usual = baseline
    memory = policy.noise_autocorrelation.value
    oldest_young = today - int(policy.baseline_settles_days.value)
    for day, answer in answered:
        if folded < day <= oldest_young:
            folded = day
            if started is not None and 0 < started - day <= policy.baseline_days.value:
                before = before.plus(day, answer, memory)
            early = early if rising else _begin(early, day, answer, policy)
    past_start = started is None or oldest_young >= started
    closed = past_start and _is_full(early, oldest_young + 1, policy)
    if folded != baseline.folded:
        usual = estimate_baseline(before, early, policy)
    return Baseline(folded, closed, before, early, usual)


def estimate_baseline(
    before: RunningMoments, early: RunningMoments, policy: Policy
) -> BaselineEstimate | None:
    """Return her usual level of worst pain: before the tablets where known, else her first weeks.

    Args:
        before: The answered days before the tablets.
        early: The answered days of the first weeks of the diary.
        policy: How many answered days are enough, and the assumed noise.

    Returns:
        The usual level; None when neither window holds 3 answered days, which proves nothing.

    Source:
        See ``settle`` and ``noise.own_variance``.

    >>> days = ((1, 2.0), (2, 3.0), (3, 4.0))
    >>> found = update_baseline(Baseline(), days, 10, started=None, policy=Policy()).usual
    >>> found.mean, found.without_lowest
    (3.0, 3.5)
    """
    enough = policy.baseline_answers.value
    before_tablets = before.answers >= enough
    tally = before if before_tablets else early
    if tally.answers < enough:
        return None
    n = tally.answers
    mean = tally.total / n
    variance = own_variance(n, max(tally.squares - tally.total * mean, 0.0), policy)
    without_lowest = (tally.total - tally.lowest) / (n - 1)
    return BaselineEstimate(
        mean, n, without_lowest, variance, variance * tally.pairs / (n * n), before_tablets
    )


def _begin(early: RunningMoments, day: int, answer: float, policy: Policy) -> RunningMoments:
    memory = policy.noise_autocorrelation.value
    if not early.answers or day - early.first <= policy.baseline_days.value:
        return early.plus(day, answer, memory)
    if early.answers < policy.baseline_answers.value:
        return RunningMoments().plus(day, answer, memory)
    return early


def _is_full(early: RunningMoments, next_day: int, policy: Policy) -> bool:
    enough = early.answers >= policy.baseline_answers.value
    return enough and next_day - early.first > policy.baseline_days.value
