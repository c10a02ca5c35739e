"""Schemas of the audit trail."""

from marshmallow import Schema, fields, validate

from api.schemas.fields import Moment, PageQuery, about, nullable, page_of, required
from api.schemas.staff import NamedReferenceSchema


class AuditEventSchema(Schema):
    """One event of the audit trail, with ids and counts only."""

    id = fields.Integer(**required("Number of the event. It increases with time."))
    at = Moment(**required("Time of the event."))
    actor_kind = fields.String(
        **required("Kind of actor: `staff`, `patient`, `proxy` (let in by a patient), `service` or `system`.")
    )
    actor_id = fields.UUID(**nullable("Id of the actor. Null: the system."))
    actor = fields.Nested(
        NamedReferenceSchema,
        **nullable("Member of staff, service account or proxy, with name. Null for other actors."),
    )
    action = fields.String(**required("Action, as object and verb.", examples=["patient.read"]))
    patient_id = fields.UUID(**nullable("Patient whose data were affected. Null: none."))
    object_id = fields.UUID(
        **nullable("Object of the action, such as an entry or an alert. Null: no single object.")
    )
    detail = fields.Dict(**nullable("Counts, ids and field names that belong to the event. Never answers."))


class AuditQuerySchema(PageQuery):
    """Query parameters of the audit trail."""

    patient_id = fields.UUID(metadata=about("Only events about this patient."))
    actor_id = fields.UUID(metadata=about("Only what this person, service or proxy did."))
    action = fields.String(
        validate=validate.Length(1, 100), metadata=about("Only this action.", examples=["patient.read"])
    )
    since = Moment(data_key="from", metadata=about("Only events at or after this time."))
    until = Moment(metadata=about("Only events before this time."))


AuditPageSchema = page_of(AuditEventSchema, "AuditPage")
