"""Schemas of assessment scores."""

from marshmallow import Schema, fields

from api.domain.instruments.scores import Direction
from api.schemas.fields import OneOf, Prose, Rounded, nullable, required


class ChangeOfScoreSchema(Schema):
    """The change of a score from an earlier one."""

    points = Rounded(
        **nullable("Change in points. Positive is worse for every score. Null: nothing to compare with.")
    )
    exceeds_important_difference = fields.Boolean(
        **nullable("True: at least the minimal important difference. Null: that difference is not known.")
    )
    exceeds_measurement_error = fields.Boolean(
        **nullable("True: larger than the measurement error. Null: the error is not known.")
    )
    description = Prose(**required("The change as text."))


class AssessmentScoreSchema(Schema):
    """One score and its change from the patient's earlier scores."""

    id = fields.String(**required("Identifier of the score within the questionnaire."))
    name = Prose(**required("Name of the score."))
    value = Rounded(
        **nullable("The score in points, from `lowest` to `highest`. Null: see `unscored_reason`.")
    )
    unscored_reason = Prose(**nullable("Reason why there is no value. Never show a missing value as normal."))
    lowest = Rounded(**required("Lowest possible value."))
    highest = Rounded(**required("Highest possible value."))
    direction = OneOf(Direction, **required("Direction: higher is worse, or higher is better."))
    band = Prose(**nullable("Published label for the value. Null: none is known."))
    change_from_baseline = fields.Nested(
        ChangeOfScoreSchema,
        **nullable("Change from baseline. Null for a standard error, which is not compared."),
    )
    change_from_previous = fields.Nested(
        ChangeOfScoreSchema,
        **nullable(
            "Change from the previous completed assessment. Null for a standard error, which is not compared."
        ),
    )
    description = Prose(**nullable("The score and its change in one sentence. Null for a standard error."))
    sources = fields.List(fields.String(), **required("Sources of the interpretation."))
    verified = fields.Boolean(
        **nullable("True: every number of the interpretation was checked in its source.")
    )


class ComparedAssessmentSchema(Schema):
    """An earlier assessment used for comparison."""

    id = fields.UUID(**required("The assessment's id."))
    local_date = fields.Date(**required("Local date of the assessment."))


class AssessmentScoringSchema(Schema):
    """Scoring version and the assessments used for comparison."""

    instrument_version = fields.String(**required("Version of the questionnaire used for scoring."))
    scorer = fields.String(**required("Content hash of the definition of the questionnaire."))
    scored_at = fields.AwareDateTime(**required("Time of scoring."))
    options = fields.Dict(**required("Options used for scoring."))
    baseline = fields.Nested(
        ComparedAssessmentSchema,
        **nullable(
            "Baseline: the last assessment on or before the first day of the drug, else the first assessment."
        ),
    )
    previous = fields.Nested(
        ComparedAssessmentSchema, **nullable("The previous completed assessment. Null: none.")
    )


class AssessmentScoreRecordSchema(Schema):
    """Scores of one version of an assessment by one version of the questionnaire."""

    assessment_version = fields.Integer(**required("Version of the assessment."))
    instrument_version = fields.String(**required("Version of the questionnaire used for scoring."))
    scorer = fields.String(**required("Content hash of the definition used for scoring."))
    scored_at = fields.AwareDateTime(**required("Time of scoring."))
    options = fields.Dict(**required("Options used for scoring, by name."))
    scores = fields.Dict(**required("Value by score. Null: see `unscored_reasons`."))
    unscored_reasons = fields.Dict(**required("Reason for a missing value, by score."))
    current = fields.Boolean(**required("True: these are the current scores."))
