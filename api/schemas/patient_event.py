"""Schemas of events for patients."""

from marshmallow import Schema, fields, validate

from api.domain.alerts.patient_events import PatientEventKind
from api.domain.authority import Role
from api.schemas.fields import OneOf, Strict, about, nullable, required


class PatientEventSchema(Schema):
    """One event: what the care team did, without clinical content."""

    at = fields.AwareDateTime(**required("Time of the event."))
    kind = OneOf(
        PatientEventKind,
        **required(
            "`entry.read`: what the patient had sent since the last look was looked at for the first time. "
            "`assessment.read`: the same, of questionnaires. "
            "`alert.notified`: the first message about it went out to a member of the care team. "
            "`alert.acknowledged`: somebody takes care of it. `contacted`: the team has called. "
            "`visit_booked`: a visit was booked."
        ),
    )
    role = OneOf(Role, **nullable("Role of the member of staff. Null: not known any more."))
    name = fields.String(**nullable("Name of the member of staff. Null: the site does not show names."))


class PatientEventsSchema(Schema):
    """A page of events, oldest first."""

    items = fields.List(
        fields.Nested(PatientEventSchema),
        **required("Events, oldest first. A page may hold none while others follow."),
    )
    next = fields.String(**required("Cursor for the next request: send it as `since`."))
    more = fields.Boolean(**required("True: more items are available now."))


class PatientEventsQuerySchema(Strict):
    """Query parameters of the feed of events."""

    since = fields.String(
        load_default=None, metadata=about("`next` of the previous page. Default: from the beginning.")
    )
    limit = fields.Integer(
        load_default=100,
        validate=validate.Range(1, 500),
        metadata=about("Maximum number of events per page."),
    )
