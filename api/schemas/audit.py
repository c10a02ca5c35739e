"""The audit trail on the wire."""

from marshmallow import Schema, fields

from api.schemas.fields import Moment, PageQuery, page_of


class ActSchema(Schema):
    """One act: who did what to whom, ids and counts only."""

    id = fields.Integer(required=True)
    at = Moment(required=True)
    actor_kind = fields.String(required=True)
    actor_id = fields.UUID(required=True, allow_none=True, metadata={"description": "Null is the system."})
    action = fields.String(required=True, metadata={"examples": ["patient.read"]})
    patient_id = fields.UUID(required=True, allow_none=True)
    object_id = fields.UUID(required=True, allow_none=True)
    detail = fields.Dict(required=True, allow_none=True)


class AuditQuerySchema(PageQuery):
    """Which acts are asked for."""

    patient_id = fields.UUID(metadata={"description": "Only what was done to this patient's data."})


ActPageSchema = page_of(ActSchema, "ActPage")
