"""Scores of assessments on the wire: each with its direction, its meaning, or why it is missing."""

from marshmallow import Schema, fields, validate

from api.domain.instruments.definition import Direction
from api.schemas.fields import Prose

_DIRECTIONS = validate.OneOf([direction.value for direction in Direction])


class ChangeOfScoreSchema(Schema):
    """How far a score has moved from an earlier one."""

    points = fields.Float(
        required=True,
        allow_none=True,
        metadata={
            "description": "Positive is worse, whichever way the score runs; null: nothing to compare."
        },
    )
    exceeds_important_difference = fields.Boolean(
        required=True,
        allow_none=True,
        metadata={"description": "At least the smallest change that matters; null: none is known."},
    )
    exceeds_measurement_error = fields.Boolean(
        required=True,
        allow_none=True,
        metadata={"description": "More than measurement error; null: the error is not known."},
    )
    description = Prose(required=True, metadata={"description": "The change in words."})


class AssessmentScoreSchema(Schema):
    """One score, and what it means beside the same person's earlier ones."""

    id = fields.String(required=True, metadata={"description": "Name of the score within its questionnaire."})
    name = Prose(required=True, metadata={"description": "What it measures, in words."})
    value = fields.Float(
        required=True,
        allow_none=True,
        metadata={"description": "In points, from `lowest` to `highest`; null: see `unscored`."},
    )
    unscored_reason = Prose(
        required=True, allow_none=True, metadata={"description": "Why there is no value; null is never calm."}
    )
    lowest = fields.Float(required=True, metadata={"description": "The lowest value the score can have."})
    highest = fields.Float(required=True, metadata={"description": "The highest value the score can have."})
    direction = fields.String(
        required=True,
        validate=_DIRECTIONS,
        metadata={"description": "Whether a higher value is worse or better."},
    )
    band = Prose(
        required=True,
        allow_none=True,
        metadata={"description": "The published word for a value of this size; null: none is known."},
    )
    change_from_baseline = fields.Nested(
        ChangeOfScoreSchema,
        required=True,
        allow_none=True,
        metadata={
            "description": "The change since the baseline; null: a standard error, which is not compared."
        },
    )
    change_from_previous = fields.Nested(
        ChangeOfScoreSchema,
        required=True,
        allow_none=True,
        metadata={
            "description": "The change since the last completed one; null: a standard error, which is not "
            "compared."
        },
    )
    description = Prose(
        required=True,
        allow_none=True,
        metadata={"description": "All of it in a sentence; null: a standard error."},
    )
    sources = fields.List(
        fields.String(), required=True, metadata={"description": "Papers the words rest on."}
    )
    verified = fields.Boolean(
        required=True,
        allow_none=True,
        metadata={"description": "Whether every number behind the words was read in its source."},
    )


class ComparedAssessmentSchema(Schema):
    """An earlier assessment the scores are compared with."""

    id = fields.UUID(required=True, metadata={"description": "The assessment's id."})
    local_date = fields.Date(required=True, metadata={"description": "The local day it is about."})


class AssessmentScoringSchema(Schema):
    """What made the present scores, and what they are compared with."""

    instrument_version = fields.String(
        required=True, metadata={"description": "Version of the questionnaire that scored it."}
    )
    scorer = fields.String(required=True, metadata={"description": "Content hash of the definition."})
    scored_at = fields.AwareDateTime(required=True, metadata={"description": "When it was scored."})
    options = fields.Dict(required=True, metadata={"description": "All it was scored with."})
    baseline = fields.Nested(
        ComparedAssessmentSchema,
        required=True,
        allow_none=True,
        metadata={"description": "The last one on or before the drug's first day, or else the first one."},
    )
    previous = fields.Nested(
        ComparedAssessmentSchema,
        required=True,
        allow_none=True,
        metadata={"description": "The completed questionnaire before this one; null: there is none."},
    )


class AssessmentScoreRecordSchema(Schema):
    """What one version of an instrument made of one version of the answers."""

    assessment_version = fields.Integer(required=True, metadata={"description": "Of the assessment."})
    instrument_version = fields.String(
        required=True, metadata={"description": "Version of the questionnaire that scored it."}
    )
    scorer = fields.String(
        required=True, metadata={"description": "Content hash of the definition that scored it."}
    )
    scored_at = fields.AwareDateTime(required=True, metadata={"description": "When it was scored."})
    options = fields.Dict(required=True, metadata={"description": "All it was scored with, by name."})
    scores = fields.Dict(required=True, metadata={"description": "Number by score; null: see `unscored`."})
    unscored_reasons = fields.Dict(
        required=True, metadata={"description": "Why a score has no value, by score."}
    )
    current = fields.Boolean(required=True, metadata={"description": "Whether these are the scores shown."})
