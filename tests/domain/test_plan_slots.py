"""Slots and their states, under one plan and under the plans that follow it."""

from datetime import date

import pytest

from api.domain.plans.definition import Plan, Recurrence, TaskKind
from api.domain.plans.due_slots import (
    PlanPeriod,
    SlotState,
    derive_slots,
    merge_plans,
    open_slots,
    plans_since,
)
from api.domain.plans.presets import ARTICLE, EVIDENCE
from tests.support.plan_days import START, Done, Skipped, days, of, slots_of


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (41, "upcoming"), (42, "due"), (56, "due"), (57, "overdue"), (76, "overdue"),
        (77, "missed"),  # the one of week 12 may be done
        (500, "missed"),
    ],
)  # fmt: skip
def test_a_slot_becomes_due_then_overdue_then_missed(day: int, state: str) -> None:
    baseline: Done = [("bpi-sf", START)]
    assert of(slots_of(EVIDENCE, days(day), baseline), "bpi-sf")[days(42)] == state


@pytest.mark.parametrize(
    ("answered", "counts_for"), [(-28, 0), (-29, None), (34, 0), (35, 42), (42, 42), (76, 42), (77, 84)]
)
def test_an_answer_counts_for_the_slot_in_whose_days_it_falls(answered: int, counts_for: int | None) -> None:
    slots = slots_of(EVIDENCE, days(90), [("bpi-sf", days(answered))])
    done = [slot for slot in slots if slot.state is SlotState.DONE]
    assert [slot.window.due_on for slot in done] == ([] if counts_for is None else [days(counts_for)])
    assert [slot.done_on for slot in done] == ([] if counts_for is None else [days(answered)])


def test_a_scan_long_before_the_tablets_is_the_baseline() -> None:
    slots = slots_of(EVIDENCE, days(10), [("bone_density", days(-200))])
    assert of(slots, "bone_density") == {START: "done", date(2028, 3, 2): "upcoming"}


def test_a_skipped_slot_has_its_reason_and_an_answer_takes_precedence() -> None:
    skipped: Skipped = [("haq-di", days(42), "in hospital")]
    slot = next(
        s for s in slots_of(EVIDENCE, days(50), [], skipped) if s.id == f"haq-di:{days(42).isoformat()}"
    )
    assert (slot.state, slot.reason) == (SlotState.SKIPPED, "in hospital")
    slots = slots_of(EVIDENCE, days(50), [("haq-di", days(48))], skipped)
    assert of(slots, "haq-di")[days(42)] == "done"


def test_only_the_next_slot_of_each_task_is_shown_ahead() -> None:
    slots = slots_of(EVIDENCE, days(1), [("bpi-sf", START)])
    ahead = [slot.task for slot in slots if slot.state is SlotState.UPCOMING]
    assert sorted(ahead) == ["bone_density", "bpi-sf", "check_in", "haq-di", "siqr"]


def test_an_entry_in_its_week_answers_a_check_in() -> None:
    slots = slots_of(EVIDENCE, days(20), [("check_in", days(3)), ("check_in", days(14))])
    assert of(slots, "check_in") == {
        START: "done", days(7): "missed", days(14): "done", days(21): "upcoming"
    }  # fmt: skip


def test_the_open_slots_of_a_patient_contain_no_measurements() -> None:
    slots = slots_of(EVIDENCE, START)
    asked = open_slots(slots, frozenset({TaskKind.ASSESSMENT}))
    assert sorted(slot.task for slot in asked) == ["bpi-sf", "haq-di", "siqr"]


def test_a_slot_is_not_requested_beside_its_successor_by_another_plan() -> None:
    rare = Plan("rare", (Recurrence("bpi-sf", (0,), None, 7, 14, "ours"),))
    often = Plan("often", (Recurrence("bpi-sf", (0, 4), None, 7, 7, "ours"),))
    slots = derive_slots(
        [PlanPeriod(date.min, rare), PlanPeriod(days(30), often)], START, done=[], skipped=[], today=days(31)
    )
    assert of(slots, "bpi-sf") == {START: "missed", days(28): "due"}


