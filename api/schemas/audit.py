"""The audit trail on the wire."""

from marshmallow import Schema, fields

from api.schemas.fields import Moment, PageQuery, page_of
from api.schemas.staff import NamedReferenceSchema


class AuditEventSchema(Schema):
    """One act: who did what to whom, ids and counts only."""

    id = fields.Integer(
        required=True, metadata={"description": "Number of the act; later acts have higher numbers."}
    )
    at = Moment(required=True, metadata={"description": "When it was done."})
    actor_kind = fields.String(
        required=True, metadata={"description": "Who did it: `staff`, `patient`, `service` or `system`."}
    )
    actor_id = fields.UUID(required=True, allow_none=True, metadata={"description": "Null is the system."})
    actor = fields.Nested(
        NamedReferenceSchema,
        required=True,
        allow_none=True,
        metadata={"description": "A member of staff or a service, with the name; null for others."},
    )
    action = fields.String(
        required=True,
        metadata={"description": "What was done, as noun and verb.", "examples": ["patient.read"]},
    )
    patient_id = fields.UUID(
        required=True,
        allow_none=True,
        metadata={"description": "The patient whose data it concerned; null: none."},
    )
    object_id = fields.UUID(
        required=True,
        allow_none=True,
        metadata={
            "description": "The thing it was done to, such as an entry or an alert; null: none in particular."
        },
    )
    detail = fields.Dict(
        required=True,
        allow_none=True,
        metadata={"description": "Counts, ids and names of fields that belong to the act; never answers."},
    )


class AuditQuerySchema(PageQuery):
    """Which acts are asked for."""

    patient_id = fields.UUID(metadata={"description": "Only what was done to this patient's data."})


AuditPageSchema = page_of(AuditEventSchema, "AuditPage")
