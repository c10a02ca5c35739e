"""Slots of a patient's plan: derived from past and present plans and from completed and skipped tasks.

Invariant: a slot that is done or skipped stays so under every later plan, and no patient is asked for a
task that was completed within the days that count as early. It holds because a slot belongs to the plan
that was in force when it opened; an overlapping window of a later plan is the same slot and is dropped.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import zip_longest

from api.domain.instruments.definition import Retirement
from api.domain.plans.definition import Plan, Recurrence, SlotWindow, TaskKind, retirement_of

PLAN_CHANGE_GRACE = timedelta(days=2)
"""Local dates on Earth differ by up to two days: a slot that opens within them of a new plan's first day
may have been answered under the old plan, and belongs to it."""

UPCOMING_WINDOWS = 4
"""Number of windows after today that are searched for the next slot."""


class SlotState(StrEnum):
    """State of a slot."""

    UPCOMING = "upcoming"  # not requested yet; it may be done from the day it opens
    DUE = "due"
    OVERDUE = "overdue"
    MISSED = "missed"  # the next one may be done, or the plan no longer has the task: no longer requested
    DONE = "done"
    SKIPPED = "skipped"


OPEN_STATES = frozenset({SlotState.DUE, SlotState.OVERDUE})
"""States in which the task is requested."""


@dataclass(frozen=True, slots=True)
class PlanPeriod:
    """A plan and its first local day; it is in force until the next one begins."""

    begins_on: date
    plan: Plan


@dataclass(frozen=True, slots=True)
class Slot:
    """One occurrence of a task, with its state and the plan under which it opened."""

    task: str
    kind: TaskKind
    window: SlotWindow
    state: SlotState
    done_on: date | None
    reason: str | None
    """Reason for skipping it."""
    plan: str
    source: str
    notice: str | None

    @property
    def id(self) -> str:
        """Return the identifier, unique among a patient's slots."""
        return f"{self.task}:{self.window.due_on.isoformat()}"


@dataclass(frozen=True, slots=True)
class _PlannedWindow:
    """A window with the period and the course it belongs to."""

    window: SlotWindow
    period: PlanPeriod
    course: Recurrence


@dataclass(frozen=True, slots=True)
class _TaskHistory:
    """The records of one task, with the conditions of requesting it."""

    done: Sequence[date]
    skipped: Sequence[tuple[date, str]]
    """Due days of skipped slots, with the reason."""
    today: date
    is_planned: bool
    """True while the present plan contains the task; otherwise it is no longer requested."""
    retirement: Retirement | None
    """Retirement of a questionnaire, which is not requested from that date on."""

    def is_retired(self, on: date) -> bool:
        """Return whether nothing is requested on this date, because the questionnaire is retired."""
        return self.retirement is not None and on >= self.retirement.effective_from


def derive_slots(
    history: Sequence[PlanPeriod],
    started_on: date,
    *,
    done: Iterable[tuple[str, date]],
    skipped: Iterable[tuple[str, date, str]],
    today: date,
) -> list[Slot]:
    """Return a patient's slots so far, and the next one of each task.

    Args:
        history: The patient's plans in the order they begin; the first applies from the start.
        started_on: Local day from which weeks are counted.
        done: Completed tasks with their local days, in any order.
        skipped: Skipped tasks with the due day and the reason, in any order.
        today: The patient's local day. A plan that begins later does not apply yet.

    Returns:
        Slots by due day. At most one slot of each task is due or overdue.

    >>> plan = Plan("ours", (Recurrence("bpi-sf", (0, 6), None, 7, 14, "a source", 28),))
    >>> slots = derive_slots([PlanPeriod(date.min, plan)], date(2026, 3, 2), skipped=[],
    ...                      done=[("bpi-sf", date(2026, 3, 4))], today=date(2026, 4, 13))
    >>> [(slot.id, str(slot.state)) for slot in slots]
    [('bpi-sf:2026-03-02', 'done'), ('bpi-sf:2026-04-13', 'due')]
    """
    begun = [period for n, period in enumerate(history) if n == 0 or period.begins_on <= today]
    all_done, all_skipped = sorted(done), sorted(skipped)
    found: list[Slot] = []
    for task in sorted({course.task for period in begun for course in period.plan.courses}):
        task_history = _TaskHistory(
            [day for name, day in all_done if name == task],
            [(day, reason) for name, day, reason in all_skipped if name == task],
            today,
            begun[-1].plan.course(task) is not None,
            retirement_of(task),
        )
        windows = _end_windows(_planned_windows(begun, task, started_on, today))
        found += _slots_of(windows, task_history)
    return sorted(found, key=lambda slot: (slot.window.due_on, slot.task))


def _planned_windows(
    history: Sequence[PlanPeriod], task: str, started_on: date, today: date
) -> list[_PlannedWindow]:
    """Return the windows of one task by due day, each with the plan in force when it opened."""
    kept: list[_PlannedWindow] = []
    for number, period in enumerate(history):
        course = period.plan.course(task)
        if course is None:
            continue
        last = history[number + 1].begins_on + PLAN_CHANGE_GRACE if number + 1 < len(history) else None
        for window in _windows_until(course.windows(started_on), last, today):
            is_before_plan = number > 0 and window.closes_on < period.begins_on
            if not is_before_plan and not any(window.overlaps(other.window) for other in kept):
                kept.append(_PlannedWindow(window, period, course))
    return sorted(kept, key=lambda planned: planned.window.due_on)


