"""What is due: from the plans that were and are in force, and what was done and skipped, to slots.

The law: a slot that was done or skipped stays so, whatever plan comes after, and nobody is asked for
what she has answered within the days that count as early. It holds because a slot stays with the plan
in whose time it opened; what a later plan would ask in the same days is the same slot, and dropped.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import chain

from api.domain.instruments.definition import Retirement
from api.domain.plans.definition import Plan, Recurrence, SlotWindow, TaskKind, retirement_of

SETTLES = timedelta(days=2)
"""Somewhere on Earth it is up to two dates later than elsewhere: a slot that opens within them of a new
plan's first day may have been answered under the old one, and stays with it."""

AHEAD = 4
"""How many windows beyond today are looked at for the next slot."""


class SlotState(StrEnum):
    """How a slot stands."""

    UPCOMING = "upcoming"  # not asked yet; from the day it opens it may be done
    DUE = "due"
    OVERDUE = "overdue"
    MISSED = "missed"  # the next one may be done, or the plan no longer has it: nobody asks any more
    DONE = "done"
    SKIPPED = "skipped"


WAITING = frozenset({SlotState.DUE, SlotState.OVERDUE})
"""The states in which somebody is asked."""


@dataclass(frozen=True, slots=True)
class Period:
    """A plan, and the first local day on which it holds; it holds until the next one begins."""

    begins_on: date
    plan: Plan


@dataclass(frozen=True, slots=True)
class Slot:
    """One reassessment: what, when, how it stands, and under which plan it opened."""

    what: str
    kind: TaskKind
    window: SlotWindow
    state: SlotState
    done_on: date | None
    reason: str | None
    """Why it was skipped."""
    plan: str
    source: str
    mark: str | None

    @property
    def id(self) -> str:
        """Return what names it among a patient's slots."""
        return f"{self.what}:{self.window.due_on.isoformat()}"


@dataclass(frozen=True, slots=True)
class _Held:
    """A window that stands, with the period and course it comes from."""

    window: SlotWindow
    period: Period
    course: Recurrence


@dataclass(frozen=True, slots=True)
class _Facts:
    """What is known of one thing: the days it was done, the days of skipped slots, whether it is asked."""

    done: Sequence[date]
    skipped: Sequence[tuple[date, str]]
    today: date
    is_asked: bool
    """Whether the present plan has it; what it no longer has, nobody is asked for any more."""
    retirement: Retirement | None
    """Of a questionnaire that is no longer requested from some date on."""

    def is_retired(self, on: date) -> bool:
        """Return whether nothing is requested on this date, because the questionnaire is retired."""
        return self.retirement is not None and on >= self.retirement.effective_from


def due(
    history: Sequence[Period],
    started_on: date,
    *,
    done: Iterable[tuple[str, date]],
    skipped: Iterable[tuple[str, date, str]],
    today: date,
) -> list[Slot]:
    """Return a patient's slots: those that were, and the next of each thing.

    Args:
        history: Her plans in the order they begin; the first holds from the start.
        started_on: Local day from which weeks count.
        done: What was done, and about which local day, in any order.
        skipped: What was skipped, the day it was due on, and why.
        today: The local day it is for her. A plan that begins later does not count yet.

    Returns:
        Slots by due day. Of each thing at most one is due or overdue.

    >>> plan = Plan("ours", (Recurrence("bpi-sf", (0, 6), None, 7, 14, "a source", 28),))
    >>> slots = due([Period(date.min, plan)], date(2026, 3, 2), done=[("bpi-sf", date(2026, 3, 4))],
    ...             skipped=[], today=date(2026, 4, 13))
    >>> [(slot.id, str(slot.state)) for slot in slots]
    [('bpi-sf:2026-03-02', 'done'), ('bpi-sf:2026-04-13', 'due')]
    """
    begun = [period for n, period in enumerate(history) if n == 0 or period.begins_on <= today]
    given, passed = sorted(done), sorted(skipped)
    found: list[Slot] = []
    for what in sorted({course.what for period in begun for course in period.plan.courses}):
        facts = _Facts(
            [day for name, day in given if name == what],
            [(day, why) for name, day, why in passed if name == what],
            today,
            begun[-1].plan.course(what) is not None,
            retirement_of(what),
        )
        found += _as_slots(_settled(list(_held(begun, what, started_on, today))), facts)
    return sorted(found, key=lambda slot: (slot.window.due_on, slot.what))


def _held(history: Sequence[Period], what: str, started_on: date, today: date) -> Iterator[_Held]:
    """Return the windows of one thing that stand, by plan: each with the plan in whose time it opened."""
    kept: list[_Held] = []
    for number, period in enumerate(history):
        course = period.plan.course(what)
        if course is None:
            continue
        last = history[number + 1].begins_on + SETTLES if number + 1 < len(history) else None
        for window in _until(course.windows(started_on), last, today):
            has_gone = number > 0 and window.closes_on < period.begins_on
            if not has_gone and not any(window.overlaps(held.window) for held in kept):
                kept.append(_Held(window, period, course))
    yield from sorted(kept, key=lambda held: held.window.due_on)


