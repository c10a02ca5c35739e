"""The records of a patient that an export holds, read in pages, so that memory stays bounded."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, inspect, literal, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from api.domain.alerts.finding import FindingKind
from api.models.alert import Alert, Evidence
from api.models.assessment import AssessmentRow, AssessmentScore, AssessmentVersion
from api.models.audit import AuditRow
from api.models.entry import EntryRow, EntryVersion, RejectedEntry, SafetyStatement
from api.models.erasure import ErasureRequest
from api.models.export import DataExport
from api.models.identity import Grant
from api.models.measurement import MeasurementRow, MeasurementVersion
from api.models.outbox import OutboxMessage, Subscription
from api.models.patient import Patient, PatientZone
from api.models.plan import PlanRow, PlanSkip, PlanSkipUndone
from api.models.proxy import Proxy
from api.models.reminder import Reminder
from api.models.score import ScoreRow
from api.models.treatment import PastTreatment

PAGE = 200

INTERNAL = frozenset(
    {
        # ids of others and of this server's own tables
        *("patient_id", "site_id", "team_id", "subject_id", "recipient_id", "grant_id", "alert_id"),
        *(
            "object_id",
            "actor_id",
            "set_by",
            "decided_by",
            "recorded_by",
            "superseded_by",
            "superseded_by_grant",
        ),
        *("acknowledged_by", "closed_by", "skipped_by", "undone_by", "reviewed_by", "created_by"),
        *("code_digest", "subscription_id", "change_seq", "digest", "dedupe_key", "key", "topic"),
        # work of the server, and addresses that are secrets
        *("engine", "scorer", "look_at", "is_prompted", "not_before", "attempts", "last_outcome"),
        *("scopes", "endpoint", "p256dh", "auth", "vapid_key", "device", "message", "probed_at"),
        # for the care team: no view shows it to patients
        *("risk_90d", "risk_90d_low", "risk_90d_high"),
        *("leased_until", "parts", "detail", "next_reminder_check_at", "from_rejected_entry"),
    }
)
"""Attributes of rows that no export holds."""

NOT_EXPORTED: Mapping[str, str] = {
    "trajectories": "working state of the engine; its results are the scores",
    "trajectory_checkpoints": "working state of the engine; its results are the scores",
    "activation_codes": "secrets, and nothing about the patient",
    "export_parts": "the file itself",
    "changes": "which alerts open pages of the team read anew, kept for a day; the alerts are exported",
}
"""Tables about patients that no export holds, with the reason."""


def reason_for_patient(kind: str, reason: str) -> str:
    """Return the reason of a notice to the team; the estimated risk of stopping is not shown to patients."""
    return "" if kind == FindingKind.LIKELY_DISCONTINUATION else reason


@dataclass(frozen=True, slots=True)
class Records:
    """Records of one kind: a member of the JSON, and a table of its own.

    ``order`` ends with a unique column and has no column that can be empty. ``of`` returns the condition
    that a row is about the patient, and ``only`` the attributes that are shown; None: all but the
    internal ones.
    """

    name: str
    table: type[Any]
    order: tuple[InstrumentedAttribute[Any], ...]
    of: Callable[[Patient], ColumnElement[bool]]
    only: tuple[str, ...] | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the attributes that are shown."""
        every = inspect(self.table).column_attrs.keys()
        return self.only or tuple(name for name in every if name not in INTERNAL)

    def pages(self, session: Session, patient: Patient) -> Iterator[Sequence[Any]]:
        """Yield the rows in pages, oldest first."""
        last: tuple[Any, ...] | None = None
        while True:
            page = select(self.table).where(self.of(patient)).order_by(*self.order).limit(PAGE)
            if last is not None:
                place = (literal(value, column.type) for value, column in zip(last, self.order, strict=True))
                page = page.where(tuple_(*self.order) > tuple_(*place))
            rows = session.scalars(page).all()
            session.expunge_all()
            if rows:
                yield rows
            if len(rows) < PAGE:
                return
            last = tuple(getattr(rows[-1], column.key) for column in self.order)

    def rows(self, session: Session, patient: Patient) -> Iterator[dict[str, Any]]:
        """Yield the records by name of the attribute, oldest first."""
        for page in self.pages(session, patient):
            for row in page:
                yield {name: getattr(row, name) for name in self.columns}


