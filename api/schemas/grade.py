"""Schemas of PRO-CTCAE grades over time."""

from marshmallow import Schema, fields, validate

from api.domain.instruments.definition import Direction
from api.schemas.assessment_score import ComparedAssessmentSchema
from api.schemas.fields import Rounded, about


class GradeSchema(Schema):
    """A grade, or the reason why there is none."""

    value = Rounded(
        required=True,
        allow_none=True,
        metadata=about("PRO-CTCAE composite grade, 0 to 3, higher is worse. Null: see `unscored_reason`."),
    )
    unscored_reason = fields.String(
        required=True,
        allow_none=True,
        metadata=about("Reason why there is no value. Never show a missing value as normal."),
    )


class ReportedGradeSchema(GradeSchema):
    """The grade of one completed assessment."""

    id = fields.UUID(required=True, metadata=about("Id of the assessment."))
    local_date = fields.Date(required=True, metadata=about("Local date of the assessment."))
    included = fields.Boolean(
        required=True, metadata=about("True: used in the summaries. False: scored by another version.")
    )


class AdjustedGradeSchema(GradeSchema):
    """The worst grade since baseline if it is worse than baseline, else 0."""

    description = fields.String(
        required=True, metadata=about("Text to show with the value. 0 does not mean `no symptom`.")
    )


class SymptomGradesSchema(Schema):
    """The grades of one symptom and their summaries."""

    id = fields.String(
        required=True, metadata=about("Identifier of the composite score.", examples=["51_composite"])
    )
    name = fields.String(required=True, metadata=about("The symptom."))
    lowest = Rounded(required=True, metadata=about("Lowest possible grade."))
    highest = Rounded(required=True, metadata=about("Highest possible grade."))
    direction = fields.String(
        required=True,
        validate=validate.OneOf([direction.value for direction in Direction]),
        metadata=about("Direction: higher is worse, or higher is better."),
    )
    grades = fields.List(
        fields.Nested(ReportedGradeSchema),
        required=True,
        metadata=about("Grade of each completed assessment, oldest first."),
    )
    baseline = fields.Nested(GradeSchema, required=True, metadata=about("Grade at baseline."))
    worst = fields.Nested(GradeSchema, required=True, metadata=about("Worst grade, including baseline."))
    worst_since_baseline = fields.Nested(
        GradeSchema, required=True, metadata=about("Worst grade after baseline.")
    )
    baseline_adjusted = fields.Nested(
        AdjustedGradeSchema,
        required=True,
        metadata=about("Worst grade since baseline if it is worse than baseline, else 0."),
    )


class GradesSchema(Schema):
    """PRO-CTCAE grades of all completed assessments of a patient."""

    instrument = fields.String(required=True, metadata=about("Code of the questionnaire."))
    baseline = fields.Nested(
        ComparedAssessmentSchema,
        required=True,
        allow_none=True,
        metadata=about(
            "Baseline: the last assessment on or before the first day of the drug, else the first assessment."
        ),
    )
    symptoms = fields.List(
        fields.Nested(SymptomGradesSchema),
        required=True,
        metadata=about("One item per symptom of the questionnaire."),
    )
    cautions = fields.List(fields.String(), required=True, metadata=about("Cautions for the interpretation."))
    sources = fields.List(fields.String(), required=True, metadata=about("Sources of the grades."))
