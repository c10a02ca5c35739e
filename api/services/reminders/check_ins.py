"""Times of a patient's check-ins, reminder checks, quiet hours and pauses."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from api.domain import schedule
from api.domain.enrolment import PatientStatus
from api.domain.errors import InvalidMoment
from api.domain.schedule import local_day, zone_of
from api.models.patient import Patient

PURPOSE = "check_in"

FRESH_DAYS = 3
"""An entry about the day of a check-in or one of the two days before answers it."""


def check_in_times(patient: Patient) -> schedule.CheckInTimes:
    """Return the check-in times of a patient; weeks count from the first day of the drug, or enrolment."""
    zone = zone_of(patient.timezone)
    enrolled_on = local_day(patient.enrolled_at, zone)
    started_on = max(patient.ai_started_on or enrolled_on, enrolled_on)  # weekly at first for all patients
    return schedule.CheckInTimes(patient.check_in_weekday, patient.check_in_at, zone, started_on)


def quiet_hours(patient: Patient) -> schedule.QuietHours:
    """Return the quiet hours of a patient."""
    return schedule.QuietHours(patient.quiet_from, patient.quiet_until)


def first_check_in(patient: Patient, *, now: datetime) -> datetime:
    """Return when the next check-in is due, at enrolment and after a change of weekday or start."""
    return schedule.next_check_in(check_in_times(patient), after=now)


def is_answered(newest: date | None, slot: date) -> bool:
    """Return whether an entry about the day ``newest`` answers the check-in of a day, or an earlier one."""
    return newest is not None and newest > slot - timedelta(days=FRESH_DAYS)


def prompt_times(patient: Patient) -> list[time]:
    """Return the times of day of prompts to a patient."""
    again = patient.check_in_again_at
    return [patient.check_in_at] if again is None else [patient.check_in_at, again]


def next_reminder_check(patient: Patient, *, now: datetime) -> datetime:
    """Return the next time reminders are decided: daily, at the prompt times of the patient."""
    return schedule.next_of(prompt_times(patient), zone_of(patient.timezone), after=now)


def pause_ends_at(patient: Patient) -> datetime | None:
    """Return the end of a snooze or pause, in the patient's time zone; None: there is none."""
    zone = zone_of(patient.timezone)
    if patient.paused_until is not None:
        return schedule.next_allowed(
            schedule.moment_of(patient.paused_until, patient.check_in_at, zone), quiet_hours(patient), zone
        )
    if patient.snoozed_until is not None:
        return schedule.next_allowed(patient.snoozed_until, quiet_hours(patient), zone)
    return None


def start_check_ins(patient: Patient, *, now: datetime) -> None:
    """Plan the first check-in and reminder check, at enrolment and when a patient returns."""
    patient.check_in_due_at = first_check_in(patient, now=now)
    patient.next_reminder_check_at = next_reminder_check(patient, now=now)


@dataclass(frozen=True, slots=True)
class CheckInSettings:
    """Settings that determine the check-ins and reminder checks of a patient."""

    timezone: str
    weekday: int
    started_on: date | None
    times: list[time]


def settings_of(patient: Patient) -> CheckInSettings:
    """Return the present settings of a patient."""
    return CheckInSettings(
        patient.timezone, patient.check_in_weekday, patient.ai_started_on, prompt_times(patient)
    )


def check_times(patient: Patient) -> None:
    """Refuse a second time of the day that is not later than the first.

    Raises:
        InvalidMoment: It is not.
    """
    again = patient.check_in_again_at
    if again is not None and again <= patient.check_in_at:
        late = f"must be later than check_in_at, which is {patient.check_in_at:%H:%M}"
        raise InvalidMoment(f"check_in_again_at {late}", {"check_in_again_at": late})


def with_phone_timezone(patient: Patient, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return changes of a patient, with the phone's time zone as the patient's if it follows the phone."""
    wanted = dict(changes)
    phone = wanted.pop("phone_timezone", None)
    if phone is not None and wanted.get("timezone_follows_phone", patient.timezone_follows_phone):
        wanted.setdefault("timezone", phone)
    return wanted


def replan(patient: Patient, before: CheckInSettings, *, now: datetime) -> None:
    """Move the next check-in and reminder check to the present settings, without losing or repeating one.

    A check-in that is due stays due. After a change of time zone it keeps its local date; if the time has
    passed there, it is due at once. Another weekday starts a new sequence of dates.
    """
    if patient.status != PatientStatus.ACTIVE:
        return
    present = settings_of(patient)
    coming = patient.check_in_due_at
    if coming is None or coming > now:
        patient.check_in_due_at = _moved_check_in(patient, before, present, now)
    patient.next_reminder_check_at = _moved_reminder_check(patient, before, present, now)
    wait_for_end_of_pause(patient, now=now)


def wait_for_end_of_pause(patient: Patient, *, now: datetime) -> None:
    """Postpone the check-in and reminder check of a patient to the end of a pause."""
    resumes = pause_ends_at(patient)
    if resumes is None or resumes <= now:
        patient.next_reminder_check_at = min(
            filter(None, (patient.next_reminder_check_at, patient.check_in_due_at)), default=None
        )
        return
    patient.next_reminder_check_at = resumes
    if patient.check_in_due_at is not None:
        patient.check_in_due_at = max(patient.check_in_due_at, resumes)


def _moved_check_in(
    patient: Patient, before: CheckInSettings, present: CheckInSettings, now: datetime
) -> datetime:
    coming = patient.check_in_due_at
    same_days = (before.weekday, before.started_on) == (present.weekday, present.started_on)
    if coming is None or not same_days:
        return first_check_in(patient, now=now)
    zone = zone_of(present.timezone)
    due_at = schedule.moment_of(local_day(coming, zone_of(before.timezone)), patient.check_in_at, zone)
    if due_at > now or before.times == present.times:
        return due_at
    # the time was just set: not in the same minute
    return schedule.next_at(patient.check_in_at, zone, after=now)


def _moved_reminder_check(
    patient: Patient, before: CheckInSettings, present: CheckInSettings, now: datetime
) -> datetime:
    if patient.next_reminder_check_at is None or before.times != present.times:
        return next_reminder_check(patient, now=now)
    return schedule.moved_to_zone(
        patient.next_reminder_check_at, present.times, zone_of(before.timezone), zone_of(present.timezone)
    )
