"""Invariants of plans: no done or skipped slot is requested again under any later plan."""

from collections import defaultdict
from datetime import date
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from api.domain.plans.definition import Interval, Plan, Recurrence
from api.domain.plans.due_slots import (
    OPEN_STATES,
    PLAN_CHANGE_GRACE,
    PlanPeriod,
    Slot,
    SlotState,
    derive_slots,
)
from tests.support.plan_days import DAY, START, Done, Skipped, days

WHATS = ("bpi-sf", "bone_density")


@st.composite
def courses(draw: st.DrawFn, task: str) -> Recurrence:
    early, late = draw(st.integers(0, 10)), draw(st.integers(0, 10))
    weeks = draw(st.lists(st.integers(0, 20), min_size=1, max_size=3, unique=True).map(sorted))
    apart = (early + late) // 7 + 1
    spread = tuple(week * apart for week in weeks)
    every = draw(st.none() | st.integers(apart, 20).map(lambda n: Interval(weeks=n)))
    before = draw(st.integers(0, 40))
    return Recurrence(task, spread, every, early, late, "drawn", before)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    kept = draw(st.lists(st.sampled_from(WHATS), unique=True, min_size=1))
    return Plan(f"plan {draw(st.integers(0, 99))}", tuple(draw(courses(task)) for task in kept))


@st.composite
def histories(draw: st.DrawFn) -> list[PlanPeriod]:
    begins = draw(st.lists(st.integers(-30, 300), unique=True, max_size=3).map(sorted))
    return [
        PlanPeriod(date.min, draw(plans())),
        *(PlanPeriod(days(number), draw(plans())) for number in begins),
    ]


dones = st.lists(st.tuples(st.sampled_from(WHATS), st.integers(-40, 400).map(days)), max_size=12)


@st.composite
def moments(draw: st.DrawFn) -> tuple[list[PlanPeriod], date]:
    """Draw plans and a day, every other time one close to the beginning of a plan."""
    history = draw(histories())
    begun = [period.begins_on for period in history[1:]]
    if begun and draw(st.booleans()):
        return history, draw(st.sampled_from(begun)) + draw(st.integers(0, 4)) * DAY
    return history, days(draw(st.integers(-30, 400)))


def answer_some(draw: st.DrawFn, history: list[PlanPeriod], now: date) -> Done:
    """Answer some of the slots that have opened, on a day in their window."""
    done: Done = []
    for slot in derive_slots(history, START, done=[], skipped=[], today=now):
        last = min(slot.window.until_on or now, now)
        if slot.window.opens_on <= last and draw(st.booleans()):
            late = draw(st.integers(0, (last - slot.window.opens_on).days))
            done.append((slot.task, slot.window.opens_on + late * DAY))
    return done


def skip_some(draw: st.DrawFn, slots: list[Slot], now: date) -> Skipped:
    """Skip some of the slots that have opened and are not done."""
    opened = [slot for slot in slots if slot.window.opens_on <= now and slot.state is not SlotState.DONE]
    chosen = [slot for slot in opened if draw(st.booleans())]
    return [(slot.task, slot.window.due_on, "away") for slot in chosen]


def settled(slots: list[Slot]) -> dict[str, SlotState]:
    return {slot.id: slot.state for slot in slots if slot.state in {SlotState.DONE, SlotState.SKIPPED}}


@given(moments(), plans(), st.integers(-2, 5), st.integers(0, 120), st.data())
@settings(max_examples=200, deadline=None)
def test_done_and_skipped_slots_stay_so_under_every_later_plan(
    moment: tuple[list[PlanPeriod], date], plan: Plan, ahead: int, later: int, data: st.DataObject
) -> None:
    history, now = moment
    begins = now + ahead * DAY  # the site's date may lag behind the patient's, by 2 at most
    history = [period for n, period in enumerate(history) if n == 0 or period.begins_on < begins]
    done = answer_some(data.draw, history, now)
    skipped = skip_some(data.draw, derive_slots(history, START, done=done, skipped=[], today=now), now)
    before = settled(derive_slots(history, START, done=done, skipped=skipped, today=now))

    changed = [*history, PlanPeriod(begins, plan)]
    after = derive_slots(changed, START, done=done, skipped=skipped, today=max(now, begins) + later * DAY)

    assert before.items() <= settled(after).items()


@given(moments(), st.data())
@settings(max_examples=100, deadline=None)
def test_no_task_is_requested_that_was_done_within_the_days_that_count_as_early(
    moment: tuple[list[PlanPeriod], date], data: st.DataObject
) -> None:
    history, now = moment
    known_now = answer_some(data.draw, history, now)
    for slot in derive_slots(history, START, done=known_now, skipped=[], today=now):
        if slot.state in OPEN_STATES:
            latest = max((day for task, day in known_now if task == slot.task), default=date.min)
            assert latest < slot.window.opens_on


@given(moments(), dones)
@settings(max_examples=100, deadline=None)
def test_at_most_one_slot_of_each_task_is_open_and_no_two_share_a_day(
    moment: tuple[list[PlanPeriod], date], done: Done
) -> None:
    history, now = moment
    by_task: dict[str, list[Slot]] = defaultdict(list)
    for slot in derive_slots(history, START, done=done, skipped=[], today=now):
        by_task[slot.task].append(slot)
    for slots in by_task.values():
        assert sum(slot.state in OPEN_STATES for slot in slots) <= 1
        assert sum(slot.state is SlotState.UPCOMING for slot in slots) <= 1
        for earlier, later in pairwise(slots):
            assert not earlier.window.overlaps(later.window)


@given(histories(), dones, st.integers(-30, 400), st.randoms())
@settings(max_examples=60, deadline=None)
def test_the_order_of_completed_tasks_does_not_matter(
    history: list[PlanPeriod], done: Done, today: int, chance: Any
) -> None:
    shuffled = list(done)
    chance.shuffle(shuffled)
    one = derive_slots(history, START, done=done, skipped=[], today=days(today))
    assert one == derive_slots(history, START, done=[*shuffled, *done], skipped=[], today=days(today))


@given(histories(), dones, st.integers(-30, 400), st.integers(-30, 400))
@settings(max_examples=80, deadline=None)
def test_setting_the_same_plan_again_changes_no_slot(
    history: list[PlanPeriod], done: Done, today: int, again: int
) -> None:
    in_force = [period for period in history if period.begins_on <= days(again)][-1]
    repeated = sorted([*history, PlanPeriod(days(again), in_force.plan)], key=lambda period: period.begins_on)
    one = derive_slots(history, START, done=done, skipped=[], today=days(today))
    assert one == derive_slots(repeated, START, done=done, skipped=[], today=days(today))


@given(histories(), dones, st.integers(-30, 400), st.sampled_from([-1, 1]))
@settings(max_examples=60, deadline=None)
def test_a_change_of_time_zone_changes_no_done_or_skipped_slot(
    history: list[PlanPeriod], done: Done, today: int, moved: int
) -> None:
    here = days(today)
    known_now = [each for each in done if each[1] <= here - DAY]
    one, other = (
        settled(derive_slots(history, START, done=known_now, skipped=[], today=day))
        for day in (here, here + moved * DAY)
    )
    begun = [period.begins_on for period in history[1:]]
    if not any(abs((day - here).days) <= PLAN_CHANGE_GRACE.days for day in begun):
        assert one.keys() == other.keys()
