"""Assessments on the wire."""

from marshmallow import Schema, ValidationError, fields, validate

from api.domain.assessments.assessment import AssessmentStatus
from api.schemas.assessment_score import (
    AssessmentScoreRecordSchema,
    AssessmentScoreSchema,
    AssessmentScoringSchema,
)
from api.schemas.fields import Moment, Prose, Strict, Text

MOST_ANSWERS = 200
"""More than any questionnaire asks."""

LONGEST_CODE = 40
LONGEST_LIST = 50

_NAME = validate.Length(1, 100)
_STATUSES = [status.value for status in AssessmentStatus]
_SENT = [status.value for status in AssessmentStatus if status is not AssessmentStatus.WITHDRAWN]


def _is_answer(value: object) -> None:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return
    choices = value if isinstance(value, list) and len(value) <= LONGEST_LIST else [None]
    if not all(isinstance(choice, str) and len(choice) <= LONGEST_CODE for choice in choices):
        raise ValidationError("Not a number, a list of choices or null.")


def _is_option(value: object) -> None:
    if not isinstance(value, (bool, int)):
        raise ValidationError("Not true, false or a whole number.")


def _not_too_many(named: dict[str, object]) -> None:
    if len(named) > MOST_ANSWERS:
        raise ValidationError(f"More than {MOST_ANSWERS}.")


_CHOICES = {"items": {"type": "string", "maxLength": LONGEST_CODE}, "maxItems": LONGEST_LIST}
_ANSWER = fields.Raw(allow_none=True, validate=_is_answer, metadata={"type": ["number", "array"], **_CHOICES})
_OPTION = fields.Raw(validate=_is_option, metadata={"type": ["boolean", "integer"]})


class AssessmentChangesSchema(Strict):
    """What an assessment shall say from now on: all of it, not only what is new."""

    id = fields.UUID(metadata={"description": "If given, the assessment's own."})
    instrument = Text(max=LONGEST_CODE, metadata={"description": "If given, the assessment's own."})
    instrument_version = Text(
        max=LONGEST_CODE, metadata={"description": "The one she answered; left out, the one known or newest."}
    )
    status = fields.String(
        required=True,
        validate=validate.OneOf(_SENT),
        metadata={"description": "`complete` when she says that she is done; items may still be missing."},
    )
    recorded_at = Moment(
        required=True,
        metadata={"description": "When these answers were given, with offset; at most 10 minutes ahead."},
    )
    started_at = Moment(metadata={"description": "When it was begun; left out, as known, or `recorded_at`."})
    local_date = fields.Date(
        metadata={
            "description": "The day it is about; left out, her local day of `recorded_at`; a complete "
            "one keeps its own."
        }
    )
    answers = fields.Dict(
        keys=fields.String(validate=_NAME),
        values=_ANSWER,
        load_default=dict,
        validate=_not_too_many,
        metadata={
            "description": "By item; absent or null is missing, never 0.",
            "maxProperties": MOST_ANSWERS,
        },
    )
    options = fields.Dict(
        keys=fields.String(validate=_NAME),
        values=_OPTION,
        load_default=dict,
        validate=_not_too_many,
        metadata={"description": "By name; left out, the defaults.", "maxProperties": MOST_ANSWERS},
    )


class NewAssessmentSchema(AssessmentChangesSchema):
    """A questionnaire begun or completed."""

    id = fields.UUID(
        required=True, metadata={"description": "A UUID the client made; it makes retries safe."}
    )
    instrument = Text(
        max=LONGEST_CODE,
        required=True,
        metadata={
            "description": "Code of the questionnaire; GET /v1/instruments lists them.",
            "examples": ["bpi-sf"],
        },
    )


