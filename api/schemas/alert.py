"""Alerts on the wire."""

from marshmallow import Schema, fields, validate

from api.domain.answering import AlertStatus, Outcome
from api.domain.findings import FindingKind, Severity, Tier
from api.schemas.fields import Moment, Strict, Text
from api.schemas.guidance import GuidanceItemSchema
from api.schemas.reporting import ReportingSchema

KINDS = [kind.value for kind in FindingKind]
TIERS = [tier.value for tier in Tier]
STATUSES = [status.value for status in AlertStatus]
OUTCOMES = [outcome.value for outcome in Outcome]


class EvidenceSchema(Schema):
    """One finding an alert stands on, with all that is needed to check it by hand."""

    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    tier = fields.String(required=True, validate=validate.OneOf(TIERS))
    day = fields.Date(required=True)
    raised_at = fields.AwareDateTime(required=True)
    reason = fields.String(required=True)
    numbers = fields.Dict(required=True)
    source = fields.String(required=True)
    engine = fields.String(required=True)
    withdrawn_at = fields.AwareDateTime(
        allow_none=True,
        metadata={
            "description": "When the entries no longer showed it. A statement of safety keeps its alert open "
            "all the same: the patient has taken it back, and a person closes it."
        },
    )
    from_refused_item = fields.Boolean(
        attribute="kept",
        metadata={"description": "Stated in something that was refused or in conflict: look at it yourself."},
    )


class AlertEventSchema(Schema):
    """One step in an alert's life."""

    at = fields.AwareDateTime(required=True)
    action = fields.String(required=True)
    by = fields.String(allow_none=True)
    note = fields.String(allow_none=True)


class AlertPatientSchema(Schema):
    """Whom an alert is about."""

    id = fields.UUID(required=True)
    reference = fields.String(required=True)
    name = fields.String(required=True)
    phone = fields.String(allow_none=True)
    birth_year = fields.Integer(required=True)
    ai = fields.String(allow_none=True)
    ai_started_on = fields.Date(allow_none=True)
    weeks_on_ai = fields.Integer(allow_none=True)
    timezone = fields.String(required=True)
    paused_until = fields.Date(
        allow_none=True,
        metadata={"description": "She has paused her reminders; first day on which she is reminded again."},
    )
    last_entry_at = fields.AwareDateTime(allow_none=True)
    scoring = fields.String(required=True, metadata={"description": "`scored`, or why not."})
    reporting = fields.Nested(
        ReportingSchema,
        allow_none=True,
        metadata={"description": "Whether she still writes; null: no entry yet, or not scored."},
    )


class OwnScoreSchema(Schema):
    """Where she stands on one day with an entry, as she sees it herself."""

    local_date = fields.Date(required=True)
    severity = fields.String(allow_none=True, validate=validate.OneOf([s.value for s in Severity]))
    pain_level = fields.Float(allow_none=True, metadata={"description": "0-10, higher is worse"})
    pain_baseline = fields.Float(allow_none=True, metadata={"description": "0-10, higher is worse"})
    pain_change = fields.Float(allow_none=True, metadata={"description": "positive is worse"})
    pain_change_low = fields.Float(allow_none=True, metadata={"description": "Of the 95% interval."})
    pain_change_high = fields.Float(allow_none=True, metadata={"description": "Of the 95% interval."})
    p_worsening = fields.Float(allow_none=True, metadata={"description": "0-1"})
    stiffness_level = fields.Float(allow_none=True, metadata={"description": "0-10, higher is worse"})
    interference_level = fields.Float(allow_none=True, metadata={"description": "0-10, higher is worse"})
    self_reported_pdc_7d = fields.Float(
        allow_none=True, metadata={"description": "0-1, higher is better; self-report overstates adherence"}
    )
    self_reported_pdc_28d = fields.Float(allow_none=True, metadata={"description": "0-1, higher is better"})
    unknown_doses_28d = fields.Integer(required=True)
    status = fields.String(required=True)
    engine = fields.String(required=True)


class PresentScoreSchema(OwnScoreSchema):
    """Where she stands on one day with an entry, as her team sees it."""

    risk_90d = fields.Float(allow_none=True, metadata={"description": "0-1; null: not enough data"})
    risk_90d_low = fields.Float(allow_none=True, metadata={"description": "Of the 95% interval."})
    risk_90d_high = fields.Float(allow_none=True, metadata={"description": "Of the 95% interval."})


class HeldBackSchema(Schema):
    """Why the team was not told of an alert yet."""

    reason = fields.String(required=True)
    rank = fields.Integer(
        required=True, metadata={"description": "By expected harm, those the team was told of first."}
    )
    until = fields.AwareDateTime(
        required=True, metadata={"description": "When the team is told at the latest."}
    )


