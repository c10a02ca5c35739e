"""The worklist on the wire."""

from marshmallow import Schema, fields, validate

from api.schemas.alert import STATUSES, TIERS, AlertSchema
from api.schemas.fields import Moment, Strict


class UnscoredPatientSchema(Schema):
    """A patient whose entries are kept but could not be scored."""

    id = fields.UUID(required=True, metadata={"description": "The patient's id."})
    reference = fields.String(
        required=True, metadata={"description": "The site's own number for the patient."}
    )
    name = fields.String(required=True, metadata={"description": "The patient's name."})


class UnheardFromPatientSchema(Schema):
    """A patient who was asked and reminded, and from whom nothing has come."""

    id = fields.UUID(required=True, metadata={"description": "The patient's id."})
    reference = fields.String(
        required=True, metadata={"description": "The site's own number for the patient."}
    )
    name = fields.String(required=True, metadata={"description": "The patient's name."})
    unanswered_since = fields.Date(
        required=True, metadata={"description": "When she was first asked, her day."}, attribute="since"
    )
    reason = fields.String(
        required=True, metadata={"description": "What was asked and what did not come, in a sentence."}
    )


class SignedOutPatientSchema(Schema):
    """A patient whose last device was signed out by something other than the patient."""

    id = fields.UUID(required=True, metadata={"description": "The patient's id."})
    reference = fields.String(
        required=True, metadata={"description": "The site's own number for the patient."}
    )
    name = fields.String(required=True, metadata={"description": "The patient's name."})
    signed_out_at = Moment(required=True, metadata={"description": "When the last device was signed out."})


class PatientWithRejectedEntriesSchema(Schema):
    """A patient of whom we refused something that nobody has looked at yet."""

    id = fields.UUID(required=True, metadata={"description": "The patient's id."})
    reference = fields.String(
        required=True, metadata={"description": "The site's own number for the patient."}
    )
    name = fields.String(required=True, metadata={"description": "The patient's name."})
    count = fields.Integer(
        required=True, metadata={"description": "How many items; at least."}, attribute="refused"
    )
    newest_at = fields.AwareDateTime(
        required=True, metadata={"description": "Send it as `until` once you have looked at them."}
    )


class WorklistSchema(Schema):
    """Alerts, worst first."""

    items = fields.List(
        fields.Nested(AlertSchema), required=True, metadata={"description": "Alerts, worst first."}
    )
    next = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Pass it as `cursor` for the next page; null at the end."},
    )
    more = fields.Boolean(required=True, metadata={"description": "Whether another page follows."})
    not_scored = fields.List(
        fields.Nested(UnscoredPatientSchema),
        required=True,
        metadata={"description": "Patients whose entries could not be scored: look at them yourself."},
    )
    unheard_from = fields.List(
        fields.Nested(UnheardFromPatientSchema),
        required=True,
        metadata={
            "description": "Patients who answer no reminder: no alert, a reason to call. Those with an alert "
            "of silence, or in a pause of their own, are not here."
        },
    )
    signed_out = fields.List(
        fields.Nested(SignedOutPatientSchema),
        required=True,
        metadata={
            "description": "Patients who have no device any more and did not sign out themselves: they "
            "cannot send anything until somebody makes a new activation code."
        },
    )
    rejected_entries = fields.List(
        fields.Nested(PatientWithRejectedEntriesSchema),
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
        metadata={
            "description": "How many of the caller's patients' alerts wait, by status; not the closed."
        },
    )


class WorklistQuerySchema(Strict):
    """What to show; left out, what waits."""

    status = fields.List(
        fields.String(validate=validate.OneOf(STATUSES)),
        metadata={"description": "Repeat for several; left out: open and acknowledged."},
    )
    tier = fields.String(
        validate=validate.OneOf(TIERS), metadata={"description": "Only alerts of this urgency."}
    )
    cursor = fields.String(metadata={"description": "`next` of the page before."})
    limit = fields.Integer(
        load_default=50,
        validate=validate.Range(1, 200),
        metadata={"description": "How many alerts a page has at most."},
    )
