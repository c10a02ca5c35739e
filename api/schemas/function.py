"""What the latest questionnaires say of function, on the wire."""

from marshmallow import Schema, fields, validate

from api.domain.findings import Severity


class FunctionPartSchema(Schema):
    """What one score says."""

    instrument = fields.Function(lambda part: part.rule.instrument, metadata={"type": "string"})
    score = fields.Function(lambda part: part.rule.score, metadata={"type": "string"})
    value = fields.Function(lambda part: part.given.value, metadata={"type": "number"})
    on = fields.Function(
        lambda part: part.given.on.isoformat(), metadata={"type": "string", "format": "date"}
    )
    severity = fields.String(required=True, validate=validate.OneOf([step.value for step in Severity]))
    words = fields.String(required=True)
    verified = fields.Function(lambda part: part.rule.verified, metadata={"type": "boolean"})
    source = fields.Function(lambda part: part.rule.source, metadata={"type": "string"})


class FunctionSchema(Schema):
    """How far her latest questionnaires say that she is limited: the worst counts, and each is named."""

    severity = fields.String(required=True, validate=validate.OneOf([step.value for step in Severity]))
    limitation = fields.String(required=True)
    words = fields.String(required=True)
    parts = fields.List(fields.Nested(FunctionPartSchema), required=True)
    too_old = fields.List(
        fields.String(), required=True, metadata={"description": "What no longer counts, and why."}
    )
    verified = fields.Boolean(
        required=True,
        metadata={"description": "False: a cut is not checked in its source, or made for another scale."},
    )
