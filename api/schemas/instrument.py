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


class CitedSchema(Schema):
    """A number and its source."""

    value = fields.Float(required=True)
    source = fields.String(required=True)
    verified = fields.Boolean(
        required=True, metadata={"description": "False: general knowledge, to be shown as unverified."}
    )


class BandSchema(Schema):
    """A word for scores of at least `lowest`, up to the next band."""

    lowest = fields.Float(required=True)
    word = Prose(required=True)
    source = fields.String(required=True)
    verified = fields.Boolean(required=True)


class InstrumentItemSchema(Schema):
    """One question; `words` null: see `wording`."""

    id = fields.String(required=True)
    lowest = fields.Float(required=True)
    highest = fields.Float(required=True)
    whole = fields.Boolean(required=True)
    choices = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "If any, the answer is a list of some of them, and no number."},
    )
    asked = fields.Boolean(
        required=True, metadata={"description": "False: taken and scored, though this form does not ask it."}
    )
    words = fields.String(required=True, allow_none=True)
    answers = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        required=True,
        metadata={"description": "Text by answer, as far as the site has loaded it."},
    )


class InstrumentOptionSchema(Schema):
    """Something the scorer may be told."""

    name = fields.String(required=True)
    default = fields.Raw(required=True, metadata={"type": ["boolean", "integer"]})
    words = fields.String(required=True)
    lowest = fields.Integer(required=True)
    highest = fields.Integer(required=True)


class InstrumentScoreSchema(Schema):
    """One number it gives."""

    id = fields.String(required=True)
    name = Prose(required=True)
    lowest = fields.Float(required=True)
    highest = fields.Float(required=True)
    direction = fields.String(required=True, validate=validate.OneOf([one.value for one in Direction]))
    bands = fields.List(fields.Nested(BandSchema), required=True)
    matters = fields.Nested(
        CitedSchema,
        required=True,
        allow_none=True,
        metadata={"description": "The smallest change that matters to a patient (MCID), in points."},
    )
    sem = fields.Nested(
        CitedSchema,
        required=True,
        allow_none=True,
        metadata={"description": "Standard error of measurement, in points."},
    )
    loinc = fields.String(required=True, allow_none=True)
    standard_error_of = fields.String(required=True, allow_none=True)


class LicenceSchema(Schema):
    """Who owns the wording, and what of it may be shipped."""

    wording = fields.String(required=True, validate=validate.OneOf([one.value for one in Wording]))
    terms = fields.String(required=True)
    source = fields.String(required=True)


class WordingSchema(Schema):
    """Whether there is a text at this site in the language asked for."""

    language = fields.String(required=True)
    available = fields.Boolean(required=True)
    notice = Prose(
        required=True,
        allow_none=True,
        metadata={"description": "Why there is none; it can be scored from answers all the same."},
    )
    languages = fields.List(fields.String(), required=True, metadata={"description": "Those there are."})
    licence = fields.String(
        required=True, allow_none=True, metadata={"description": "Who granted the site its text, and when."}
    )


class InstrumentSummarySchema(Schema):
    """One instrument, in its newest version."""

    code = fields.String(required=True)
    version = fields.String(required=True)
    name = fields.String(required=True)
    recall = Prose(required=True)
    licence = fields.Nested(LicenceSchema, required=True)
    wording = fields.Nested(WordingSchema, required=True)


class InstrumentsSchema(Schema):
    """Every instrument there is."""

    items = fields.List(fields.Nested(InstrumentSummarySchema), required=True)


class InstrumentSchema(InstrumentSummarySchema):
    """All there is to know of one instrument."""

    items = fields.List(fields.Nested(InstrumentItemSchema), required=True)
    options = fields.List(fields.Nested(InstrumentOptionSchema), required=True)
    scores = fields.List(fields.Nested(InstrumentScoreSchema), required=True)
    missing_rule = fields.String(required=True)
    algorithm = fields.String(required=True)
    sources = fields.List(fields.String(), required=True)
    cautions = fields.List(fields.String(), required=True)
    scorer = fields.String(
        required=True, metadata={"description": "Content hash, as the scores it makes store it."}
    )
