"""Decision of one reminder check: prompts to send, reminders to close, and the next check."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import uuid4

from api.domain.delivery.messages import MessageKind
from api.domain.enrolment import PatientStatus
from api.domain.plans.due_slots import OPEN_STATES, Slot, SlotState
from api.domain.reminders import (
    EXTRA_CHECK_IN,
    PROMPTS,
    REASSESSMENT,
    ClosedReason,
    ReminderInputs,
    ReminderState,
    ReminderStep,
    next_step,
)
from api.domain.schedule import latest_check_in, local_day, moment_of, next_allowed, next_check_in, zone_of
from api.models.patient import Patient
from api.models.reminder import Reminder
from api.services.reminders import extra_check_ins
from api.services.reminders.check_ins import (
    PURPOSE,
    check_in_times,
    is_answered,
    next_reminder_check,
    pause_ends_at,
    quiet_hours,
)
from api.services.reminders.context import PlannedQuestionnaires, ReminderContext

REQUEST_VALID_FOR = timedelta(days=7)
"""Time after which a questionnaire requested by hand lapses."""

CHECK_INS = frozenset({PURPOSE, EXTRA_CHECK_IN})

_SETTLED = {
    SlotState.DONE: ClosedReason.DONE,
    SlotState.SKIPPED: ClosedReason.SKIPPED,
    SlotState.MISSED: ClosedReason.MISSED,
}


@dataclass(slots=True)
class ReminderDecision:
    """Result of a reminder check; nothing is written yet."""

    next_reminder_check_at: datetime | None
    check_in_due_at: datetime | None
    has_resumed: bool = False
    closed: list[tuple[Reminder, ClosedReason]] = field(default_factory=list)
    steps: list[tuple[Reminder, ReminderStep]] = field(default_factory=list)
    new: list[Reminder] = field(default_factory=list)
    """New reminders; they are in ``steps`` too."""
    is_waiting: bool = False
    """A prompted reminder is still open."""

    @property
    def prompted(self) -> list[tuple[Reminder, ReminderStep]]:
        """Reminders with a message now, and their steps."""
        return [(reminder, step) for reminder, step in self.steps if step in PROMPTS]

    @property
    def kind(self) -> MessageKind:
        """Kind of the message."""
        purposes = [reminder.purpose for reminder, _ in self.prompted]
        if CHECK_INS.issuperset(purposes):
            return MessageKind.CHECK_IN  # one entry answers both
        return MessageKind.SUMMARY if len(purposes) > 1 else MessageKind(purposes[0])

    @property
    def purpose(self) -> str | None:
        """Key of the message: its subject, and the number of the prompt."""
        if not self.prompted:
            return None
        first, kind = self.prompted[0][0], self.kind
        about = f"{first.purpose}:{first.patient_id}:{first.slot}"
        about = f"{kind}:{first.id}" if kind is MessageKind.SUMMARY else about
        return about if first.times == 0 else f"{about}:{first.times + 1}"


def decide(
    patient: Patient, known: ReminderContext, plans: PlannedQuestionnaires, *, now: datetime
) -> ReminderDecision:
    """Decide the reminders of a patient at ``now``; a repeat at the same time adds nothing."""
    if patient.status != PatientStatus.ACTIVE:
        return ReminderDecision(None, None)
    resumes = pause_ends_at(patient)
    if resumes is not None and resumes > now:
        return ReminderDecision(resumes, patient.check_in_due_at, is_waiting=patient.is_prompted)
    found = ReminderDecision(
        next_reminder_check(patient, now=now), patient.check_in_due_at, has_resumed=resumes is not None
    )
    new = found.new = [
        *_check_in(patient, known, found, now),
        *_extra_check_in(patient, known, now),
        *_questionnaires(patient, known, plans, now),
    ]
    open_ones = [each for each in known.reminders if each.closed_at is None]
    found.closed = list(closures(patient, known, plans, now=now, newer=new))
    closed = {reminder.id for reminder, _ in found.closed}
    waiting = [each for each in (*open_ones, *new) if each.id not in closed]
    found.steps = list(_steps(patient, known, plans, waiting, now=now))
    stepped = {reminder.id for reminder, _ in found.steps}
    found.is_waiting = any(each.step is not None or each.id in stepped for each in waiting)
    return found


def apply_to_reminders(patient: Patient, found: ReminderDecision, *, now: datetime) -> None:
    """Write the closures and steps of a decision to the reminders."""
    for reminder, because in found.closed:
        reminder.closed_at, reminder.closed_because = now, because
    today = local_day(now, zone_of(patient.timezone))
    purpose = found.purpose
    for reminder, step in found.steps:
        if step is ReminderStep.PROMPTED or reminder.asked_on is None:
            reminder.asked_on = today
        reminder.step, reminder.stepped_on = step, today
        if step in PROMPTS:
            reminder.times += 1
            reminder.message = purpose


def apply_to_patient(patient: Patient, found: ReminderDecision) -> None:
    """Write the next check and the state of prompts of a decision to the patient."""
    patient.next_reminder_check_at, patient.check_in_due_at = (
        found.next_reminder_check_at,
        found.check_in_due_at,
    )
    patient.is_prompted = found.is_waiting
    if found.has_resumed:
        patient.snoozed_until = patient.paused_until = None


def closures(
    patient: Patient,
    known: ReminderContext,
    plans: PlannedQuestionnaires,
    *,
    now: datetime,
    newer: Iterable[Reminder] = (),
) -> Iterator[tuple[Reminder, ClosedReason]]:
    """Yield the open reminders to close, each with the reason."""
    open_ones = [each for each in known.reminders if each.closed_at is None]
    for reminder, because in closure_reasons(patient, known, plans, open_ones, now=now, newer=newer):
        if because is not None:
            yield reminder, because


def closure_reasons(
    patient: Patient,
    known: ReminderContext,
    plans: PlannedQuestionnaires,
    reminders: Sequence[Reminder],
    *,
    now: datetime,
    newer: Iterable[Reminder] = (),
) -> Iterator[tuple[Reminder, ClosedReason | None]]:
    """Yield each reminder with the reason to close it by the present entries; None: it stays open."""
    newest = max([each.slot for each in (*reminders, *newer) if each.purpose == PURPOSE], default="")
    slots: dict[str, Slot] = {}
    if any(each.purpose == REASSESSMENT for each in reminders):
        slots = {slot.id: slot for slot in plans.slots(patient)}
    today = local_day(now, zone_of(patient.timezone))
    for reminder in reminders:
        if reminder.purpose == PURPOSE:
            yield reminder, _check_in_closed(reminder, known, newest)
        elif reminder.purpose == EXTRA_CHECK_IN:
            days, answered = known.extra_days, known.entry_days
            yield reminder, extra_check_ins.closed_reason(reminder.slot, days, answered=answered, today=today)
        else:
            yield reminder, _questionnaire_closed(reminder, known, slots, now)


def _check_in(
    patient: Patient, known: ReminderContext, found: ReminderDecision, now: datetime
) -> Iterator[Reminder]:
    """Yield the check-in that is due, unless it is answered, and plan the next one."""
    if patient.check_in_due_at is None or patient.check_in_due_at > now:
        return
    plan = check_in_times(patient)
    slot = latest_check_in(plan, by=now)
    found.check_in_due_at = next_check_in(plan, after=now)
    if not is_answered(known.newest_day, slot) and known.reminder(PURPOSE, slot.isoformat()) is None:
        yield _make_reminder(patient, PURPOSE, slot.isoformat(), now)


def _extra_check_in(patient: Patient, known: ReminderContext, now: datetime) -> Iterator[Reminder]:
    """Yield the extra check-in of today, unless it was asked for before or is answered."""
    today = local_day(now, zone_of(patient.timezone))
    asked = {date.fromisoformat(each.slot) for each in known.reminders if each.purpose == EXTRA_CHECK_IN}
    if extra_check_ins.is_due(today, known.extra_days, asked=asked, answered=known.entry_days):
        yield _make_reminder(patient, EXTRA_CHECK_IN, today.isoformat(), now)


def _questionnaires(
    patient: Patient, known: ReminderContext, plans: PlannedQuestionnaires, now: datetime
) -> Iterator[Reminder]:
    """Yield the questionnaires that are due by the plan and have a text."""
    if not plans.may_ask(patient):
        return
    for slot in plans.slots(patient):
        is_asked = slot.state in OPEN_STATES and plans.can_show(patient, slot.task)
        if is_asked and known.reminder(REASSESSMENT, slot.id) is None:
            yield _make_reminder(patient, REASSESSMENT, slot.id, now)


def _make_reminder(patient: Patient, purpose: str, slot: str, now: datetime) -> Reminder:
    due_at = next_allowed(now, quiet_hours(patient), zone_of(patient.timezone))
    return Reminder(
        id=uuid4(),
        site_id=patient.site_id,
        patient_id=patient.id,
        purpose=purpose,
        slot=slot,
        due_at=due_at,
        created_at=now,
        times=0,
    )


def _check_in_closed(reminder: Reminder, known: ReminderContext, newest: str) -> ClosedReason | None:
    if is_answered(known.newest_day, date.fromisoformat(reminder.slot)):
        return ClosedReason.DONE
    is_old = reminder.slot < newest and reminder.step != ReminderStep.UNREACHABLE
    return ClosedReason.SUPERSEDED if is_old else None


def _questionnaire_closed(
    reminder: Reminder, known: ReminderContext, slots: dict[str, Slot], now: datetime
) -> ClosedReason | None:
    slot = slots.get(reminder.slot)
    if slot is not None:
        return _SETTLED.get(slot.state)
    if reminder.created_by is None:
        return ClosedReason.LAPSED  # no longer in the plan
    if known.completed_at is not None and known.completed_at >= reminder.created_at:
        return ClosedReason.DONE
    return ClosedReason.LAPSED if reminder.due_at + REQUEST_VALID_FOR <= now else None


def _steps(
    patient: Patient,
    known: ReminderContext,
    plans: PlannedQuestionnaires,
    waiting: list[Reminder],
    *,
    now: datetime,
) -> Iterator[tuple[Reminder, ReminderStep]]:
    zone = zone_of(patient.timezone)
    today = local_day(now, zone)
    again = patient.check_in_again_at
    moment = ReminderInputs(
        today=today,
        is_second_time=again is not None and moment_of(today, again, zone) <= now,
        has_other_channel=len(known.channels) > 1,
        is_unreachable=any(each.step == ReminderStep.UNREACHABLE for each in waiting),
        by_telephone=patient.by_telephone,
    )
    soonest = next_allowed(now, quiet_hours(patient), zone)
    for reminder in waiting:
        if reminder.due_at > soonest or not _can_be_done(patient, plans, reminder):
            continue  # requested by hand, for later; or without a text now, as for another language
        done_so_far = ReminderStep(reminder.step) if reminder.step is not None else None
        state = ReminderState(
            reminder.purpose == PURPOSE, done_so_far, reminder.asked_on, reminder.stepped_on
        )
        step = next_step(state, moment)
        if step is not None:
            yield reminder, step


def _can_be_done(patient: Patient, plans: PlannedQuestionnaires, reminder: Reminder) -> bool:
    """Return whether a reminder has a text to show; a request by hand needs none."""
    if reminder.purpose in CHECK_INS or reminder.created_by is not None:
        return True
    return plans.can_show(patient, reminder.slot.partition(":")[0])