class AlertSchema(Schema):
    """An alert, with what a nurse needs to decide."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    tier = fields.String(required=True, validate=validate.OneOf(TIERS))
    emergency = fields.Boolean(
        required=True,
        metadata={
            "description": "It stands on a red flag that can be an emergency now; the patient was given the "
            "emergency number at once."
        },
    )
    status = fields.String(required=True, validate=validate.OneOf(STATUSES))
    reason = fields.String(required=True)
    first_day = fields.Date(required=True)
    raised_at = fields.AwareDateTime(required=True)
    opened_at = fields.AwareDateTime(required=True)
    told = fields.Integer(required=True, metadata={"description": "How many times the team was told."})
    told_at = fields.AwareDateTime(
        allow_none=True, metadata={"description": "The last time the team was told; null: not yet."}
    )
    held_back = fields.Nested(
        HeldBackSchema,
        required=True,
        allow_none=True,
        metadata={"description": "Set while the alert budget of the week is full; answer it all the same."},
    )
    next_rung_at = fields.AwareDateTime(allow_none=True)
    acknowledged_at = fields.AwareDateTime(allow_none=True)
    acknowledged_by = fields.UUID(allow_none=True)
    comes_back_at = fields.AwareDateTime(
        allow_none=True,
        metadata={"description": "When a snoozed or acknowledged alert opens again unless it is resolved."},
    )
    closed_at = fields.AwareDateTime(allow_none=True)
    closed_by = fields.UUID(allow_none=True)
    outcome = fields.String(allow_none=True, validate=validate.OneOf(OUTCOMES))
    version = fields.Integer(required=True)
    patient = fields.Nested(AlertPatientSchema, required=True)
    score = fields.Nested(PresentScoreSchema, allow_none=True)
    evidence = fields.List(fields.Nested(EvidenceSchema), required=True)
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


class NotScoredSchema(Schema):
    """A patient whose entries are kept but could not be scored."""

    id = fields.UUID(required=True)
    reference = fields.String(required=True)
    name = fields.String(required=True)


class UnheardFromSchema(Schema):
    """A patient who was asked and reminded, and from whom nothing has come."""

    id = fields.UUID(required=True)
    reference = fields.String(required=True)
    name = fields.String(required=True)
    since = fields.Date(required=True, metadata={"description": "When she was first asked, her day."})
    reason = fields.String(required=True)


class SignedOutSchema(Schema):
    """A patient whose last device was signed out by something other than the patient."""

    id = fields.UUID(required=True)
    reference = fields.String(required=True)
    name = fields.String(required=True)
    signed_out_at = Moment(required=True)


class RefusedItemsSchema(Schema):
    """A patient of whom we refused something that nobody has looked at yet."""

    id = fields.UUID(required=True)
    reference = fields.String(required=True)
    name = fields.String(required=True)
    refused = fields.Integer(required=True, metadata={"description": "How many items; at least."})
    newest_at = fields.AwareDateTime(
        required=True, metadata={"description": "Send it as `until` once you have looked at them."}
    )


class WorklistSchema(Schema):
    """Alerts, worst first."""

    items = fields.List(fields.Nested(AlertSchema), required=True)
    next = fields.String(required=True, allow_none=True)
    not_scored = fields.List(
        fields.Nested(NotScoredSchema),
        required=True,
        metadata={"description": "Patients whose entries could not be scored: look at them yourself."},
    )
    unheard_from = fields.List(
        fields.Nested(UnheardFromSchema),
        required=True,
        metadata={
            "description": "Patients who answer no reminder: no alert, a reason to call. Those with an alert "
            "of silence, or in a pause of their own, are not here."
        },
    )
    signed_out = fields.List(
        fields.Nested(SignedOutSchema),
        required=True,
        metadata={
            "description": "Patients who have no device any more and did not sign out themselves: they "
            "cannot send anything until somebody makes a new activation code."
        },
    )
    refused = fields.List(
        fields.Nested(RefusedItemsSchema),
        required=True,
        metadata={
            "description": "Refused by us: look yourself. Patients whose phones sent what could not be read, "
            "newest first; `/v1/patients/{id}/rejected-entries` has it."
        },
    )
    counts = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        required=True,
        metadata={"description": "How many of the caller's patients' alerts stand in each status."},
    )


class WorklistQuerySchema(Strict):
    """What to show; left out, what waits."""

    status = fields.List(
        fields.String(validate=validate.OneOf(STATUSES)),
        metadata={"description": "Repeat for several; left out: open and acknowledged."},
    )
    tier = fields.String(validate=validate.OneOf(TIERS))
    cursor = fields.String()
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))


class SnoozeSchema(Strict):
    """Until when, and why."""

    until = Moment(required=True, metadata={"description": "Within 31 days; same-day tier: 12 hours."})
    note = Text(max=2000, lines=True)


class ResolutionSchema(Strict):
    """What came of it."""

    outcome = fields.String(required=True, validate=validate.OneOf(OUTCOMES))
    note = Text(max=2000, lines=True)


class NoteSchema(Strict):
    """A note for the team."""

    note = Text(max=2000, lines=True, required=True)
