"""PRO-CTCAE grades over a series on the wire."""

from marshmallow import Schema, fields, validate

from api.domain.instruments.definition import Direction
from api.schemas.assessment_score import ComparedSchema


class GradeSchema(Schema):
    """A grade, or why there is none."""

    value = fields.Float(required=True, allow_none=True)
    unscored = fields.String(
        required=True, allow_none=True, metadata={"description": "Why there is no value; null is never calm."}
    )


class ReportedGradeSchema(GradeSchema):
    """The grade of one completed questionnaire."""

    id = fields.UUID(required=True, metadata={"description": "The assessment's."})
    local_date = fields.Date(required=True)
    compared = fields.Boolean(
        required=True,
        metadata={"description": "Whether it counts below: not where another version scored it."},
    )


class AdjustedGradeSchema(GradeSchema):
    """The worst grade since baseline where it is worse than baseline, else 0: not worse than before."""

    words = fields.String(required=True, metadata={"description": "Show them: 0 is not `no symptom`."})


class SymptomGradesSchema(Schema):
    """The grades of one symptom, oldest first, and what they come to."""

    id = fields.String(required=True, metadata={"examples": ["51_composite"]})
    name = fields.String(required=True)
    lowest = fields.Float(required=True)
    highest = fields.Float(required=True)
    direction = fields.String(
        required=True, validate=validate.OneOf([direction.value for direction in Direction])
    )
    grades = fields.List(fields.Nested(ReportedGradeSchema), required=True)
    baseline = fields.Nested(GradeSchema, required=True)
    worst = fields.Nested(GradeSchema, required=True, metadata={"description": "Of all, baseline included."})
    worst_since_baseline = fields.Nested(GradeSchema, required=True)
    baseline_adjusted = fields.Nested(AdjustedGradeSchema, required=True)


class GradesSchema(Schema):
    """A patient's PRO-CTCAE grades over all her completed reports."""

    instrument = fields.String(required=True)
    baseline = fields.Nested(
        ComparedSchema,
        required=True,
        allow_none=True,
        metadata={"description": "The last one on or before the drug's first day, or else the first one."},
    )
    symptoms = fields.List(fields.Nested(SymptomGradesSchema), required=True)
    cautions = fields.List(fields.String(), required=True)
    sources = fields.List(fields.String(), required=True)
