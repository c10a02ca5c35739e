"""Facts for deciding the reminders of many patients, by a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Row, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from api.domain.assessments.assessment import AssessmentStatus
from api.domain.delivery.messages import PERSONAL_CHANNELS, Channel
from api.domain.instruments import registry
from api.domain.plans.definition import Plan, TaskKind
from api.domain.plans.due_slots import PlanPeriod, Slot, derive_slots, plans_since
from api.domain.reminders import EXTRA_CHECK_IN
from api.domain.schedule import local_day, zone_of
from api.models.assessment import AssessmentRow
from api.models.entry import EntryRow
from api.models.patient import Patient, PatientZone
from api.models.plan import PlanRow, PlanSkip
from api.models.reminder import Reminder
from api.services.instruments import wordings
from api.services.messages.addresses import ADDRESSES
from api.services.plans import plans
from api.services.reminders.extra_check_ins import extra_days

ENTRIES_READ_BACK = timedelta(days=36)
"""Period of entries that are read: more than the four weeks that a check-in can be late."""


@dataclass(slots=True)
class ReminderContext:
    """Facts about one patient."""

    entry_days: set[date] = field(default_factory=set)
    """Local dates with an entry within `ENTRIES_READ_BACK`."""
    extra_days: tuple[date, ...] = ()
    """Days of the present extra check-ins."""
    completed_at: datetime | None = None
    """Time at which the newest complete questionnaire was received."""
    reminders: list[Reminder] = field(default_factory=list)
    """Open reminders, and those of the slots that may be due."""
    channels: set[Channel] = field(default_factory=set)
    """The automatic channels that have an address for the patient."""

    @property
    def newest_day(self) -> date | None:
        """Newest local date of an entry within `ENTRIES_READ_BACK`."""
        return max(self.entry_days, default=None)

    def reminder(self, purpose: str, slot: str) -> Reminder | None:
        """Return the reminder of a slot."""
        same = (each for each in self.reminders if each.purpose == purpose and each.slot == slot)
        return next(same, None)


def load_contexts(
    session: Session, patients: Sequence[Patient], *, slots: Iterable[str], now: datetime
) -> dict[UUID, ReminderContext]:
    """Return the facts of each patient; ``slots`` are those that may be due now."""
    extra = extra_days(session, patients, now=now)
    known = {patient.id: ReminderContext(extra_days=extra.get(patient.id, ())) for patient in patients}
    ids = list(known)
    for patient_id, day in session.execute(_entry_days(ids, now)):
        known[patient_id].entry_days.add(day)
    for patient_id, received_at in session.execute(_newest_assessments(ids)):
        known[patient_id].completed_at = received_at
    extra_slots = sorted({day.isoformat() for days in extra.values() for day in days})
    asked = select(Reminder).where(
        Reminder.patient_id.in_(ids),
        or_(
            Reminder.closed_at.is_(None),
            Reminder.slot.in_(sorted(slots)),
            and_(Reminder.purpose == EXTRA_CHECK_IN, Reminder.slot.in_(extra_slots)),
        ),
    )
    for reminder in session.scalars(asked.order_by(Reminder.purpose, Reminder.slot)):
        known[reminder.patient_id].reminders.append(reminder)
    for channel in PERSONAL_CHANNELS:
        for route in ADDRESSES[channel].find(session, ids):
            known[route.recipient_id].channels.add(channel)
    return known


class PlannedQuestionnaires:
    """The questionnaires of many patients' plans: as `plan_status` returns them, for all at once."""

    def __init__(self, session: Session, patients: Sequence[Patient], *, now: datetime) -> None:
        """Read the facts of ``patients``, by a query for each kind of fact and for each site."""
        ids = [patient.id for patient in patients]
        self._now = now
        self._session = session
        self._history = {
            site: plans.plan_history(session, site).periods()
            for site in {patient.site_id for patient in patients}
        }
        self._own = set(
            session.scalars(select(PlanRow.patient_id).where(PlanRow.patient_id.in_(ids)).distinct())
        )
        self._zones = _first_zones(session, ids)
        self._done = _by_patient(session.execute(_completed(ids)))
        self._skipped = _by_patient(session.execute(_skips(ids)))
        self._texts: dict[tuple[UUID, str], frozenset[str]] = {}

    def slots(self, patient: Patient) -> list[Slot]:
        """Return the slots of a patient's questionnaires.

        Raises:
            ZoneInfoNotFoundError: The time zone is not known to this machine.
        """
        history = _questionnaires_only(self._history_of(patient))
        if not any(period.plan.courses for period in history):
            return []
        enrolled_on = local_day(patient.enrolled_at, zone_of(self._zones.get(patient.id, patient.timezone)))
        return derive_slots(
            plans_since(history, enrolled_on),
            max(patient.ai_started_on or enrolled_on, enrolled_on),
            done=[(row.instrument, row.local_date) for row in self._done.get(patient.id, ())],
            skipped=[(row.what, row.due_on, row.reason) for row in self._skipped.get(patient.id, ())],
            today=local_day(self._now, zone_of(patient.timezone)),
        )

    def _history_of(self, patient: Patient) -> list[PlanPeriod]:
        if patient.id in self._own:  # a plan for one patient is rare, and read by itself
            return plans.plan_history(self._session, patient.site_id, patient.id).periods()
        return self._history[patient.site_id]

    def can_show(self, patient: Patient, what: str) -> bool:
        """Return whether there is a text of this questionnaire in the patient's language."""
        return what in self._with_text(patient)

    def may_ask(self, patient: Patient) -> bool:
        """Return whether there is a text of any questionnaire in the patient's language."""
        return bool(self._with_text(patient))

    def _with_text(self, patient: Patient) -> frozenset[str]:
        """Return the questionnaires with a text at the patient's site and in the patient's language."""
        site_id, language = place = (patient.site_id, patient.language)
        if place not in self._texts:
            texts = wordings.texts_of(self._session, site_id, registry.INSTRUMENTS, language=language)
            told = zip(registry.INSTRUMENTS, texts, strict=True)
            self._texts[place] = frozenset(each.code for each, text in told if text.notice is None)
        return self._texts[place]


