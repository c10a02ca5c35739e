"""What the latest questionnaires say of function, on the wire."""

from marshmallow import Schema, fields, validate

from api.domain.alerts.finding import Severity


class FunctionalScoreSchema(Schema):
    """What one score says."""

    instrument = fields.Function(
        lambda part: part.rule.instrument,
        metadata={"description": "Code of the questionnaire.", "type": "string"},
    )
    score = fields.Function(
        lambda part: part.rule.score,
        metadata={"description": "Name of the score within it.", "type": "string"},
    )
    value = fields.Function(
        lambda part: part.given.value,
        metadata={"description": "The score, in its own points.", "type": "number"},
    )
    date = fields.Function(
        lambda part: part.given.on.isoformat(),
        metadata={"description": "The local day of the questionnaire.", "type": "string", "format": "date"},
    )
    severity = fields.String(
        required=True,
        validate=validate.OneOf([step.value for step in Severity]),
        metadata={"description": "What a score of this size stands for."},
    )
    description = fields.String(
        required=True,
        metadata={"description": "The score and what it stands for, in a sentence."},
        attribute="words",
    )
    verified = fields.Function(
        lambda part: part.rule.verified,
        metadata={
            "description": "False: the cut is not checked in its source, or made for another scale.",
            "type": "boolean",
        },
    )
    source = fields.Function(
        lambda part: part.rule.source, metadata={"description": "Where the cut comes from.", "type": "string"}
    )


class FunctionalStatusSchema(Schema):
    """How far her latest questionnaires say that she is limited: the worst counts, and each is named."""

    severity = fields.String(
        required=True,
        validate=validate.OneOf([step.value for step in Severity]),
        metadata={"description": "The worst that the questionnaires say."},
    )
    limitation = fields.String(
        required=True, metadata={"description": "The same in the words of limitation."}
    )
    description = fields.String(
        required=True, metadata={"description": "All of it in a sentence."}, attribute="words"
    )
    parts = fields.List(
        fields.Nested(FunctionalScoreSchema),
        required=True,
        metadata={"description": "What each score says; the worst counts."},
    )
    too_old = fields.List(
        fields.String(), required=True, metadata={"description": "What no longer counts, and why."}
    )
    verified = fields.Boolean(
        required=True,
        metadata={"description": "False: a cut is not checked in its source, or made for another scale."},
    )
