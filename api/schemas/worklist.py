"""Schemas of the worklist by patient."""

from typing import Any

from marshmallow import Schema, fields, validate

from api.domain.alerts.finding import FindingKind, Tier
from api.domain.alerts.status import CLOSED, AlertStatus
from api.schemas.alert import HeldBackSchema
from api.schemas.alert_list import (
    PatientWithRejectedEntriesSchema,
    SignedOutPatientSchema,
    UnheardFromPatientSchema,
    UnscoredPatientSchema,
)
from api.schemas.fields import Moment, OneOf, PageQuery, about, nullable, required
from api.schemas.patient_fields import PatientReferenceSchema
from api.schemas.staff import NamedReferenceSchema

WAITING = [status for status in AlertStatus if status not in CLOSED]
LONGEST_WAIT_H = 24 * 366


class WaitingAlertSchema(Schema):
    """An alert that is not closed, in short."""

    id = fields.UUID(**required("The alert's id."))
    kind = OneOf(FindingKind, **required("Kind of finding that raised the alert."))
    tier = OneOf(Tier, **required("Urgency of the alert."))
    status = OneOf(WAITING, **required("Status of the alert."))
    version = fields.Integer(**required("Version number. It is the ETag. Send it in If-Match."))
    opened_at = Moment(**required("Time at which the server opened the alert."))
    reopens_at = Moment(
        **nullable("Time at which a snoozed or acknowledged alert opens again unless it is resolved.")
    )
    assigned_to = fields.Nested(
        NamedReferenceSchema, **nullable("Member of staff who takes care of the alert. Null: nobody.")
    )
    acknowledged_by = fields.Nested(
        NamedReferenceSchema, **nullable("Member of staff who acknowledged the alert. Null: nobody.")
    )


class LastAnswersSchema(Schema):
    """The newest entry, as it was answered."""

    local_date = fields.Date(**required("Local date of the entry."))
    recorded_at = Moment(**required("Time of recording."))
    answers = fields.Dict(
        **required(
            "Answers to the questions on pain (`pain_worst`), stiffness and interference, 0 to 10, and the "
            "dose. A question without an answer is absent."
        )
    )


class SparklineSchema(Schema):
    """Course of the last 28 days in short."""

    first_day = fields.Date(
        data_key="from", **required("Local date of the first level. The last one is today's.")
    )
    levels = fields.List(
        fields.Float(allow_none=True),
        **required("Level of pain, 0 to 10, on each of the 28 days. Null: no level on this day."),
    )
    usual = fields.Float(**nullable("Usual level of pain. Null: not known yet."))
    last = fields.Nested(LastAnswersSchema, **nullable("The newest entry. Null: no entry."))


class WaitingPatientReferenceSchema(PatientReferenceSchema):
    """The patient of an item of the worklist."""

    team_id = fields.UUID(**required("Team responsible for the patient."))
    phone = fields.String(**nullable("Telephone number. Null: not known."))
    weeks_on_ai = fields.Integer(**nullable("Completed weeks on the aromatase inhibitor. Null: not known."))
    paused_until = fields.Date(**nullable("Date on which reminders resume after a pause. Null: no pause."))


class WaitingPatientSchema(Schema):
    """A patient who waits, with all alerts that are not closed."""

    patient = fields.Nested(WaitingPatientReferenceSchema, **required("The patient."))
    tier = OneOf(Tier, **required("Urgency of the worst alert."))
    kind = OneOf(FindingKind, **required("Kind of the worst alert."))
    emergency = fields.Boolean(**required("True: the worst alert is a red flag that may be an emergency."))
    reason = fields.String(**required("Reason of the worst alert in one sentence, with the numbers."))
    waiting_since = Moment(**required("Opening of the oldest of the alerts."))
    held_back = fields.Nested(
        HeldBackSchema, **nullable("Set while the notification of the worst alert is held back.")
    )
    alerts = fields.List(
        fields.Nested(WaitingAlertSchema), **required("All alerts that are not closed, the worst first.")
    )
    spark = fields.Nested(
        SparklineSchema, metadata=about("Course of the last 28 days. Present only with `include=spark`.")
    )


