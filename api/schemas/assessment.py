"""Schemas of assessments."""

from marshmallow import Schema, ValidationError, fields, validate

from api.domain.assessments.assessment import AssessmentStatus
from api.domain.entries.origin import BY_STAFF, EntryVia, ReportedBy
from api.schemas.assessment_score import (
    AssessmentScoreRecordSchema,
    AssessmentScoreSchema,
    AssessmentScoringSchema,
)
from api.schemas.fields import Moment, OneOf, Prose, Strict, Text, about, etag_field, nullable, required

MOST_ANSWERS = 200
"""Upper limit, above the number of questions of any questionnaire."""

LONGEST_CODE = 40
LONGEST_LIST = 50

_NAME = validate.Length(1, 100)
_SENT = [status for status in AssessmentStatus if status is not AssessmentStatus.WITHDRAWN]


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
    """The full new content of an assessment."""

    id = fields.UUID(metadata=about("Optional. Must be the value of the stored assessment."))
    instrument = Text(
        max=LONGEST_CODE, metadata=about("Optional. Must be the value of the stored assessment.")
    )
    instrument_version = Text(
        max=LONGEST_CODE,
        metadata=about("Version that was answered. Default: the stored version, else the newest."),
    )
    status = OneOf(_SENT, **required("`complete` when the patient has finished. Items may still be missing."))
    recorded_at = Moment(**required("Time of the answers, with offset. At most 10 minutes in the future."))
    started_at = Moment(
        metadata=about("Time at which answering began. Default: the stored time, else `recorded_at`.")
    )
    local_date = fields.Date(
        metadata=about(
            "Local date of the assessment. Default: the local date of `recorded_at`. A "
            "complete assessment keeps its date."
        )
    )
    answers = fields.Dict(
        keys=fields.String(validate=_NAME),
        values=_ANSWER,
        load_default=dict,
        validate=_not_too_many,
        metadata=about(
            "Answers by item. An absent item or null means no answer, never 0.", maxProperties=MOST_ANSWERS
        ),
    )
    options = fields.Dict(
        keys=fields.String(validate=_NAME),
        values=_OPTION,
        load_default=dict,
        validate=_not_too_many,
        metadata=about(
            "Options of the scorer by name. Default: the default of each option.", maxProperties=MOST_ANSWERS
        ),
    )


class NewAssessmentSchema(AssessmentChangesSchema):
    """A new assessment, partial or complete."""

    id = fields.UUID(**required("UUID chosen by the client. It makes a retry safe."))
    instrument = Text(
        max=LONGEST_CODE,
        **required("Code of the questionnaire, as in GET /v1/instruments.", examples=["bpi-sf"]),
    )


_VIA = OneOf(BY_STAFF, **required("How staff learned what they write down."))
_REPORTED_BY = OneOf(
    ReportedBy,
    load_default=ReportedBy.PATIENT,
    metadata=about("Who answered: the patient, or somebody on behalf of the patient."),
)


class RecordedAssessmentSchema(NewAssessmentSchema):
    """A new assessment that staff write down."""

    via = _VIA
    reported_by = _REPORTED_BY


class RecordedAssessmentChangesSchema(AssessmentChangesSchema):
    """The full new content of an assessment, as staff write it down."""

    via = _VIA
    reported_by = _REPORTED_BY


class AssessmentSchema(Schema):
    """The current version of an assessment."""

    id = fields.UUID(**required("UUID chosen by the client."))
    instrument = fields.String(**required("Code of the questionnaire, such as `bpi-sf`."))
    instrument_version = fields.String(**required("Version of the questionnaire that was answered."))
    status = OneOf(
        AssessmentStatus,
        **required(
            "`partial`: started, not scored. `complete`: finished and scored. `withdrawn`: no longer used."
        ),
    )
    answers = fields.Dict(**required("Answers by item. Empty if the assessment is withdrawn."))
    options = fields.Dict(**required("Options of the scorer, by name."))
    started_at = fields.AwareDateTime(**required("Time at which answering began."))
    recorded_at = fields.AwareDateTime(**required("Time of these answers."))
    local_date = fields.Date(**required("Local date of the assessment."))
    completed_at = fields.AwareDateTime(**nullable("Time of the first completion. Null: not yet completed."))
    received_at = fields.AwareDateTime(**required("Time at which the server received the current version."))
    version = etag_field()
    claimed_at = fields.AwareDateTime(
        **nullable(
            "Time according to the phone if its clock was ahead. `recorded_at` is the "
            "corrected time. Null: no correction."
        )
    )
    claimed_date = fields.Date(
        **nullable(
            "Date according to the phone if its clock was ahead. `local_date` is the "
            "corrected date. Null: no correction."
        )
    )
    via = OneOf(EntryVia, **required("How it came in."))
    reported_by = OneOf(ReportedBy, **required("Whose report it is."))
    unscored_reason = Prose(**nullable("Reason why there are no scores. Null: there are scores."))
    scoring = fields.Nested(
        AssessmentScoringSchema,
        **nullable("Scoring version and the assessments used for comparison. Null: see `unscored_reason`."),
    )
    scores = fields.List(
        fields.Nested(AssessmentScoreSchema),
        **required("One item per score of the questionnaire. Empty: see `unscored_reason`."),
    )


class AssessmentsSchema(Schema):
    """A page of assessments, in the order of their last change."""

    items = fields.List(
        fields.Nested(AssessmentSchema), **required("Assessments in the order of their last change.")
    )
    next = fields.String(**required("Cursor for the next request: send it as `since`."))
    more = fields.Boolean(**required("True: more items are available now."))


class AssessmentsQuerySchema(Strict):
    """Query parameters of the change feed of assessments."""

    since = fields.String(
        load_default=None, metadata=about("`next` of the previous page. Default: from the beginning.")
    )
    limit = fields.Integer(
        load_default=50,
        validate=validate.Range(1, 200),
        metadata=about("Maximum number of assessments per page."),
    )
    instrument = fields.String(
        load_default=None,
        validate=validate.Length(1, LONGEST_CODE),
        metadata=about("Code of the questionnaire. Default: all questionnaires."),
    )


class AssessmentVersionSchema(Schema):
    """An earlier version of an assessment."""

    version = fields.Integer(**required("Version number, from 1."))
    instrument_version = fields.String(**required("Version of the questionnaire that was answered."))
    status = OneOf(AssessmentStatus, **required("Status of that version."))
    answers = fields.Dict(**required("Answers of that version, by item."))
    options = fields.Dict(**required("Options of that version, by name."))
    started_at = fields.AwareDateTime(**required("Time at which answering began, in that version."))
    recorded_at = fields.AwareDateTime(**required("Time of those answers."))
    local_date = fields.Date(**required("Local date of that version."))
    via = OneOf(EntryVia, **required("How that version came in."))
    reported_by = OneOf(ReportedBy, **required("Whose report that version is."))
    superseded_at = fields.AwareDateTime(**required("Time at which the next version replaced it."))


class AssessmentHistorySchema(Schema):
    """Earlier versions of an assessment and all of its scores, oldest first."""

    items = fields.List(fields.Nested(AssessmentVersionSchema), **required("Earlier versions, oldest first."))
    scores = fields.List(
        fields.Nested(AssessmentScoreRecordSchema), **required("All scores of all versions, oldest first.")
    )
