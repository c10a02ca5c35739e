"""How a failure looks on the wire."""

from marshmallow import Schema, fields


class ProblemSchema(Schema):
    """Problem details, RFC 9457."""

    type = fields.String(required=True, metadata={"description": "What kind of problem: a page says more."})
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(metadata={"description": "What happened this time, in words."})
    instance = fields.String(metadata={"description": "The request's id, for the operator."})
    errors = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        metadata={"description": "What was wrong with each field, and what would be right."},
    )
