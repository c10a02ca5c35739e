"""PRO-CTCAE grades over a series on the wire."""

from marshmallow import Schema, fields, validate

from api.domain.instruments.definition import Direction
from api.schemas.assessment_score import ComparedAssessmentSchema


class GradeSchema(Schema):
    """A grade, or why there is none."""

    value = fields.Float(
        required=True,
        allow_none=True,
        metadata={"description": "PRO-CTCAE composite grade, 0 to 3, higher is worse; null: see `unscored`."},
    )
    unscored_reason = fields.String(
        required=True, allow_none=True, metadata={"description": "Why there is no value; null is never calm."}
    )


class ReportedGradeSchema(GradeSchema):
    """The grade of one completed questionnaire."""

    id = fields.UUID(required=True, metadata={"description": "The assessment's."})
    local_date = fields.Date(required=True, metadata={"description": "The local day of the report."})
    included = fields.Boolean(
        required=True,
        metadata={"description": "Whether it counts below: not where another version scored it."},
    )


class AdjustedGradeSchema(GradeSchema):
    """The worst grade since baseline where it is worse than baseline, else 0: not worse than before."""

    description = fields.String(required=True, metadata={"description": "Show them: 0 is not `no symptom`."})


class SymptomGradesSchema(Schema):
    """The grades of one symptom, oldest first, and what they come to."""

    id = fields.String(
        required=True, metadata={"description": "Name of the composite score.", "examples": ["51_composite"]}
    )
    name = fields.String(required=True, metadata={"description": "The symptom."})
    lowest = fields.Float(required=True, metadata={"description": "The lowest grade there is."})
    highest = fields.Float(required=True, metadata={"description": "The highest grade there is."})
    direction = fields.String(
        required=True,
        validate=validate.OneOf([direction.value for direction in Direction]),
        metadata={"description": "Whether a higher grade is worse or better."},
    )
    grades = fields.List(
        fields.Nested(ReportedGradeSchema),
        required=True,
        metadata={"description": "The grade of each completed report, oldest first."},
    )
    baseline = fields.Nested(
        GradeSchema, required=True, metadata={"description": "The grade of the baseline report."}
    )
    worst = fields.Nested(GradeSchema, required=True, metadata={"description": "Of all, baseline included."})
    worst_since_baseline = fields.Nested(
        GradeSchema, required=True, metadata={"description": "The worst grade after the baseline report."}
    )
    baseline_adjusted = fields.Nested(
        AdjustedGradeSchema,
        required=True,
        metadata={"description": "The worst since baseline where it is worse than baseline, else 0."},
    )


class GradesSchema(Schema):
    """A patient's PRO-CTCAE grades over all her completed reports."""

    instrument = fields.String(required=True, metadata={"description": "Code of the questionnaire."})
    baseline = fields.Nested(
        ComparedAssessmentSchema,
        required=True,
        allow_none=True,
        metadata={"description": "The last one on or before the drug's first day, or else the first one."},
    )
    symptoms = fields.List(
        fields.Nested(SymptomGradesSchema),
        required=True,
        metadata={"description": "One item per symptom of the questionnaire."},
    )
    cautions = fields.List(
        fields.String(), required=True, metadata={"description": "What to bear in mind when reading them."}
    )
    sources = fields.List(
        fields.String(), required=True, metadata={"description": "Papers the grades rest on."}
    )
