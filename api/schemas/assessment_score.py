"""Schemas of assessment scores."""

from marshmallow import Schema, fields, validate

from api.domain.instruments.definition import Direction
from api.schemas.fields import Prose, Rounded, about

_DIRECTIONS = validate.OneOf([direction.value for direction in Direction])


class ChangeOfScoreSchema(Schema):
    """The change of a score from an earlier one."""

    points = Rounded(
        required=True,
        allow_none=True,
        metadata=about("Change in points. Positive is worse for every score. Null: nothing to compare with."),
    )
    exceeds_important_difference = fields.Boolean(
        required=True,
        allow_none=True,
        metadata=about(
            "True: at least the minimal important difference. Null: that difference is not known."
        ),
    )
    exceeds_measurement_error = fields.Boolean(
        required=True,
        allow_none=True,
        metadata=about("True: larger than the measurement error. Null: the error is not known."),
    )
    description = Prose(required=True, metadata=about("The change as text."))


class AssessmentScoreSchema(Schema):
    """One score and its change from the patient's earlier scores."""

    id = fields.String(required=True, metadata=about("Identifier of the score within the questionnaire."))
    name = Prose(required=True, metadata=about("Name of the score."))
    value = Rounded(
        required=True,
        allow_none=True,
        metadata=about("The score in points, from `lowest` to `highest`. Null: see `unscored_reason`."),
    )
    unscored_reason = Prose(
        required=True,
        allow_none=True,
        metadata=about("Reason why there is no value. Never show a missing value as normal."),
    )
    lowest = Rounded(required=True, metadata=about("Lowest possible value."))
    highest = Rounded(required=True, metadata=about("Highest possible value."))
    direction = fields.String(
        required=True,
        validate=_DIRECTIONS,
        metadata=about("Direction: higher is worse, or higher is better."),
    )
    band = Prose(
        required=True, allow_none=True, metadata=about("Published label for the value. Null: none is known.")
    )
    change_from_baseline = fields.Nested(
        ChangeOfScoreSchema,
        required=True,
        allow_none=True,
        metadata=about("Change from baseline. Null for a standard error, which is not compared."),
    )
    change_from_previous = fields.Nested(
        ChangeOfScoreSchema,
        required=True,
        allow_none=True,
        metadata=about(
            "Change from the previous completed assessment. Null for a standard error, which is not compared."
        ),
    )
    description = Prose(
        required=True,
        allow_none=True,
        metadata=about("The score and its change in one sentence. Null for a standard error."),
    )
    sources = fields.List(fields.String(), required=True, metadata=about("Sources of the interpretation."))
    verified = fields.Boolean(
        required=True,
        allow_none=True,
        metadata=about("True: every number of the interpretation was checked in its source."),
    )


class ComparedAssessmentSchema(Schema):
    """An earlier assessment used for comparison."""

    id = fields.UUID(required=True, metadata=about("The assessment's id."))
    local_date = fields.Date(required=True, metadata=about("Local date of the assessment."))


class AssessmentScoringSchema(Schema):
    """Scoring version and the assessments used for comparison."""

    instrument_version = fields.String(
        required=True, metadata=about("Version of the questionnaire used for scoring.")
    )
    scorer = fields.String(
        required=True, metadata=about("Content hash of the definition of the questionnaire.")
    )
    scored_at = fields.AwareDateTime(required=True, metadata=about("Time of scoring."))
    options = fields.Dict(required=True, metadata=about("Options used for scoring."))
    baseline = fields.Nested(
        ComparedAssessmentSchema,
        required=True,
        allow_none=True,
        metadata=about(
            "Baseline: the last assessment on or before the first day of the drug, else the first assessment."
        ),
    )
    previous = fields.Nested(
        ComparedAssessmentSchema,
        required=True,
        allow_none=True,
        metadata=about("The previous completed assessment. Null: none."),
    )


class AssessmentScoreRecordSchema(Schema):
    """Scores of one version of an assessment by one version of the questionnaire."""

    assessment_version = fields.Integer(required=True, metadata=about("Version of the assessment."))
    instrument_version = fields.String(
        required=True, metadata=about("Version of the questionnaire used for scoring.")
    )
    scorer = fields.String(required=True, metadata=about("Content hash of the definition used for scoring."))
    scored_at = fields.AwareDateTime(required=True, metadata=about("Time of scoring."))
    options = fields.Dict(required=True, metadata=about("Options used for scoring, by name."))
    scores = fields.Dict(required=True, metadata=about("Value by score. Null: see `unscored_reasons`."))
    unscored_reasons = fields.Dict(required=True, metadata=about("Reason for a missing value, by score."))
    current = fields.Boolean(required=True, metadata=about("True: these are the current scores."))