def _own(name: str, table: type[Any], *order: InstrumentedAttribute[Any]) -> Records:
    return Records(name, table, order, lambda patient: table.patient_id == patient.id)


ENTRIES = _own("entries", EntryRow, EntryRow.local_date, EntryRow.recorded_at, EntryRow.id)
ENTRY_VERSIONS = _own("entry_versions", EntryVersion, EntryVersion.entry_id, EntryVersion.version)
ASSESSMENTS = _own(
    "questionnaires", AssessmentRow, AssessmentRow.local_date, AssessmentRow.recorded_at, AssessmentRow.id
)
ASSESSMENT_VERSIONS = _own(
    "questionnaire_versions", AssessmentVersion, AssessmentVersion.assessment_id, AssessmentVersion.version
)
ASSESSMENT_SCORES = _own(
    "questionnaire_scores",
    AssessmentScore,
    AssessmentScore.assessment_id,
    AssessmentScore.of_version,
    AssessmentScore.scorer,
)
MEASUREMENTS = _own("measurements", MeasurementRow, MeasurementRow.measured_on, MeasurementRow.id)
ALERTS = Records(
    "notices_to_the_team",
    Alert,
    (Alert.opened_at, Alert.id),
    lambda patient: Alert.patient_id == patient.id,
    ("id", "kind", "reason", "first_day", "opened_at", "acknowledged_at", "closed_at", "outcome"),
)
AUDIT = Records(
    "uses_of_your_data", AuditRow, (AuditRow.id,), lambda patient: AuditRow.patient_id == patient.id
)

EVIDENCE = Records(
    "reasons_of_notices",
    Evidence,
    (Evidence.added_at, Evidence.id),
    lambda patient: Evidence.patient_id == patient.id,
    ("id", "kind", "reason", "numbers", "day", "raised_at", "added_at", "withdrawn_at"),
)

RECORDS: tuple[Records, ...] = (
    ENTRIES,
    ENTRY_VERSIONS,
    _own("entries_not_accepted", RejectedEntry, RejectedEntry.received_at, RejectedEntry.id),
    _own(
        "safety_statements",
        SafetyStatement,
        SafetyStatement.received_at,
        SafetyStatement.key,
        SafetyStatement.statement,
    ),
    _own("scores", ScoreRow, ScoreRow.local_date),
    ASSESSMENTS,
    ASSESSMENT_VERSIONS,
    ASSESSMENT_SCORES,
    MEASUREMENTS,
    _own(
        "measurement_versions",
        MeasurementVersion,
        MeasurementVersion.measurement_id,
        MeasurementVersion.version,
    ),
    ALERTS,
    EVIDENCE,
    _own("plans", PlanRow, PlanRow.created_at, PlanRow.id),
    _own("plan_skips", PlanSkip, PlanSkip.skipped_at, PlanSkip.id),
    _own("plan_skips_undone", PlanSkipUndone, PlanSkipUndone.undone_at, PlanSkipUndone.id),
    _own("reminders", Reminder, Reminder.created_at, Reminder.id),
    Records(
        "messages",
        OutboxMessage,
        (OutboxMessage.created_at, OutboxMessage.id),
        lambda patient: OutboxMessage.recipient_id == patient.id,
    ),
    Records("phones", Grant, (Grant.created_at, Grant.id), lambda patient: Grant.subject_id == patient.id),
    Records(
        "push_addresses",
        Subscription,
        (Subscription.created_at, Subscription.id),
        lambda patient: Subscription.recipient_id == patient.id,
    ),
    _own("earlier_treatments", PastTreatment, PastTreatment.number),
    _own("time_zones", PatientZone, PatientZone.since),
    _own("erasure_requests", ErasureRequest, ErasureRequest.requested_at, ErasureRequest.id),
    _own("people_let_in", Proxy, Proxy.created_at, Proxy.id),
    _own("exports", DataExport, DataExport.requested_at, DataExport.id),
    AUDIT,
)
"""Everything that is kept about a patient beside the record of the patient itself."""
