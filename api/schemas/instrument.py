"""Schemas of instruments (questionnaires)."""

from marshmallow import Schema, fields, validate

from api.domain.instruments.definition import Wording
from api.domain.instruments.scores import Direction
from api.schemas.assessment import LONGEST_CODE
from api.schemas.fields import (
    EveryLanguage,
    OneOf,
    Prose,
    Rounded,
    Strict,
    about,
    list_of,
    nullable,
    required,
)


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

    value = Rounded(**required("The number, in points of the score."))
    source = fields.String(**required("Source of the number."))
    verified = fields.Boolean(**required("False: general knowledge. Show it as unverified."))


class ScoreBandSchema(Schema):
    """A label for scores from `lowest` up to the next band."""

    lowest = Rounded(**required("Lowest score of the band, in points."))
    label = Prose(**required("The label, such as `mild`."))
    source = fields.String(**required("Source of the cut-off."))
    verified = fields.Boolean(**required("False: the cut-off is not checked in its source."))


class InstrumentItemSchema(Schema):
    """One question of an instrument."""

    id = fields.String(**required("Identifier of the question. Answers use it as key."))
    lowest = Rounded(**required("Lowest accepted number."))
    highest = Rounded(**required("Highest accepted number."))
    integers_only = fields.Boolean(**required("True: only integers are accepted."))
    choices = fields.List(
        fields.String(),
        **required(
            "Codes of the choices. If not empty, the answer is a list of these codes instead of a number."
        ),
    )
    asked = fields.Boolean(**required("False: not part of this form, but accepted and scored."))
    text = fields.String(**nullable("Text of the question in the requested language. Null: see `wording`."))
    answer_texts = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        **required("Text by answer, as far as the site has loaded it."),
    )


class InstrumentOptionSchema(Schema):
    """An option of the scorer."""

    name = fields.String(**required("Name of the option."))
    default = fields.Raw(**required("Default value.", type=["boolean", "integer"]))
    description = fields.String(**required("Effect of the option."))
    lowest = fields.Integer(**required("Lowest accepted number. 0 for a boolean."))
    highest = fields.Integer(**required("Highest accepted number. 1 for a boolean."))


class InstrumentScoreSchema(Schema):
    """One score of an instrument."""

    id = fields.String(**required("Identifier of the score within the questionnaire."))
    name = Prose(**required("Name of the score."))
    lowest = Rounded(**required("Lowest possible value."))
    highest = Rounded(**required("Highest possible value."))
    direction = OneOf(Direction, **required("Direction: higher is worse, or higher is better."))
    bands = fields.List(
        fields.Nested(ScoreBandSchema),
        **required("Published labels for ranges of the score, lowest first. Empty: none are known."),
    )
    minimal_important_difference = fields.Nested(
        CitedValueSchema, **nullable("Minimal important difference (MCID), in points. Null: not known.")
    )
    sem = fields.Nested(
        CitedValueSchema, **nullable("Standard error of measurement, in points. Null: not known.")
    )
    loinc = fields.String(**nullable("LOINC code of the score. Null: not known."))
    standard_error_of = fields.String(
        **nullable("Score whose standard error this is. Null: not a standard error.")
    )


class LicenceSchema(Schema):
    """Owner of the wording and terms of its use."""

    wording = OneOf(Wording, **required("How much of the wording is shipped with the software."))
    terms = fields.String(**required("Owner and terms of use."))
    source = fields.String(**required("Source of the terms."))


class WordingSchema(Schema):
    """Availability of the text at this site in the requested language."""

    language = fields.String(**required("The requested language."))
    available = fields.Boolean(**required("True: the text is available in that language."))
    notice = Prose(**nullable("Reason why there is no text. Answers can be scored without it."))
    languages = fields.List(fields.String(), **required("Available languages."))
    licence = fields.String(**nullable("Licensor of the site's text and date of the licence."))


class RetirementSchema(Schema):
    """End of the use of an instrument for new assessments."""

    effective_from = fields.Date(**required("First local date that takes no new assessment."))
    reason = fields.String(**required("Reason for the retirement."))
    successor = fields.String(**nullable("Code of the replacement. Null: none."))


class InstrumentSummarySchema(Schema):
    """One instrument, in its newest version."""

    code = fields.String(**required("Code of the questionnaire, such as `bpi-sf`."))
    version = fields.String(**required("Version of the definition."))
    name = fields.String(**required("Its published name."))
    titles = EveryLanguage(
        attribute="title", **required("Name that patients are shown, in each of their languages.")
    )
    recall_period = Prose(**required("Recall period of the questions."))
    retired = fields.Nested(
        RetirementSchema,
        **nullable(
            "Retirement of the instrument. A retired instrument takes no new assessments"
            " and cannot be part of a new plan. Stored assessments can be read and "
            "corrected. Null: in use."
        ),
    )
    licence = fields.Nested(LicenceSchema, **required("Owner of the wording and terms of its use."))
    wording = fields.Nested(WordingSchema, **required("Availability of the text in the requested language."))


InstrumentsSchema = list_of(
    InstrumentSummarySchema,
    "Instruments",
    "All instruments.",
    items="All instruments in their newest version.",
)


class InstrumentSchema(InstrumentSummarySchema):
    """The full definition of one instrument."""

    items = fields.List(fields.Nested(InstrumentItemSchema), **required("Questions, in order."))
    options = fields.List(fields.Nested(InstrumentOptionSchema), **required("Options of the scorer."))
    scores = fields.List(fields.Nested(InstrumentScoreSchema), **required("Scores of the instrument."))
    missing_rule = fields.String(**required("Rule for missing answers."))
    algorithm = fields.String(**required("Scoring algorithm as text."))
    sources = fields.List(fields.String(), **required("Sources of the scoring."))
    cautions = fields.List(fields.String(), **required("Cautions for the interpretation."))
    scorer = fields.String(**required("Content hash of the definition, as stored with its scores."))
