"""Tablets over the last 28 days, as she reports them: what is known of each day, and what is not."""

from typing import NamedTuple

WHOLE = 420
"""One tablet, in parts that 1 to 7 days can share evenly, so that sums stay exact."""

MISSED = WHOLE + 1
SKIPPED = WHOLE + 2
UNKNOWN = WHOLE + 3
DAYS = 28
WEEK = 7
_NOT_TAKEN = (*range(WHOLE + 1), WHOLE, WHOLE, 0)
_SAID = {"taken": 0, "missed": MISSED, "skipped": SKIPPED}

Doses = tuple[int, ...]
"""The last 28 days, today last: parts of the tablet not taken (0 to ``WHOLE``), or one of the codes."""

ALL_UNKNOWN: Doses = (UNKNOWN,) * DAYS


class TabletsTaken(NamedTuple):
    """Tablets over some days: the ``known`` days, the ``unknown`` ones, and the parts not taken."""

    known: int
    unknown: int
    parts_not_taken: int

    @property
    def not_taken(self) -> float:
        """Tablets not taken on the known days, 0 to ``known``; higher is worse."""
        return self.parts_not_taken / WHOLE

    @property
    def pdc(self) -> float | None:
        """Share of known days with the tablet taken, 0 to 1, higher is better; None when none is known."""
        due = self.known * WHOLE
        return (due - self.parts_not_taken) / due if due else None


def shift_days(doses: Doses, days: int) -> Doses:
    """Let days pass of which nothing is known yet.

    >>> shift_days((0,) * DAYS, 2)[-3:] == (0, UNKNOWN, UNKNOWN)
    True
    """
    if days >= DAYS or doses == ALL_UNKNOWN:
        return ALL_UNKNOWN
    return doses[days:] + ALL_UNKNOWN[:days]


def record_answers(doses: Doses, dose: str | None, missed_7d: float | None, days_on: int | None) -> Doses:
    """Enter what she said today about today's tablet, and about the last seven.

    The number missed of the last 7 is spread evenly over those of the 7 days she has not answered
    for; what she said of a day on that day is not overwritten.

    Args:
        doses: The last 28 days, today last and unknown.
        dose: "taken", "missed", "skipped", or None when not said.
        missed_7d: Tablets of the last 7 not taken, 0 to 7, or None when not said.
        days_on: Days since the tablets were started, today included; None when not known. Days before
            the start are not filled in.

    Returns:
        The same 28 days with what is now known.

    >>> week = record_answers(ALL_UNKNOWN, "missed", 3, None)[-7:]
    >>> week == (140, 140, 140, 140, 140, 140, MISSED)  # 2 more of 6 days: a third of a tablet each
    True
    """
    known = list(doses)
    if dose is not None:
        known[-1] = _SAID[dose]
    if missed_7d is not None:
        reach = WEEK if days_on is None else max(min(WEEK, days_on), 0)
        week = range(DAYS - reach, DAYS)
        open_days = [i for i in week if known[i] == UNKNOWN]
        told = sum(_NOT_TAKEN[known[i]] for i in week)
        left = min(max(round(missed_7d * WHOLE) - told, 0), WHOLE * len(open_days))
        for nth, i in enumerate(open_days):
            share, over = divmod(left, len(open_days))
            known[i] = share + (nth < over)
    return tuple(known)


def count_tablets(doses: Doses, days: int) -> TabletsTaken:
    """Count the tablets of the last ``days``, leaving out the days nothing is known of.

    Args:
        doses: The last 28 days, today last.
        days: How many of them, 1 to 28.

    Returns:
        Known and unknown days, and tablets not taken. Self-report understates what was not taken:
        at 3 years 10% had failed by their own report, 19 to 22% by the site's (Hershman et al.
        2020, PMC7325363).

    Source:
        Proportion of days covered, over reported days instead of refills: hence ``self_reported_pdc``.

    >>> count_tablets(ALL_UNKNOWN[:24] + (0, 0, MISSED, 0), 28)
    TabletsTaken(known=4, unknown=24, parts_not_taken=420)
    >>> count_tablets(ALL_UNKNOWN[:24] + (0, 0, MISSED, 0), 28).pdc
    0.75
    """
    last = doses[-days:]
    unknown = last.count(UNKNOWN)
    if unknown == days:
        return TabletsTaken(0, days, 0)
    return TabletsTaken(days - unknown, unknown, sum(map(_NOT_TAKEN.__getitem__, last)))


def count_days(doses: Doses, code: int) -> int:
    """Return on how many of the days she said just this: ``MISSED`` or ``SKIPPED``.

    >>> count_days((MISSED, SKIPPED, SKIPPED), SKIPPED)
    2
    """
    return doses.count(code)
