"""Alerts on the wire."""

from marshmallow import Schema, fields, validate

from api.domain.alerts.finding import FindingKind, Severity, Tier
from api.domain.alerts.status import AlertResolution, AlertStatus
from api.schemas.fields import Moment, Strict, Text
from api.schemas.guidance import GuidanceItemSchema
from api.schemas.reporting_pattern import ReportingPatternSchema
from api.schemas.score import ScoreWithRiskSchema
from api.schemas.staff import NamedReferenceSchema

KINDS = [kind.value for kind in FindingKind]
TIERS = [tier.value for tier in Tier]
STATUSES = [status.value for status in AlertStatus]
OUTCOMES = [outcome.value for outcome in AlertResolution]


class EvidenceSchema(Schema):
    """One finding an alert stands on, with all that is needed to check it by hand."""

    kind = fields.String(
        required=True, validate=validate.OneOf(KINDS), metadata={"description": "Which finding it is."}
    )
    tier = fields.String(
        required=True,
        validate=validate.OneOf(TIERS),
        metadata={"description": "How urgent the finding is: `same_day`, `routine` or `self_care`."},
    )
    day = fields.Date(required=True, metadata={"description": "The local day it was found on."})
    raised_at = fields.AwareDateTime(
        required=True, metadata={"description": "The moment of the entry that shows it."}
    )
    reason = fields.String(
        required=True, metadata={"description": "Why, in a sentence with its numbers. Show it as it is."}
    )
    values = fields.Dict(
        required=True,
        metadata={"description": "Every input of the rule by name, with its value."},
        attribute="numbers",
    )
    source = fields.String(
        required=True, metadata={"description": "Where the rule and its threshold come from."}
    )
    engine = fields.String(
        required=True, metadata={"description": "Content hash of the engine and policy that found it."}
    )
    withdrawn_at = fields.AwareDateTime(
        allow_none=True,
        metadata={
            "description": "When the entries no longer showed it. A statement of safety keeps its alert open "
            "all the same: the patient has taken it back, and a person closes it."
        },
    )
    from_rejected_entry = fields.Boolean(
        attribute="kept",
        metadata={"description": "Stated in something that was refused or in conflict: look at it yourself."},
    )


class AlertEventSchema(Schema):
    """One step in an alert's life."""

    at = fields.AwareDateTime(required=True, metadata={"description": "When it happened."})
    action = fields.String(
        required=True,
        metadata={"description": "What happened, such as `opened`, `acknowledged` or `resolved`."},
    )
    by = fields.String(
        allow_none=True, metadata={"description": "The member of staff who did it; null: the system."}
    )
    note = fields.String(allow_none=True, metadata={"description": "What was written with it."})


class AlertPatientSchema(Schema):
    """Whom an alert is about."""

    id = fields.UUID(required=True, metadata={"description": "The patient's id."})
    reference = fields.String(
        required=True, metadata={"description": "The site's own number for the patient."}
    )
    name = fields.String(required=True, metadata={"description": "The patient's name."})
    phone = fields.String(
        allow_none=True, metadata={"description": "Telephone number as the team has it; null: none."}
    )
    birth_year = fields.Integer(required=True, metadata={"description": "Year of birth."})
    ai = fields.String(
        allow_none=True,
        metadata={"description": "Which aromatase inhibitor the patient takes; null: not known."},
    )
    ai_started_on = fields.Date(
        allow_none=True, metadata={"description": "First day of the aromatase inhibitor; null: not known."}
    )
    weeks_on_ai = fields.Integer(
        allow_none=True, metadata={"description": "Whole weeks since `ai_started_on`; null: not known."}
    )
    timezone = fields.String(
        required=True, metadata={"description": "IANA time zone on whose clock the patient's days are."}
    )
    paused_until = fields.Date(
        allow_none=True,
        metadata={"description": "She has paused her reminders; first day on which she is reminded again."},
    )
    last_entry_at = fields.AwareDateTime(
        allow_none=True, metadata={"description": "When the newest entry was recorded; null: there is none."}
    )
    scoring_status = fields.String(required=True, metadata={"description": "`scored`, or why not."})
    reporting = fields.Nested(
        ReportingPatternSchema,
        allow_none=True,
        metadata={"description": "Whether she still writes; null: no entry yet, or not scored."},
    )


class HeldBackSchema(Schema):
    """Why the team was not told of an alert yet."""

    reason = fields.String(
        required=True, metadata={"description": "Why the team was not told yet, in a sentence."}
    )
    rank = fields.Integer(
        required=True, metadata={"description": "By expected harm, those the team was told of first."}
    )
    until = fields.AwareDateTime(
        required=True, metadata={"description": "When the team is told at the latest."}
    )