class BudgetUseSchema(Schema):
    """Use of the site's alert budget in the present week, in patients."""

    since = Moment(**required("Start of the week."))
    notified = fields.Integer(
        **required("Patients of this week's notifications. Those that are never held back are not counted.")
    )
    budget = fields.Integer(**required("Patients that the budget allows a week."))


def _section(item: type[Schema], name: str, description: str) -> fields.Nested:
    """Return the field of a section of ``item``."""
    content: dict[str, fields.Field[Any]] = {
        "items": fields.List(fields.Nested(item), **required("The first 100 patients.")),
        "count": fields.Integer(**required("Number of all patients of this section.")),
    }
    section: Any = Schema.from_dict(content, name=name)
    section.__doc__ = description
    return fields.Nested(section, **required(description))


class WorklistSummarySchema(Schema):
    """Counts of all patients of the caller who wait, and patients listed beside them. No filter applies."""

    patients = fields.Integer(**required("Patients with an open or acknowledged alert."))
    same_day = fields.Integer(**required("Those whose worst alert is to be answered on the same day."))
    unassigned = fields.Integer(**required("Those with an alert that is assigned to nobody."))
    held_back = fields.Integer(**required("Those whose alerts are all held back by the alert budget."))
    waiting_since = Moment(
        **nullable("Opening of the alert that nobody has answered for longest. Null: none waits.")
    )
    alerts = fields.Dict(
        keys=fields.String(), values=fields.Integer(), **required("Number of alerts, by status.")
    )
    alert_budget = fields.Nested(BudgetUseSchema, **required("Use of the site's alert budget in this week."))
    not_scored = _section(
        UnscoredPatientSchema, "UnscoredPatients", "Patients whose entries could not be scored."
    )
    rejected_entries = _section(
        PatientWithRejectedEntriesSchema,
        "PatientsWithRejectedEntries",
        "Patients with rejected entries that need a review.",
    )
    unheard_from = _section(
        UnheardFromPatientSchema, "UnheardFromPatients", "Patients who have not responded to reminders."
    )
    signed_out = _section(
        SignedOutPatientSchema,
        "SignedOutPatients",
        "Patients whose last device was signed out other than by themselves.",
    )


class WorklistSchema(Schema):
    """Patients who wait, worst first."""

    items = fields.List(fields.Nested(WaitingPatientSchema), **required("Patients, worst first."))
    next = fields.String(**nullable("Cursor of the next page: send it as `cursor`. Null at the end."))
    more = fields.Boolean(**required("True: another page follows."))
    summary = fields.Nested(
        WorklistSummarySchema, **nullable("Counts of the whole worklist. Null on later pages.")
    )


class WorklistQuerySchema(PageQuery):
    """Query parameters of the worklist."""

    status = fields.List(
        OneOf(WAITING),
        metadata=about(
            "Only patients with an alert of this status. Repeat it for several. "
            "Default: `open` and `acknowledged`."
        ),
    )
    tier = OneOf(Tier, metadata=about("Only patients whose worst alert has this urgency."))
    kind = OneOf(FindingKind, metadata=about("Only patients with an alert of this kind."))
    assigned_to = fields.String(
        validate=validate.Regexp(
            r"^(me|none|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})\Z", error="Not me, none or an id."
        ),
        metadata=about(
            "Only patients with an alert assigned to the caller (`me`), to nobody (`none`) or to the member "
            "of staff with this id.",
            pattern="^(me|none|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$",
        ),
    )
    team_id = fields.UUID(metadata=about("Only patients of this team."))
    held_back = fields.Boolean(
        metadata=about("True: only patients whose alerts are all held back. False: only the others.")
    )
    waiting_over = fields.Integer(
        validate=validate.Range(0, LONGEST_WAIT_H),
        metadata=about("Only patients who have waited for more than this number of hours."),
    )
    include = OneOf(["spark"], metadata=about("`spark`: the course of the last 28 days of each patient."))
