"""Unreachable patients: prompted several times and by another channel, without an entry."""

from datetime import date

from sqlalchemy import ColumnElement, exists, select

from api.domain.alerts.finding import FindingKind
from api.domain.alerts.status import AlertStatus
from api.domain.enrolment import PatientStatus
from api.domain.reminders import ReminderStep
from api.models.alert import Alert
from api.models.patient import Patient
from api.models.reminder import Reminder

UNANSWERED = (Reminder.step == ReminderStep.UNREACHABLE, Reminder.closed_at.is_(None))
"""Conditions of reminders without an answer."""


def is_unreachable() -> ColumnElement[bool]:
    """Return the condition that a patient is unreachable, so that the team should call.

    Patients in a pause are excluded, and those with an open alert of silence: they are on the worklist
    already.
    """
    unanswered = select(Reminder.id).where(Reminder.patient_id == Patient.id, *UNANSWERED).correlate(Patient)
    waits = (AlertStatus.OPEN, AlertStatus.ACKNOWLEDGED, AlertStatus.SNOOZED)
    silent = (
        select(Alert.id)
        .where(Alert.patient_id == Patient.id, Alert.kind == FindingKind.SILENCE, Alert.status.in_(waits))
        .correlate(Patient)
    )
    is_followed = Patient.status == PatientStatus.ACTIVE
    return exists(unanswered) & ~exists(silent) & is_followed & Patient.paused_until.is_(None)


def unreachable_reason(since: date, times: int) -> str:
    """Return the reason why a patient is on the list, in words; 0 ``times``: the team asks by telephone.

    >>> unreachable_reason(date(2026, 3, 2), 3)
    'asked for a check-in on 2 March 2026, reminded 2 times since; no entry since'
    >>> unreachable_reason(date(2026, 3, 2), 0)
    'a check-in by telephone is due since 2 March 2026; no entry since'
    """
    if times == 0:
        return f"a check-in by telephone is due since {since.day} {since:%B %Y}; no entry since"
    again = {1: "", 2: ", reminded once since"}.get(times, f", reminded {times - 1} times since")
    return f"asked for a check-in on {since.day} {since:%B %Y}{again}; no entry since"
