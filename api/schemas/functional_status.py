"""Schemas of the functional status."""

from marshmallow import Schema, fields

from api.domain.alerts.finding import Severity
from api.schemas.fields import OneOf, about, required


class FunctionalScoreSchema(Schema):
    """One score of the functional status."""

    instrument = fields.Function(
        lambda part: part.rule.instrument, metadata=about("Code of the questionnaire.", type="string")
    )
    score = fields.Function(
        lambda part: part.rule.score,
        metadata=about("Identifier of the score within the questionnaire.", type="string"),
    )
    value = fields.Function(
        lambda part: part.given.value, metadata=about("Value in points of the score.", type="number")
    )
    date = fields.Function(
        lambda part: part.given.on.isoformat(),
        metadata=about("Local date of the assessment.", type="string", format="date"),
    )
    severity = OneOf(Severity, **required("Severity for a value of this size."))
    description = fields.String(**required("The score and its severity in one sentence."))
    verified = fields.Function(
        lambda part: part.rule.verified,
        metadata=about(
            "False: the cut-off is not checked in its source, or was made for another scale.", type="boolean"
        ),
    )
    source = fields.Function(
        lambda part: part.rule.source, metadata=about("Source of the cut-off.", type="string")
    )


class FunctionalStatusSchema(Schema):
    """Functional limitation according to the latest assessments. The worst score counts."""

    severity = OneOf(Severity, **required("Worst severity of the scores."))
    limitation = fields.String(**required("The same as a degree of limitation."))
    description = fields.String(**required("Summary in one sentence."))
    parts = fields.List(fields.Nested(FunctionalScoreSchema), **required("The scores. The worst counts."))
    too_old = fields.List(fields.String(), **required("Scores that are too old to count, with the reason."))
    verified = fields.Boolean(
        **required("False: a cut-off is not checked in its source, or was made for another scale.")
    )
