"""Schemas of instruments (questionnaires)."""

from marshmallow import Schema, fields, validate

from api.domain.instruments.definition import Direction, Wording
from api.schemas.assessment import LONGEST_CODE
from api.schemas.fields import Prose, Rounded, Strict, about, list_of


class LanguageQuerySchema(Strict):
    """Query parameters of a list of instruments."""

    language = fields.String(
        load_default=None,
        validate=validate.Regexp(r"^[a-z]{2,3}(-[A-Z]{2})?\Z"),
        metadata=about(
            "Language of the wording. Default: the patient's language, else `en`.",
            pattern="^[a-z]{2,3}(-[A-Z]{2})?$",
            examples=["de"],
        ),
    )


class InstrumentQuerySchema(LanguageQuerySchema):
    """Query parameters of one instrument."""

    version = fields.String(
        load_default=None,
        validate=validate.Length(1, LONGEST_CODE),
        metadata=about("Version. Default: the newest."),
    )


class CitedValueSchema(Schema):
    """A number and its source."""

    value = Rounded(required=True, metadata=about("The number, in points of the score."))
    source = fields.String(required=True, metadata=about("Source of the number."))
    verified = fields.Boolean(
        required=True, metadata=about("False: general knowledge. Show it as unverified.")
    )


class ScoreBandSchema(Schema):
    """A label for scores from `lowest` up to the next band."""

    lowest = Rounded(required=True, metadata=about("Lowest score of the band, in points."))
    label = Prose(required=True, metadata=about("The label, such as `mild`."))
    source = fields.String(required=True, metadata=about("Source of the cut-off."))
    verified = fields.Boolean(
        required=True, metadata=about("False: the cut-off is not checked in its source.")
    )


class InstrumentItemSchema(Schema):
    """One question of an instrument."""

    id = fields.String(required=True, metadata=about("Identifier of the question. Answers use it as key."))
    lowest = Rounded(required=True, metadata=about("Lowest accepted number."))
    highest = Rounded(required=True, metadata=about("Highest accepted number."))
    integers_only = fields.Boolean(required=True, metadata=about("True: only integers are accepted."))
    choices = fields.List(
        fields.String(),
        required=True,
        metadata=about(
            "Codes of the choices. If not empty, the answer is a list of these codes instead of a number."
        ),
    )
    asked = fields.Boolean(
        required=True, metadata=about("False: not part of this form, but accepted and scored.")
    )
    text = fields.String(
        required=True,
        allow_none=True,
        metadata=about("Text of the question in the requested language. Null: see `wording`."),
    )
    answer_texts = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        required=True,
        metadata=about("Text by answer, as far as the site has loaded it."),
    )


class InstrumentOptionSchema(Schema):
    """An option of the scorer."""

    name = fields.String(required=True, metadata=about("Name of the option."))
    default = fields.Raw(required=True, metadata=about("Default value.", type=["boolean", "integer"]))
    description = fields.String(required=True, metadata=about("Effect of the option."))
    lowest = fields.Integer(required=True, metadata=about("Lowest accepted number. 0 for a boolean."))
    highest = fields.Integer(required=True, metadata=about("Highest accepted number. 1 for a boolean."))


class InstrumentScoreSchema(Schema):
    """One score of an instrument."""

    id = fields.String(required=True, metadata=about("Identifier of the score within the questionnaire."))
    name = Prose(required=True, metadata=about("Name of the score."))
    lowest = Rounded(required=True, metadata=about("Lowest possible value."))
    highest = Rounded(required=True, metadata=about("Highest possible value."))
    direction = fields.String(
        required=True,
        validate=validate.OneOf([one.value for one in Direction]),
        metadata=about("Direction: higher is worse, or higher is better."),
    )
    bands = fields.List(
        fields.Nested(ScoreBandSchema),
        required=True,
        metadata=about("Published labels for ranges of the score, lowest first. Empty: none are known."),
    )
    minimal_important_difference = fields.Nested(
        CitedValueSchema,
        required=True,
        allow_none=True,
        metadata=about("Minimal important difference (MCID), in points. Null: not known."),
    )
    sem = fields.Nested(
        CitedValueSchema,
        required=True,
        allow_none=True,
        metadata=about("Standard error of measurement, in points. Null: not known."),
    )
    loinc = fields.String(
        required=True, allow_none=True, metadata=about("LOINC code of the score. Null: not known.")
    )
    standard_error_of = fields.String(
        required=True,
        allow_none=True,
        metadata=about("Score whose standard error this is. Null: not a standard error."),
    )


