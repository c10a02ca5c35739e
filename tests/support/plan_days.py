"""A patient's days, and what is due on them by a plan."""

from datetime import date, timedelta

from api.domain.plans.definition import Plan
from api.domain.plans.due_slots import PlanPeriod, Slot, derive_slots

START = date(2026, 3, 2)
DAY = timedelta(days=1)
Done = list[tuple[str, date]]
Skipped = list[tuple[str, date, str]]


def days(number: int) -> date:
    return START + number * DAY


def of(slots: list[Slot], what: str) -> dict[date, str]:
    """Return how the slots of one thing stand, by due day."""
    return {slot.window.due_on: slot.state.value for slot in slots if slot.task == what}


def slots_of(plan: Plan, today: date, done: Done | None = None, skipped: Skipped | None = None) -> list[Slot]:
    return derive_slots(
        [PlanPeriod(date.min, plan)], START, done=done or [], skipped=skipped or [], today=today
    )