class AssessmentSchema(Schema):
    """A questionnaire as it stands."""

    id = fields.UUID(required=True, metadata={"description": "The client's UUID of this questionnaire."})
    instrument = fields.String(
        required=True, metadata={"description": "Code of the questionnaire, such as `bpi-sf`."}
    )
    instrument_version = fields.String(
        required=True, metadata={"description": "Version of the questionnaire that was answered."}
    )
    status = fields.String(
        required=True,
        validate=validate.OneOf(_STATUSES),
        metadata={
            "description": "`partial`: begun, not scored; `complete`: done and scored; `withdrawn`: no "
            "longer counts."
        },
    )
    answers = fields.Dict(required=True, metadata={"description": "Empty in one that was withdrawn."})
    options = fields.Dict(
        required=True, metadata={"description": "What the scorer was told beside the answers, by name."}
    )
    started_at = fields.AwareDateTime(required=True, metadata={"description": "When answering began."})
    recorded_at = fields.AwareDateTime(
        required=True, metadata={"description": "When these answers were given."}
    )
    local_date = fields.Date(required=True, metadata={"description": "The local day it is about."})
    completed_at = fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata={"description": "When it was completed for the first time; null: not yet."},
    )
    received_at = fields.AwareDateTime(
        required=True, metadata={"description": "When the server received the present version."}
    )
    version = fields.Integer(
        required=True,
        metadata={"description": "Counts changes, from 1; as in the ETag. Send it in If-Match."},
    )
    claimed_at = fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata={
            "description": "What the phone said, where its clock was ahead: `recorded_at` is the corrected "
            "moment; else null."
        },
    )
    claimed_date = fields.Date(
        required=True,
        allow_none=True,
        metadata={"description": "The day it gave then; `local_date` is the corrected one."},
    )
    unscored_reason = Prose(
        required=True, allow_none=True, metadata={"description": "Why there are no scores; null: there are."}
    )
    scoring = fields.Nested(
        AssessmentScoringSchema,
        required=True,
        allow_none=True,
        metadata={
            "description": "What made the scores and what they are compared with; null: see `not_scored`."
        },
    )
    scores = fields.List(
        fields.Nested(AssessmentScoreSchema),
        required=True,
        metadata={"description": "One item per score of the questionnaire; empty: see `not_scored`."},
    )


class AssessmentsSchema(Schema):
    """Assessments in the order they last changed."""

    items = fields.List(
        fields.Nested(AssessmentSchema),
        required=True,
        metadata={"description": "Questionnaires in the order they last changed."},
    )
    next = fields.String(required=True, metadata={"description": "Send it as `since` to go on from here."})
    more = fields.Boolean(required=True, metadata={"description": "Whether more is there already."})


class AssessmentsQuerySchema(Strict):
    """Where to go on, and of which instrument."""

    since = fields.String(
        load_default=None, metadata={"description": "`next` of the page before; left out, from the start."}
    )
    limit = fields.Integer(
        load_default=50,
        validate=validate.Range(1, 200),
        metadata={"description": "How many questionnaires a page has at most."},
    )
    instrument = fields.String(
        load_default=None,
        validate=validate.Length(1, LONGEST_CODE),
        metadata={"description": "Its code; left out, of all."},
    )


class AssessmentVersionSchema(Schema):
    """What an assessment said before."""

    version = fields.Integer(required=True, metadata={"description": "Which version this was, from 1."})
    instrument_version = fields.String(
        required=True, metadata={"description": "Version of the questionnaire that was answered."}
    )
    status = fields.String(
        required=True, validate=validate.OneOf(_STATUSES), metadata={"description": "Where it stood then."}
    )
    answers = fields.Dict(required=True, metadata={"description": "What was answered then, by item."})
    options = fields.Dict(required=True, metadata={"description": "What the scorer was told then, by name."})
    started_at = fields.AwareDateTime(
        required=True, metadata={"description": "When answering began, as said then."}
    )
    recorded_at = fields.AwareDateTime(
        required=True, metadata={"description": "When those answers were given."}
    )
    local_date = fields.Date(required=True, metadata={"description": "The local day it was about then."})
    superseded_at = fields.AwareDateTime(
        required=True, metadata={"description": "When the next version replaced it."}
    )


class AssessmentHistorySchema(Schema):
    """All that an assessment said before, and every score it was ever given, oldest first."""

    items = fields.List(
        fields.Nested(AssessmentVersionSchema),
        required=True,
        metadata={"description": "What it said before, oldest first."},
    )
    scores = fields.List(
        fields.Nested(AssessmentScoreRecordSchema),
        required=True,
        metadata={"description": "Every score it was ever given, oldest first."},
    )
