"""Schemas of alerts."""

from marshmallow import Schema, fields

from api.domain.alerts.finding import FindingKind, Severity, Tier
from api.domain.alerts.status import AlertResolution, AlertStatus
from api.schemas.fields import OneOf, about, absent_or_null, etag_field, nullable, required
from api.schemas.guidance import GuidanceItemSchema
from api.schemas.patient_fields import PatientReferenceSchema
from api.schemas.reporting_pattern import ReportingPatternSchema
from api.schemas.score import ScoreWithRiskSchema
from api.schemas.staff import NamedReferenceSchema


class EvidenceSchema(Schema):
    """One finding behind an alert, with everything needed to check it by hand."""

    kind = OneOf(FindingKind, **required("Kind of finding."))
    tier = OneOf(Tier, **required("Urgency of the finding: `same_day`, `routine` or `self_care`."))
    day = fields.Date(**required("Local date of the finding."))
    raised_at = fields.AwareDateTime(**required("Time of the entry that shows the finding."))
    reason = fields.String(**required("Reason in one sentence, with the numbers. Show it unchanged."))
    values = fields.Dict(attribute="numbers", **required("Inputs of the rule, by name."))
    source = fields.String(**required("Source of the rule and its threshold."))
    engine = fields.String(**required("Content hash of the engine and policy."))
    withdrawn_at = fields.AwareDateTime(
        **absent_or_null(
            "Time from which the entries no longer show the finding. An alert for a "
            "safety statement stays open: the patient has withdrawn the statement, and a"
            " member of staff closes the alert."
        )
    )
    from_rejected_entry = fields.Boolean(
        **required("True: read in a rejected or conflicting entry. Review that entry.")
    )


class AlertEventSchema(Schema):
    """One event in the history of an alert."""

    at = fields.AwareDateTime(**required("Time of the event."))
    action = fields.String(**required("Type of event, such as `opened`, `acknowledged` or `resolved`."))
    by = fields.Nested(NamedReferenceSchema, **nullable("The member of staff. Null: the system."))
    assigned_to = fields.Nested(
        NamedReferenceSchema, **nullable("Member of staff to whom an `assigned` alert was assigned.")
    )
    note = fields.String(**absent_or_null("Note of the member of staff."))


class AlertPatientSchema(PatientReferenceSchema):
    """The patient of an alert."""

    phone = fields.String(**absent_or_null("Telephone number. Null: not known."))
    birth_year = fields.Integer(**required("Year of birth."))
    ai = fields.String(**absent_or_null("Aromatase inhibitor that the patient takes. Null: not known."))
    ai_started_on = fields.Date(**absent_or_null("First day of the aromatase inhibitor. Null: not known."))
    weeks_on_ai = fields.Integer(**absent_or_null("Completed weeks since `ai_started_on`. Null: not known."))
    timezone = fields.String(**required("IANA time zone that defines the patient's local dates."))
    paused_until = fields.Date(
        **absent_or_null("Date on which reminders resume after a pause. Null: no pause.")
    )
    last_entry_at = fields.AwareDateTime(**absent_or_null("Time of the newest entry. Null: no entry."))
    scoring_status = fields.String(**required("`scored`, or the reason why there is no score."))
    reporting = fields.Nested(
        ReportingPatternSchema,
        **absent_or_null("How often the patient makes entries. Null: no entry, or not scored."),
    )


class HeldBackSchema(Schema):
    """Reason why the notification of an alert is held back."""

    reason = fields.String(**required("Reason in one sentence."))
    rank = fields.Integer(**required("Rank by expected harm. Alerts with a notification rank first."))
    until = fields.AwareDateTime(**required("Latest time of the notification."))


class AlertSchema(Schema):
    """An alert with the patient, the score and the evidence."""

    id = fields.UUID(**required("The alert's id."))
    kind = OneOf(FindingKind, **required("Kind of finding that raised the alert."))
    tier = OneOf(
        Tier,
        **required(
            "Urgency: `same_day`, `routine` (two working days) or `self_care` (for the patient only)."
        ),
    )
    emergency = fields.Boolean(
        **required(
            "True: a red flag that may be an emergency. The patient received the emergency number at once."
        )
    )
    status = OneOf(AlertStatus, **required("Status. `open` and `acknowledged` require action by the team."))
    reason = fields.String(**required("Reason in one sentence, with the numbers. Show it unchanged."))
    first_day = fields.Date(**required("First local date of the evidence."))
    raised_at = fields.AwareDateTime(
        **required(
            "Time of the first entry that shows the finding. It is earlier than "
            "`opened_at` if entries arrived late."
        )
    )
    opened_at = fields.AwareDateTime(**required("Time at which the server opened the alert."))
    notified = fields.Integer(attribute="times_notified", **required("Number of notifications of the team."))
    notified_at = fields.AwareDateTime(
        **absent_or_null("Time of the last notification. Null: no notification yet.")
    )
    held_back = fields.Nested(
        HeldBackSchema,
        **nullable(
            "Set while the notification is held back because the weekly alert budget is used"
            " up. The alert still requires an answer."
        ),
    )
    next_rung_at = fields.AwareDateTime(
        **absent_or_null(
            "Time at which the next rung of the ladder is notified unless the alert is "
            "answered. Null: there is no further rung."
        )
    )
    acknowledged_at = fields.AwareDateTime(
        **absent_or_null("Time of the acknowledgement. Null: not acknowledged.")
    )
    acknowledged_by = fields.Nested(
        NamedReferenceSchema, **nullable("Member of staff who acknowledged the alert. Null: nobody.")
    )
    assigned_to = fields.Nested(
        NamedReferenceSchema, **nullable("Member of staff who takes care of the alert. Null: nobody.")
    )
    reopens_at = fields.AwareDateTime(
        **absent_or_null("Time at which a snoozed or acknowledged alert opens again unless it is resolved.")
    )
    closed_at = fields.AwareDateTime(
        **absent_or_null("Time at which the alert was resolved or retracted. Null: not closed.")
    )
    resolved_by = fields.Nested(
        NamedReferenceSchema,
        **nullable(
            "Member of staff who resolved the alert. Null: not closed, or retracted "
            "because the entries no longer show the finding."
        ),
    )
    outcome = OneOf(AlertResolution, **absent_or_null("Outcome of the resolution. Null: not resolved."))
    version = etag_field()
    patient = fields.Nested(AlertPatientSchema, **required("The patient."))
    score = fields.Nested(
        ScoreWithRiskSchema, **absent_or_null("The patient's newest score. Null: no score.")
    )
    evidence = fields.List(
        fields.Nested(EvidenceSchema), **required("The findings behind the alert, oldest first.")
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
    guidance_severity = OneOf(
        Severity,
        **absent_or_null(
            "Severity by which `guidance` was selected. Present only in responses with "
            "one alert. Null: not known; `guidance` then contains only items for every "
            "severity."
        ),
    )