def _until(windows: Iterator[SlotWindow], last: date | None, today: date) -> Iterator[SlotWindow]:
    """Return the windows that open by ``last``; without it, those up to today and the next few."""
    ahead = 0
    for window in windows:
        ahead += window.due_on > today
        if ahead > AHEAD or (last is not None and window.opens_on > last):
            return
        yield window


def _settled(held: Sequence[_Held]) -> list[_Held]:
    """End each window where the next one takes over, also where that is another plan's.

    What was answered before the other plan began still counts for the earlier one.
    """
    found = []
    for number, each in enumerate(held):
        following = held[number + 1] if number + 1 < len(held) else None
        own = each.window.until_on
        if following is not None and following.period is not each.period:
            taken = following.window.opens_on - timedelta(days=1)
            taken = max(taken, following.period.begins_on + SETTLES)
            own = taken if own is None else min(own, taken)
        found.append(replace(each, window=replace(each.window, until_on=own)))
    return found


def _as_slots(held: Sequence[_Held], facts: _Facts) -> Iterator[Slot]:
    for number, each in enumerate(held):
        next_due = held[number + 1].window.due_on if number + 1 < len(held) else None
        slot = _slot(each, facts, next_due)
        if facts.is_retired(slot.window.due_on) and slot.state not in {SlotState.DONE, SlotState.SKIPPED}:
            continue
        if slot.state is not SlotState.UPCOMING or facts.is_asked:
            yield slot
        if slot.state is SlotState.UPCOMING:
            return


def _slot(held: _Held, facts: _Facts, next_due: date | None) -> Slot:
    window = held.window
    done_on = _done_on(window, facts.done)
    reason = next((why for day, why in facts.skipped if window.opens_on <= day <= window.closes_on), None)
    if done_on is not None:
        state = SlotState.DONE
    elif reason is not None:
        state = SlotState.SKIPPED
    else:
        state = _unsettled(window, facts, next_due)
    course = held.course
    kind, name = course.kind, held.period.plan.name
    return Slot(course.what, kind, window, state, done_on, reason, name, course.source, course.mark)


def _done_on(window: SlotWindow, days: Sequence[date]) -> date | None:
    """Return the first day in the window, of days in order."""
    place = bisect_left(days, window.opens_on)
    if place == len(days) or (window.until_on is not None and days[place] > window.until_on):
        return None
    return days[place]


def _unsettled(window: SlotWindow, facts: _Facts, next_due: date | None) -> SlotState:
    today = facts.today
    if today < window.due_on:
        return SlotState.UPCOMING
    is_over = window.until_on is not None and today > window.until_on
    is_asked = facts.is_asked and not facts.is_retired(today)
    if is_over or not is_asked or (next_due is not None and today >= next_due):
        return SlotState.MISSED
    return SlotState.DUE if today <= window.closes_on else SlotState.OVERDUE


def waiting(slots: Iterable[Slot], kinds: frozenset[TaskKind]) -> list[Slot]:
    """Return the slots that somebody is asked for now."""
    return [slot for slot in slots if slot.state in WAITING and slot.kind in kinds]


def merged(site: Iterable[tuple[date, Plan]], own: Iterable[tuple[date, Plan | None]]) -> list[Period]:
    """Return which plan held for a patient from when on: her own, where she has one, else the site's.

    Args:
        site: The site's plans by first day, the built-in one first; of one day the last counts.
        own: Hers, likewise; None follows the site again.

    >>> a, b = Plan("a", ()), Plan("b", ())
    >>> first, then = date(2026, 1, 1), date(2026, 2, 1)
    >>> [(each.begins_on.month, each.plan.name) for each in merged([(first, a)], [(then, b)])]
    [(1, 'a'), (2, 'b')]
    """
    of_site, hers = dict(site), dict(own)
    periods: list[Period] = []
    at_site: Plan | None = None
    her_own: Plan | None = None
    for day in sorted(set(chain(of_site, hers))):
        at_site = of_site.get(day, at_site)
        her_own = hers.get(day, her_own)
        present = her_own or at_site
        if present is not None and (not periods or periods[-1].plan != present):
            periods.append(Period(day, present))
    return periods


def since(periods: Sequence[Period], enrolled_on: date) -> list[Period]:
    """Return the plans that concern a patient: without those another had followed when she was enrolled.

    >>> first, then = Period(date(2026, 1, 1), Plan("a", ())), Period(date(2026, 2, 1), Plan("b", ()))
    >>> [each.plan.name for each in since([first, then], date(2026, 3, 1))]
    ['b']
    """
    following = [*(period.begins_on for period in periods[1:]), date.max]
    return [period for period, ends_on in zip(periods, following, strict=True) if ends_on > enrolled_on]
