"""A patient without a database, looked at as the planner does: for a year of many, and for properties."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

from api.domain.delivery.messages import Channel, MessageKind
from api.domain.plans.due_slots import Slot
from api.domain.reminders import ReminderStep
from api.domain.schedule import is_quiet, moment_of, next_allowed, zone_of
from api.models.patient import Patient
from api.services.reminders import check_ins
from api.services.reminders.context import ReminderContext
from api.services.reminders.decide import apply_to_patient, apply_to_reminders, decide


class NoQuestionnaires:
    """Questionnaires of a site without any text."""

    def slots(self, _: Patient) -> list[Slot]:
        """Return none."""
        return []

    def may_ask(self, _: Patient) -> bool:
        """Return False."""
        return False


@dataclass(frozen=True, slots=True)
class Told:
    """One message to a patient."""

    purpose: str
    kind: MessageKind
    looked_at: datetime
    due_at: datetime
    steps: tuple[ReminderStep, ...]
    slots: tuple[str, ...]


class PatientOverAYear:
    """A patient, the context of reminders, and the messages."""

    def __init__(self, *, enrolled_at: datetime, **habits: Any) -> None:
        """Enrol the patient."""
        values: dict[str, Any] = {
            "check_in_weekday": 0,
            "check_in_at": time(9),
            "check_in_again_at": None,
            "quiet_from": time(21),
            "quiet_until": time(8),
            "ai_started_on": None,
        }
        self.patient = Patient(
            id=uuid4(), site_id=uuid4(), status="active", language="en", is_prompted=False,
            enrolled_at=enrolled_at, timezone_follows_phone=True, snoozed_until=None, paused_until=None,
            **values | habits,
        )  # fmt: skip
        self.known = ReminderContext(channels={Channel.WEB_PUSH, Channel.EMAIL})
        self.told: list[Told] = []
        self.looks: list[datetime] = [enrolled_at]
        check_ins.start_check_ins(self.patient, now=enrolled_at)

    @property
    def next_look(self) -> datetime:
        """Time of the next check by the planner."""
        assert self.patient.next_reminder_check_at is not None
        return self.patient.next_reminder_check_at

    def looked_at(self, now: datetime) -> None:
        """Run the planner."""
        self.looks.append(now)
        found = decide(self.patient, self.known, NoQuestionnaires(), now=now)  # type: ignore[arg-type]
        zone = zone_of(self.patient.timezone)
        if found.purpose is not None:
            quiet = check_ins.quiet_hours(self.patient)
            due_at = next_allowed(now, quiet, zone)
            slots = tuple(reminder.slot for reminder, _ in found.prompted)
            steps = tuple(step for _, step in found.prompted)
            self.told.append(Told(found.purpose, found.kind, now, due_at, steps, slots))
        apply_to_reminders(self.patient, found, now=now)
        self.known.reminders += found.new
        apply_to_patient(self.patient, found)

    def live(self, until: datetime) -> None:
        """Let time pass, the planner always in time."""
        while self.next_look <= until:
            self.looked_at(self.next_look)

    def writes(self, day: date) -> None:
        """Write an entry about a day."""
        self.known.entry_days.add(day)

    def changes(self, changes: Mapping[str, Any], now: datetime) -> None:
        """Change check-in times, as `enrolment.change` does."""
        before = check_ins.settings_of(self.patient)
        for name, value in changes.items():
            setattr(self.patient, name, value)
        check_ins.replan(self.patient, before, now=now)

    def is_punctual(self, told: Told) -> bool:
        """Return whether a check was at one of the patient's times, to the minute."""
        zone = zone_of(self.patient.timezone)
        day = told.looked_at.astimezone(zone).date()
        days = (day, day - timedelta(days=1))  # clocks that go forward over midnight move it to the next day
        return any(
            moment_of(each, at, zone) == told.looked_at
            for each in days
            for at in check_ins.prompt_times(self.patient)
        )

    def is_in_quiet(self, told: Told) -> bool:
        """Return whether a message would come within quiet hours."""
        return is_quiet(told.due_at, check_ins.quiet_hours(self.patient), zone_of(self.patient.timezone))
