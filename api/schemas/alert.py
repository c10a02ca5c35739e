"""Schemas of alerts."""

from marshmallow import Schema, fields, validate

from api.domain.alerts.finding import FindingKind, Severity, Tier
from api.domain.alerts.status import AlertResolution, AlertStatus
from api.schemas.fields import about, etag_field
from api.schemas.guidance import GuidanceItemSchema
from api.schemas.patient_fields import PatientReferenceSchema
from api.schemas.reporting_pattern import ReportingPatternSchema
from api.schemas.score import ScoreWithRiskSchema
from api.schemas.staff import NamedReferenceSchema

KINDS = [kind.value for kind in FindingKind]
TIERS = [tier.value for tier in Tier]
STATUSES = [status.value for status in AlertStatus]
OUTCOMES = [outcome.value for outcome in AlertResolution]


class EvidenceSchema(Schema):
    """One finding behind an alert, with everything needed to check it by hand."""

    kind = fields.String(required=True, validate=validate.OneOf(KINDS), metadata=about("Kind of finding."))
    tier = fields.String(
        required=True,
        validate=validate.OneOf(TIERS),
        metadata=about("Urgency of the finding: `same_day`, `routine` or `self_care`."),
    )
    day = fields.Date(required=True, metadata=about("Local date of the finding."))
    raised_at = fields.AwareDateTime(
        required=True, metadata=about("Time of the entry that shows the finding.")
    )
    reason = fields.String(
        required=True, metadata=about("Reason in one sentence, with the numbers. Show it unchanged.")
    )
    values = fields.Dict(required=True, metadata=about("Inputs of the rule, by name."), attribute="numbers")
    source = fields.String(required=True, metadata=about("Source of the rule and its threshold."))
    engine = fields.String(required=True, metadata=about("Content hash of the engine and policy."))
    withdrawn_at = fields.AwareDateTime(
        allow_none=True,
        metadata=about(
            "Time from which the entries no longer show the finding. An alert for a "
            "safety statement stays open: the patient has withdrawn the statement, and a"
            " member of staff closes the alert."
        ),
    )
    from_rejected_entry = fields.Boolean(
        required=True, metadata=about("True: read in a rejected or conflicting entry. Review that entry.")
    )


class AlertEventSchema(Schema):
    """One event in the history of an alert."""

    at = fields.AwareDateTime(required=True, metadata=about("Time of the event."))
    action = fields.String(
        required=True, metadata=about("Type of event, such as `opened`, `acknowledged` or `resolved`.")
    )
    by = fields.String(allow_none=True, metadata=about("Name of the member of staff. Null: the system."))
    note = fields.String(allow_none=True, metadata=about("Note of the member of staff."))


class AlertPatientSchema(PatientReferenceSchema):
    """The patient of an alert."""

    phone = fields.String(allow_none=True, metadata=about("Telephone number. Null: not known."))
    birth_year = fields.Integer(required=True, metadata=about("Year of birth."))
    ai = fields.String(
        allow_none=True, metadata=about("Aromatase inhibitor that the patient takes. Null: not known.")
    )
    ai_started_on = fields.Date(
        allow_none=True, metadata=about("First day of the aromatase inhibitor. Null: not known.")
    )
    weeks_on_ai = fields.Integer(
        allow_none=True, metadata=about("Completed weeks since `ai_started_on`. Null: not known.")
    )
    timezone = fields.String(
        required=True, metadata=about("IANA time zone that defines the patient's local dates.")
    )
    paused_until = fields.Date(
        allow_none=True, metadata=about("Date on which reminders resume after a pause. Null: no pause.")
    )
    last_entry_at = fields.AwareDateTime(
        allow_none=True, metadata=about("Time of the newest entry. Null: no entry.")
    )
    scoring_status = fields.String(
        required=True, metadata=about("`scored`, or the reason why there is no score.")
    )
    reporting = fields.Nested(
        ReportingPatternSchema,
        allow_none=True,
        metadata=about("How often the patient makes entries. Null: no entry, or not scored."),
    )


class HeldBackSchema(Schema):
    """Reason why the notification of an alert is held back."""

    reason = fields.String(required=True, metadata=about("Reason in one sentence."))
    rank = fields.Integer(
        required=True, metadata=about("Rank by expected harm. Alerts with a notification rank first.")
    )
    until = fields.AwareDateTime(required=True, metadata=about("Latest time of the notification."))