class AlertSchema(Schema):
    """An alert, with what a nurse needs to decide."""

    id = fields.UUID(required=True, metadata={"description": "The alert's id."})
    kind = fields.String(
        required=True, validate=validate.OneOf(KINDS), metadata={"description": "Which finding it stands on."}
    )
    tier = fields.String(
        required=True,
        validate=validate.OneOf(TIERS),
        metadata={
            "description": "How urgent it is: `same_day`, `routine` (two working days) or `self_care` "
            "(for the patient only)."
        },
    )
    emergency = fields.Boolean(
        required=True,
        metadata={
            "description": "It stands on a red flag that can be an emergency now; the patient was given the "
            "emergency number at once."
        },
    )
    status = fields.String(
        required=True,
        validate=validate.OneOf(STATUSES),
        metadata={
            "description": "Where the answer stands; `open` and `acknowledged` still wait for the team."
        },
    )
    reason = fields.String(
        required=True,
        metadata={
            "description": "Why it was raised, in a sentence with the numbers it rests on. Show it as it is."
        },
    )
    first_day = fields.Date(required=True, metadata={"description": "The first local day of the evidence."})
    raised_at = fields.AwareDateTime(
        required=True,
        metadata={
            "description": "The moment of the first entry that shows it; may lie before `opened_at` where "
            "entries came late."
        },
    )
    opened_at = fields.AwareDateTime(required=True, metadata={"description": "When the server opened it."})
    notified = fields.Integer(
        required=True,
        attribute="times_notified",
        metadata={"description": "How many times the team was told."},
    )
    notified_at = fields.AwareDateTime(
        attribute="last_notified_at",
        allow_none=True,
        metadata={"description": "The last time the team was told; null: not yet."},
    )
    held_back = fields.Nested(
        HeldBackSchema,
        required=True,
        allow_none=True,
        metadata={"description": "Set while the alert budget of the week is full; answer it all the same."},
    )
    next_rung_at = fields.AwareDateTime(
        allow_none=True,
        metadata={
            "description": "When the next step of the ladder is told unless somebody answers; null: "
            "nobody else is."
        },
    )
    acknowledged_at = fields.AwareDateTime(
        allow_none=True, metadata={"description": "When somebody of the team took it on; null: nobody has."}
    )
    acknowledged_by_staff = fields.Nested(
        NamedReferenceSchema,
        allow_none=True,
        metadata={"description": "The same member of staff, with the name."},
    )
    acknowledged_by = fields.UUID(
        allow_none=True, metadata={"description": "The member of staff who took it on."}
    )
    reopens_at = fields.AwareDateTime(
        allow_none=True,
        metadata={"description": "When a snoozed or acknowledged alert opens again unless it is resolved."},
    )
    closed_at = fields.AwareDateTime(
        allow_none=True,
        metadata={"description": "When it was resolved or retracted; null: it is not closed."},
    )
    closed_by_staff = fields.Nested(
        NamedReferenceSchema,
        allow_none=True,
        metadata={"description": "The same member of staff, with the name."},
    )
    closed_by = fields.UUID(
        allow_none=True,
        metadata={
            "description": "The member of staff who resolved it; null: not closed, or retracted because "
            "the entries no longer show it."
        },
    )
    outcome = fields.String(
        allow_none=True,
        validate=validate.OneOf(OUTCOMES),
        metadata={"description": "What came of it, as the resolution says; null: not resolved."},
    )
    version = fields.Integer(
        required=True,
        metadata={"description": "Counts changes, from 1; as in the ETag. Send it in If-Match."},
    )
    patient = fields.Nested(
        AlertPatientSchema, required=True, metadata={"description": "The patient it is about."}
    )
    score = fields.Nested(
        ScoreWithRiskSchema,
        allow_none=True,
        metadata={"description": "The newest score of the patient; null: there is none."},
    )
    evidence = fields.List(
        fields.Nested(EvidenceSchema),
        required=True,
        metadata={"description": "The findings it stands on, oldest first."},
    )
    history = fields.List(fields.Nested(AlertEventSchema), metadata={"description": "One alert's page only."})
    guidance = fields.List(
        fields.Nested(GuidanceItemSchema),
        metadata={
            "description": "One alert's page only: what the site has approved for this severity, for staff. "
            "Show verdict, evidence and correction with the words. No treatment beside a red flag or an "
            "atypical picture."
        },
    )
    guidance_severity = fields.String(
        allow_none=True,
        validate=validate.OneOf([severity.value for severity in Severity]),
        metadata={
            "description": "One alert's page only: the severity it was chosen by; null: not known, and only "
            "what holds at any severity is there."
        },
    )


class AlertSnoozeSchema(Strict):
    """Until when, and why."""

    until = Moment(required=True, metadata={"description": "Within 31 days; same-day tier: 12 hours."})
    note = Text(max=2000, lines=True, metadata={"description": "Why, for the team."})


class AlertResolutionSchema(Strict):
    """What came of it."""

    outcome = fields.String(
        required=True, validate=validate.OneOf(OUTCOMES), metadata={"description": "What came of it."}
    )
    note = Text(max=2000, lines=True, metadata={"description": "What else is worth knowing, for the team."})


class AlertNoteSchema(Strict):
    """A note for the team."""

    note = Text(max=2000, lines=True, required=True, metadata={"description": "The note, for the team only."})