def _questionnaires_only(history: Iterable[PlanPeriod]) -> list[PlanPeriod]:
    """Return the plans with their questionnaires only: the slots of each task are independent."""
    return [
        PlanPeriod(
            period.begins_on,
            Plan(
                period.plan.name,
                tuple(course for course in period.plan.courses if course.kind is TaskKind.ASSESSMENT),
            ),
        )
        for period in history
    ]


def _by_patient(rows: Iterable[Row[UUID, str, date]]) -> Mapping[UUID, list[Row[UUID, str, date]]]:
    found: defaultdict[UUID, list[Row[UUID, str, date]]] = defaultdict(list)
    for row in rows:
        found[row.patient_id].append(row)
    return found


def _first_zones(session: Session, ids: Sequence[UUID]) -> dict[UUID, str]:
    rows = session.execute(
        select(PatientZone.patient_id, PatientZone.timezone)
        .where(PatientZone.patient_id.in_(ids))
        .order_by(PatientZone.since.desc())
    )
    return {row.patient_id: row.timezone for row in rows}  # the last row read is the earliest zone


def _entry_days(ids: Sequence[UUID], now: datetime) -> Select[UUID, date]:
    return (
        select(EntryRow.patient_id, EntryRow.local_date)
        .where(EntryRow.patient_id.in_(ids), EntryRow.withdrawn.is_(False))
        .where(EntryRow.local_date >= (now - ENTRIES_READ_BACK).date())
        .distinct()
    )


def _newest_assessments(ids: Sequence[UUID]) -> Select[UUID, datetime]:
    return (
        select(AssessmentRow.patient_id, func.max(AssessmentRow.received_at))
        .where(AssessmentRow.patient_id.in_(ids), AssessmentRow.status == AssessmentStatus.COMPLETE)
        .group_by(AssessmentRow.patient_id)
    )


def _completed(ids: Sequence[UUID]) -> Select[UUID, str, date]:
    return (
        select(AssessmentRow.patient_id, AssessmentRow.instrument, AssessmentRow.local_date)
        .where(AssessmentRow.patient_id.in_(ids), AssessmentRow.status == AssessmentStatus.COMPLETE)
        .distinct()
    )


def _skips(ids: Sequence[UUID]) -> Select[UUID, str, date, str]:
    return select(PlanSkip.patient_id, PlanSkip.what, PlanSkip.due_on, PlanSkip.reason).where(
        PlanSkip.patient_id.in_(ids)
    )