class AlertSchema(Schema):
    """An alert with the patient, the score and the evidence."""

    id = fields.UUID(required=True, metadata=about("The alert's id."))
    kind = fields.String(
        required=True,
        validate=validate.OneOf(KINDS),
        metadata=about("Kind of finding that raised the alert."),
    )
    tier = fields.String(
        required=True,
        validate=validate.OneOf(TIERS),
        metadata=about(
            "Urgency: `same_day`, `routine` (two working days) or `self_care` (for the patient only)."
        ),
    )
    emergency = fields.Boolean(
        required=True,
        metadata=about(
            "True: a red flag that may be an emergency. The patient received the emergency number at once."
        ),
    )
    status = fields.String(
        required=True,
        validate=validate.OneOf(STATUSES),
        metadata=about("Status. `open` and `acknowledged` require action by the team."),
    )
    reason = fields.String(
        required=True, metadata=about("Reason in one sentence, with the numbers. Show it unchanged.")
    )
    first_day = fields.Date(required=True, metadata=about("First local date of the evidence."))
    raised_at = fields.AwareDateTime(
        required=True,
        metadata=about(
            "Time of the first entry that shows the finding. It is earlier than "
            "`opened_at` if entries arrived late."
        ),
    )
    opened_at = fields.AwareDateTime(
        required=True, metadata=about("Time at which the server opened the alert.")
    )
    notified = fields.Integer(
        required=True, attribute="times_notified", metadata=about("Number of notifications of the team.")
    )
    notified_at = fields.AwareDateTime(
        allow_none=True, metadata=about("Time of the last notification. Null: no notification yet.")
    )
    held_back = fields.Nested(
        HeldBackSchema,
        required=True,
        allow_none=True,
        metadata=about(
            "Set while the notification is held back because the weekly alert budget is used"
            " up. The alert still requires an answer."
        ),
    )
    next_rung_at = fields.AwareDateTime(
        allow_none=True,
        metadata=about(
            "Time at which the next rung of the ladder is notified unless the alert is "
            "answered. Null: there is no further rung."
        ),
    )
    acknowledged_at = fields.AwareDateTime(
        allow_none=True, metadata=about("Time of the acknowledgement. Null: not acknowledged.")
    )
    acknowledged_by_staff = fields.Nested(
        NamedReferenceSchema, allow_none=True, metadata=about("The same member of staff, with name.")
    )
    acknowledged_by = fields.UUID(
        allow_none=True, metadata=about("Member of staff who acknowledged the alert.")
    )
    reopens_at = fields.AwareDateTime(
        allow_none=True,
        metadata=about("Time at which a snoozed or acknowledged alert opens again unless it is resolved."),
    )
    closed_at = fields.AwareDateTime(
        allow_none=True,
        metadata=about("Time at which the alert was resolved or retracted. Null: not closed."),
    )
    closed_by_staff = fields.Nested(
        NamedReferenceSchema, allow_none=True, metadata=about("The same member of staff, with name.")
    )
    closed_by = fields.UUID(
        allow_none=True,
        metadata=about(
            "Member of staff who resolved the alert. Null: not closed, or retracted "
            "because the entries no longer show the finding."
        ),
    )
    outcome = fields.String(
        allow_none=True,
        validate=validate.OneOf(OUTCOMES),
        metadata=about("Outcome of the resolution. Null: not resolved."),
    )
    version = etag_field()
    patient = fields.Nested(AlertPatientSchema, required=True, metadata=about("The patient."))
    score = fields.Nested(
        ScoreWithRiskSchema, allow_none=True, metadata=about("The patient's newest score. Null: no score.")
    )
    evidence = fields.List(
        fields.Nested(EvidenceSchema),
        required=True,
        metadata=about("The findings behind the alert, oldest first."),
    )
    history = fields.List(
        fields.Nested(AlertEventSchema),
        metadata=about("Events of the alert. Present only in responses with one alert."),
    )
    guidance = fields.List(
        fields.Nested(GuidanceItemSchema),
        metadata=about(
            "Guidance for staff that the site has approved for this severity. Present "
            "only in responses with one alert. Show verdict, evidence and correction "
            "with the text. It contains no treatment for a red flag or an atypical "
            "picture."
        ),
    )
    guidance_severity = fields.String(
        allow_none=True,
        validate=validate.OneOf([severity.value for severity in Severity]),
        metadata=about(
            "Severity by which `guidance` was selected. Present only in responses with "
            "one alert. Null: not known; `guidance` then contains only items for every "
            "severity."
        ),
    )