class LicenceSchema(Schema):
    """Owner of the wording and terms of its use."""

    wording = fields.String(
        required=True,
        validate=validate.OneOf([one.value for one in Wording]),
        metadata=about("How much of the wording is shipped with the software."),
    )
    terms = fields.String(required=True, metadata=about("Owner and terms of use."))
    source = fields.String(required=True, metadata=about("Source of the terms."))


class WordingSchema(Schema):
    """Availability of the text at this site in the requested language."""

    language = fields.String(required=True, metadata=about("The requested language."))
    available = fields.Boolean(required=True, metadata=about("True: the text is available in that language."))
    notice = Prose(
        required=True,
        allow_none=True,
        metadata=about("Reason why there is no text. Answers can be scored without it."),
    )
    languages = fields.List(fields.String(), required=True, metadata=about("Available languages."))
    licence = fields.String(
        required=True, allow_none=True, metadata=about("Licensor of the site's text and date of the licence.")
    )


class RetirementSchema(Schema):
    """End of the use of an instrument for new assessments."""

    effective_from = fields.Date(
        required=True, metadata=about("First local date that takes no new assessment.")
    )
    reason = fields.String(required=True, metadata=about("Reason for the retirement."))
    successor = fields.String(
        required=True, allow_none=True, metadata=about("Code of the replacement. Null: none.")
    )


class InstrumentSummarySchema(Schema):
    """One instrument, in its newest version."""

    code = fields.String(required=True, metadata=about("Code of the questionnaire, such as `bpi-sf`."))
    version = fields.String(required=True, metadata=about("Version of the definition."))
    name = fields.String(required=True, metadata=about("Its published name."))
    recall_period = Prose(required=True, metadata=about("Recall period of the questions."))
    retired = fields.Nested(
        RetirementSchema,
        required=True,
        allow_none=True,
        metadata=about(
            "Retirement of the instrument. A retired instrument takes no new assessments"
            " and cannot be part of a new plan. Stored assessments can be read and "
            "corrected. Null: in use."
        ),
    )
    licence = fields.Nested(
        LicenceSchema, required=True, metadata=about("Owner of the wording and terms of its use.")
    )
    wording = fields.Nested(
        WordingSchema, required=True, metadata=about("Availability of the text in the requested language.")
    )


InstrumentsSchema = list_of(
    InstrumentSummarySchema,
    "Instruments",
    "All instruments.",
    items="All instruments in their newest version.",
)


class InstrumentSchema(InstrumentSummarySchema):
    """The full definition of one instrument."""

    items = fields.List(
        fields.Nested(InstrumentItemSchema), required=True, metadata=about("Questions, in order.")
    )
    options = fields.List(
        fields.Nested(InstrumentOptionSchema), required=True, metadata=about("Options of the scorer.")
    )
    scores = fields.List(
        fields.Nested(InstrumentScoreSchema), required=True, metadata=about("Scores of the instrument.")
    )
    missing_rule = fields.String(required=True, metadata=about("Rule for missing answers."))
    algorithm = fields.String(required=True, metadata=about("Scoring algorithm as text."))
    sources = fields.List(fields.String(), required=True, metadata=about("Sources of the scoring."))
    cautions = fields.List(fields.String(), required=True, metadata=about("Cautions for the interpretation."))
    scorer = fields.String(
        required=True, metadata=about("Content hash of the definition, as stored with its scores.")
    )
