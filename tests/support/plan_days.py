"""Days of a patient, and the slots that a plan gives on them."""

from datetime import date, timedelta

from api.domain.plans.definition import Plan
from api.domain.plans.due_slots import PlanPeriod, Slot, derive_slots

START = date(2026, 3, 2)
DAY = timedelta(days=1)
Done = list[tuple[str, date]]
Skipped = list[tuple[str, date, str]]


def days(number: int) -> date:
    return START + number * DAY


def of(slots: list[Slot], task: str) -> dict[date, str]:
    """Return the states of one task's slots by due day."""
    return {slot.window.due_on: slot.state.value for slot in slots if slot.task == task}


def slots_of(plan: Plan, today: date, done: Done | None = None, skipped: Skipped | None = None) -> list[Slot]:
    return derive_slots(
        [PlanPeriod(date.min, plan)], START, done=done or [], skipped=skipped or [], today=today
    )
