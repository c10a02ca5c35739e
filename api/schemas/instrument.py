"""Instruments on the wire: what they ask, how they are scored, and who owns their words."""

from marshmallow import Schema, fields, validate

from api.domain.instruments.definition import Direction, Wording
from api.schemas.assessment import LONGEST_CODE
from api.schemas.fields import Prose, Strict


class LanguageQuerySchema(Strict):
    """In which language."""

    language = fields.String(
        load_default=None,
        validate=validate.Regexp(r"^[a-z]{2,3}(-[A-Z]{2})?\Z"),
        metadata={
            "pattern": "^[a-z]{2,3}(-[A-Z]{2})?$",
            "description": "Of the wording; left out, the patient's own, or en.",
            "examples": ["de"],
        },
    )


class InstrumentQuerySchema(LanguageQuerySchema):
    """In which language and version."""

    version = fields.String(
        load_default=None,
        validate=validate.Length(1, LONGEST_CODE),
        metadata={"description": "Left out, the newest."},
    )


class CitedValueSchema(Schema):
    """A number and its source."""

    value = fields.Float(required=True, metadata={"description": "The number, in points of the score."})
    source = fields.String(required=True, metadata={"description": "Where it is published."})
    verified = fields.Boolean(
        required=True, metadata={"description": "False: general knowledge, to be shown as unverified."}
    )


class ScoreBandSchema(Schema):
    """A word for scores of at least `lowest`, up to the next band."""

    lowest = fields.Float(
        required=True, metadata={"description": "The lowest score, in points, that this word is for."}
    )
    label = Prose(required=True, metadata={"description": "The word, such as `mild`."})
    source = fields.String(required=True, metadata={"description": "Where the cut is published."})
    verified = fields.Boolean(
        required=True, metadata={"description": "False: the cut is not checked in its source."}
    )


class InstrumentItemSchema(Schema):
    """One question; `words` null: see `wording`."""

    id = fields.String(
        required=True, metadata={"description": "Name of the question; answers are sent under it."}
    )
    lowest = fields.Float(required=True, metadata={"description": "The lowest number it takes."})
    highest = fields.Float(required=True, metadata={"description": "The highest number it takes."})
    integers_only = fields.Boolean(
        required=True, metadata={"description": "Whether only whole numbers are taken."}
    )
    choices = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "If any, the answer is a list of some of them, and no number."},
    )
    asked = fields.Boolean(
        required=True, metadata={"description": "False: taken and scored, though this form does not ask it."}
    )
    text = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The question in the language asked for; null: see `wording`."},
    )
    answer_texts = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        required=True,
        metadata={"description": "Text by answer, as far as the site has loaded it."},
    )


class InstrumentOptionSchema(Schema):
    """Something the scorer may be told."""

    name = fields.String(required=True, metadata={"description": "Name of the option."})
    default = fields.Raw(
        required=True,
        metadata={"description": "What holds where it is left out.", "type": ["boolean", "integer"]},
    )
    description = fields.String(required=True, metadata={"description": "What the option does."})
    lowest = fields.Integer(
        required=True, metadata={"description": "The lowest number it takes; 0 for true or false."}
    )
    highest = fields.Integer(
        required=True, metadata={"description": "The highest number it takes; 1 for true or false."}
    )


class InstrumentScoreSchema(Schema):
    """One number it gives."""

    id = fields.String(required=True, metadata={"description": "Name of the score within the questionnaire."})
    name = Prose(required=True, metadata={"description": "What it measures, in words."})
    lowest = fields.Float(required=True, metadata={"description": "The lowest value it can have."})
    highest = fields.Float(required=True, metadata={"description": "The highest value it can have."})
    direction = fields.String(
        required=True,
        validate=validate.OneOf([one.value for one in Direction]),
        metadata={"description": "Whether a higher value is worse or better."},
    )
    bands = fields.List(
        fields.Nested(ScoreBandSchema),
        required=True,
        metadata={
            "description": "Published words for ranges of the score, lowest first; empty: none are known."
        },
    )
    minimal_important_difference = fields.Nested(
        CitedValueSchema,
        required=True,
        allow_none=True,
        metadata={"description": "The smallest change that matters to a patient (MCID), in points."},
    )
    sem = fields.Nested(
        CitedValueSchema,
        required=True,
        allow_none=True,
        metadata={"description": "Standard error of measurement, in points."},
    )
    loinc = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "LOINC code of the score; null: none is known."},
    )
    standard_error_of = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The score whose standard error this is; null: a score of its own."},
    )


