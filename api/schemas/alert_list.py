"""Schemas of lists of alerts, and of the patients listed beside them."""

from marshmallow import Schema, fields, validate

from api.domain.alerts.finding import Tier
from api.domain.alerts.status import AlertStatus
from api.schemas.alert import AlertSchema
from api.schemas.fields import Moment, OneOf, Strict, about, nullable, required
from api.schemas.patient_fields import PatientReferenceSchema


class UnscoredPatientSchema(PatientReferenceSchema):
    """A patient whose entries are stored but could not be scored."""


class UnheardFromPatientSchema(PatientReferenceSchema):
    """A patient who has not responded to reminders."""

    unanswered_since = fields.Date(**required("Local date of the first unanswered reminder."))
    reason = fields.String(**required("Reason in one sentence."))


class SignedOutPatientSchema(PatientReferenceSchema):
    """A patient whose last device was signed out other than by the patient."""

    signed_out_at = Moment(**required("Time at which the last device was signed out."))


class PatientWithRejectedEntriesSchema(PatientReferenceSchema):
    """A patient with rejected entries that need a review."""

    count = fields.Integer(**required("Number of rejected entries. A lower bound."))
    newest_at = fields.AwareDateTime(
        **required("Time of the newest rejected entry. Send it as `until` after the review.")
    )


class AlertListSchema(Schema):
    """Alerts, worst first."""

    items = fields.List(fields.Nested(AlertSchema), **required("Alerts, worst first."))
    next = fields.String(**nullable("Cursor of the next page: send it as `cursor`. Null at the end."))
    more = fields.Boolean(**required("True: another page follows."))
    not_scored = fields.List(
        fields.Nested(UnscoredPatientSchema),
        **required("Patients whose entries could not be scored. Review the entries."),
    )
    unheard_from = fields.List(
        fields.Nested(UnheardFromPatientSchema),
        **required(
            "Patients who have not responded to reminders: a reason to call, not an "
            "alert. Patients with an alert for silence or with a pause are not listed."
        ),
    )
    signed_out = fields.List(
        fields.Nested(SignedOutPatientSchema),
        **required(
            "Patients whose last device was signed out other than by themselves. They "
            "cannot send data until the team creates a new activation code."
        ),
    )
    rejected_entries = fields.List(
        fields.Nested(PatientWithRejectedEntriesSchema),
        **required(
            "Patients with rejected entries that need a review, newest first. See "
            "`/v1/patients/{id}/rejected-entries`."
        ),
    )
    counts = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        **required("Number of alerts of the caller's patients that require action, by status."),
    )


class AlertListQuerySchema(Strict):
    """Query parameters of a list of alerts."""

    status = fields.List(
        OneOf(AlertStatus),
        metadata=about("Status. Repeat it for several. Default: `open` and `acknowledged`."),
    )
    tier = OneOf(Tier, metadata=about("Only alerts of this urgency."))
    cursor = fields.String(metadata=about("`next` of the previous page."))
    limit = fields.Integer(
        load_default=50, validate=validate.Range(1, 200), metadata=about("Maximum number of alerts per page.")
    )