def _windows_until(windows: Iterator[SlotWindow], last: date | None, today: date) -> Iterator[SlotWindow]:
    """Yield the windows that open by ``last``, and at most four that are due after today."""
    upcoming = 0
    for window in windows:
        upcoming += window.due_on > today
        if upcoming > UPCOMING_WINDOWS or (last is not None and window.opens_on > last):
            return
        yield window


def _end_windows(windows: Sequence[_PlannedWindow]) -> list[_PlannedWindow]:
    """End each window where the next one begins to count, also across a change of plan.

    A record from before the change still counts for the earlier plan.
    """
    found = []
    for planned, following in zip_longest(windows, windows[1:]):
        until = planned.window.until_on
        if following is not None and following.period is not planned.period:
            end = following.window.opens_on - timedelta(days=1)
            end = max(end, following.period.begins_on + PLAN_CHANGE_GRACE)
            until = end if until is None else min(until, end)
        found.append(replace(planned, window=replace(planned.window, until_on=until)))
    return found


def _slots_of(windows: Sequence[_PlannedWindow], history: _TaskHistory) -> Iterator[Slot]:
    for planned, following in zip_longest(windows, windows[1:]):
        slot = _slot(planned, history, following.window.due_on if following else None)
        if history.is_retired(slot.window.due_on) and slot.state not in {SlotState.DONE, SlotState.SKIPPED}:
            continue
        if slot.state is not SlotState.UPCOMING or history.is_planned:
            yield slot
        if slot.state is SlotState.UPCOMING:
            return


def _slot(planned: _PlannedWindow, history: _TaskHistory, next_due: date | None) -> Slot:
    window, course = planned.window, planned.course
    done_on = _done_on(window, history.done)
    reasons = (reason for day, reason in history.skipped if window.opens_on <= day <= window.closes_on)
    reason = next(reasons, None)
    if done_on is not None:
        state = SlotState.DONE
    elif reason is not None:
        state = SlotState.SKIPPED
    else:
        state = _open_state(window, history, next_due)
    plan = planned.period.plan.name
    return Slot(course.task, course.kind, window, state, done_on, reason, plan, course.source, course.notice)


def _done_on(window: SlotWindow, days: Sequence[date]) -> date | None:
    """Return the first of some sorted days that lies in the window."""
    index = bisect_left(days, window.opens_on)
    if index == len(days) or (window.until_on is not None and days[index] > window.until_on):
        return None
    return days[index]


def _open_state(window: SlotWindow, history: _TaskHistory, next_due: date | None) -> SlotState:
    """Return the state of a slot that is neither done nor skipped."""
    today = history.today
    if today < window.due_on:
        return SlotState.UPCOMING
    is_over = window.until_on is not None and today > window.until_on
    is_requested = history.is_planned and not history.is_retired(today)
    if is_over or not is_requested or (next_due is not None and today >= next_due):
        return SlotState.MISSED
    return SlotState.DUE if today <= window.closes_on else SlotState.OVERDUE


def open_slots(slots: Iterable[Slot], kinds: frozenset[TaskKind]) -> list[Slot]:
    """Return the slots of some kinds that are due or overdue."""
    return [slot for slot in slots if slot.state in OPEN_STATES and slot.kind in kinds]


def merge_plans(
    site: Iterable[tuple[date, Plan]], own: Iterable[tuple[date, Plan | None]]
) -> list[PlanPeriod]:
    """Return the plans that apply to a patient: the patient's own plan where there is one, else the site's.

    Args:
        site: The site's plans by first day, the built-in one first; of one day the last counts.
        own: The patient's own plans, likewise; None follows the site again.

    >>> a, b = Plan("a", ()), Plan("b", ())
    >>> first, then = date(2026, 1, 1), date(2026, 2, 1)
    >>> [(each.begins_on.month, each.plan.name) for each in merge_plans([(first, a)], [(then, b)])]
    [(1, 'a'), (2, 'b')]
    """
    site_plans, own_plans = dict(site), dict(own)
    periods: list[PlanPeriod] = []
    site_plan: Plan | None = None
    own_plan: Plan | None = None
    for day in sorted(site_plans.keys() | own_plans.keys()):
        site_plan = site_plans.get(day, site_plan)
        own_plan = own_plans.get(day, own_plan)
        plan = own_plan or site_plan
        if plan is not None and (not periods or periods[-1].plan != plan):
            periods.append(PlanPeriod(day, plan))
    return periods


def plans_since(periods: Sequence[PlanPeriod], enrolled_on: date) -> list[PlanPeriod]:
    """Return the plans that apply to a patient, without those that ended by the enrolment.

    >>> first, then = (PlanPeriod(date(2026, n, 1), Plan(name, ())) for n, name in enumerate("ab", 1))
    >>> [each.plan.name for each in plans_since([first, then], date(2026, 3, 1))]
    ['b']
    """
    following = [*(period.begins_on for period in periods[1:]), date.max]
    return [period for period, ends_on in zip(periods, following, strict=True) if ends_on > enrolled_on]