class LicenceSchema(Schema):
    """Who owns the wording, and what of it may be shipped."""

    wording = fields.String(
        required=True,
        validate=validate.OneOf([one.value for one in Wording]),
        metadata={"description": "Whether the wording is shipped with the software."},
    )
    terms = fields.String(
        required=True, metadata={"description": "Who owns it and on which terms it may be used."}
    )
    source = fields.String(required=True, metadata={"description": "Where the terms are published."})


class WordingSchema(Schema):
    """Whether there is a text at this site in the language asked for."""

    language = fields.String(required=True, metadata={"description": "The language asked for."})
    available = fields.Boolean(
        required=True, metadata={"description": "Whether the text is here in that language."}
    )
    notice = Prose(
        required=True,
        allow_none=True,
        metadata={"description": "Why there is none; it can be scored from answers all the same."},
    )
    languages = fields.List(fields.String(), required=True, metadata={"description": "Those there are."})
    licence = fields.String(
        required=True, allow_none=True, metadata={"description": "Who granted the site its text, and when."}
    )


class RetirementSchema(Schema):
    """End of the use of an instrument for new assessments."""

    effective_from = fields.Date(
        required=True, metadata={"description": "First local date that takes no new assessment."}
    )
    reason = fields.String(required=True, metadata={"description": "Why it is no longer used."})
    successor = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Code of the questionnaire to use instead; null: there is none."},
    )


class InstrumentSummarySchema(Schema):
    """One instrument, in its newest version."""

    code = fields.String(
        required=True, metadata={"description": "Code of the questionnaire, such as `bpi-sf`."}
    )
    version = fields.String(required=True, metadata={"description": "Version of its definition here."})
    name = fields.String(required=True, metadata={"description": "Its published name."})
    recall_period = Prose(required=True, metadata={"description": "The time it asks about."})
    retired = fields.Nested(
        RetirementSchema,
        required=True,
        allow_none=True,
        metadata={
            "description": "Set: it takes no new assessments, and no new plan may name it; "
            "stored assessments stay readable and correctable. Null: in use."
        },
    )
    licence = fields.Nested(
        LicenceSchema,
        required=True,
        metadata={"description": "Who owns the wording, and what of it may be shipped."},
    )
    wording = fields.Nested(
        WordingSchema,
        required=True,
        metadata={"description": "Whether its text is here in the language asked for."},
    )


class InstrumentsSchema(Schema):
    """Every instrument there is."""

    items = fields.List(
        fields.Nested(InstrumentSummarySchema),
        required=True,
        metadata={"description": "Every questionnaire, in its newest version."},
    )


class InstrumentSchema(InstrumentSummarySchema):
    """All there is to know of one instrument."""

    items = fields.List(
        fields.Nested(InstrumentItemSchema),
        required=True,
        metadata={"description": "Its questions, in their order."},
    )
    options = fields.List(
        fields.Nested(InstrumentOptionSchema),
        required=True,
        metadata={"description": "What the scorer may be told beside the answers."},
    )
    scores = fields.List(
        fields.Nested(InstrumentScoreSchema), required=True, metadata={"description": "The numbers it gives."}
    )
    missing_rule = fields.String(
        required=True, metadata={"description": "What happens to scores when questions are left out."}
    )
    algorithm = fields.String(required=True, metadata={"description": "How the scores are made, in words."})
    sources = fields.List(
        fields.String(), required=True, metadata={"description": "Papers and manuals the scoring rests on."}
    )
    cautions = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "What to bear in mind when reading its scores."},
    )
    scorer = fields.String(
        required=True, metadata={"description": "Content hash, as the scores it makes store it."}
    )