def test_a_task_that_is_no_longer_in_the_plan_is_no_longer_requested() -> None:
    history = [PlanPeriod(date.min, ARTICLE), PlanPeriod(days(20), EVIDENCE)]
    slots = derive_slots(history, START, done=[], skipped=[], today=days(21))
    assert of(slots, "fiq") == {START: "missed"}
    assert of(slots, "bpi-sf")[START] == "overdue"


def test_a_slot_that_was_done_early_is_not_requested_by_the_plan_that_follows() -> None:
    weekly = Plan("ours", (Recurrence("bpi-sf", (0, 13), None, 7, 14, "ours"),))
    done: Done = [("bpi-sf", START), ("bpi-sf", days(80))]
    history = [PlanPeriod(date.min, EVIDENCE), PlanPeriod(days(82), weekly)]
    slots = derive_slots(history, START, done=done, skipped=[], today=days(95))
    assert of(slots, "bpi-sf") == {START: "done", days(42): "missed", days(84): "done"}


def test_an_answer_of_a_day_that_has_begun_only_at_the_patient_counts_under_the_earlier_plan() -> None:
    once = Plan("ours", (Recurrence("bpi-sf", (20,), None, 7, 14, "ours"),))
    history = [PlanPeriod(date.min, EVIDENCE), PlanPeriod(days(33), once)]
    done: Done = [("bpi-sf", days(35))]
    slots = derive_slots(history, START, done=done, skipped=[], today=days(40))
    assert of(slots, "bpi-sf")[days(42)] == "done"


def test_a_late_answer_still_counts_when_the_plan_changes_the_day_after() -> None:
    weekly = Plan("ours", (Recurrence("bpi-sf", (0, 6), None, 7, 14, "ours"),))
    done: Done = [("bpi-sf", days(40))]
    history = [PlanPeriod(date.min, ARTICLE), PlanPeriod(days(41), weekly)]
    slots = derive_slots(history, START, done=done, skipped=[], today=days(42))
    assert of(slots, "bpi-sf") == {START: "done", days(42): "done"}


def test_a_more_frequent_plan_applies_from_its_first_day() -> None:
    history = [PlanPeriod(date.min, EVIDENCE), PlanPeriod(days(100), ARTICLE)]
    slots = derive_slots(history, START, done=[("bone_density", START)], skipped=[], today=days(200))
    assert of(slots, "bone_density") == {
        START: "done", date(2026, 9, 2): "due", date(2027, 3, 2): "upcoming"
    }  # fmt: skip


def test_a_plan_that_begins_later_does_not_count_yet() -> None:
    history = [PlanPeriod(date.min, EVIDENCE), PlanPeriod(days(50), ARTICLE)]
    before = derive_slots(history, START, done=[], skipped=[], today=days(49))
    assert before == derive_slots(history[:1], START, done=[], skipped=[], today=days(49))


def test_a_patients_own_plan_replaces_the_sites_until_it_follows_the_site_again() -> None:
    site = [(date.min, EVIDENCE), (days(10), ARTICLE)]
    assert [each.plan.name for each in merge_plans(site, [(days(5), ARTICLE), (days(20), None)])] == [
        "evidence", "article"
    ]  # fmt: skip
    follows = merge_plans(site, [(days(5), EVIDENCE), (days(20), None)])
    assert follows == [PlanPeriod(date.min, EVIDENCE), PlanPeriod(days(20), ARTICLE)]


def test_plans_from_before_enrolment_do_not_apply() -> None:
    history = [PlanPeriod(date.min, EVIDENCE), PlanPeriod(days(-10), ARTICLE)]
    concerned = plans_since(history, START)
    assert concerned == history[1:]
    assert of(derive_slots(concerned, START, done=[], skipped=[], today=START), "siqr") == {}
    assert plans_since(history, days(-11)) == history
