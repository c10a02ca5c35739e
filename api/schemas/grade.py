"""Schemas of PRO-CTCAE grades over time."""

from marshmallow import Schema, fields

from api.domain.instruments.scores import Direction
from api.schemas.assessment_score import ComparedAssessmentSchema
from api.schemas.fields import OneOf, Rounded, nullable, required


class GradeSchema(Schema):
    """A grade, or the reason why there is none."""

    value = Rounded(
        **nullable("PRO-CTCAE composite grade, 0 to 3, higher is worse. Null: see `unscored_reason`.")
    )
    unscored_reason = fields.String(
        **nullable("Reason why there is no value. Never show a missing value as normal.")
    )


class ReportedGradeSchema(GradeSchema):
    """The grade of one completed assessment."""

    id = fields.UUID(**required("Id of the assessment."))
    local_date = fields.Date(**required("Local date of the assessment."))
    included = fields.Boolean(**required("True: used in the summaries. False: scored by another version."))


class AdjustedGradeSchema(GradeSchema):
    """The worst grade since baseline if it is worse than baseline, else 0."""

    description = fields.String(**required("Text to show with the value. 0 does not mean `no symptom`."))


class SymptomGradesSchema(Schema):
    """The grades of one symptom and their summaries."""

    id = fields.String(**required("Identifier of the composite score.", examples=["51_composite"]))
    name = fields.String(**required("The symptom."))
    lowest = Rounded(**required("Lowest possible grade."))
    highest = Rounded(**required("Highest possible grade."))
    direction = OneOf(Direction, **required("Direction: higher is worse, or higher is better."))
    grades = fields.List(
        fields.Nested(ReportedGradeSchema), **required("Grade of each completed assessment, oldest first.")
    )
    baseline = fields.Nested(GradeSchema, **required("Grade at baseline."))
    worst = fields.Nested(GradeSchema, **required("Worst grade, including baseline."))
    worst_since_baseline = fields.Nested(GradeSchema, **required("Worst grade after baseline."))
    baseline_adjusted = fields.Nested(
        AdjustedGradeSchema, **required("Worst grade since baseline if it is worse than baseline, else 0.")
    )


class GradesSchema(Schema):
    """PRO-CTCAE grades of all completed assessments of a patient."""

    instrument = fields.String(**required("Code of the questionnaire."))
    baseline = fields.Nested(
        ComparedAssessmentSchema,
        **nullable(
            "Baseline: the last assessment on or before the first day of the drug, else the first assessment."
        ),
    )
    symptoms = fields.List(
        fields.Nested(SymptomGradesSchema), **required("One item per symptom of the questionnaire.")
    )
    cautions = fields.List(fields.String(), **required("Cautions for the interpretation."))
    sources = fields.List(fields.String(), **required("Sources of the grades."))
