"""Schemas of questions with their wording, and of the site's sign-off."""

from marshmallow import Schema, fields

from api.domain.entries.optional_questions import OPTIONAL_QUESTIONS
from api.schemas.fields import Prose, nullable, required
from api.schemas.site_document import NewSiteDocumentSchema, SiteDocumentSchema


class QuestionOptionSchema(Schema):
    """Words for one value of an answer."""

    value = fields.String(**required("The value: an end of the scale, or one of the choices."))
    text = Prose(**required("Its words, in the language of the caller."))


class QuestionSchema(Schema):
    """A question to ask beside those of every entry."""

    name = fields.String(**required("Field of an entry that takes the answer."))
    text = Prose(**required("The question, in the language of the caller."))
    options = fields.List(
        fields.Nested(QuestionOptionSchema),
        **required("Words of both ends of a scale, or of each choice. Empty: yes or no."),
    )
    every_days = fields.Integer(
        **nullable(
            "Days from one time it is asked to the next. Null: asked after a gap that is longer than usual, "
            "with an extra check-in, or on a page of its own."
        )
    )


class OptionalQuestionSchema(QuestionSchema):
    """An optional question of the diary."""

    revision = fields.String(**required("Hash of the wording. Send it to sign the question off."))


class SignedQuestionsStatusSchema(Schema):
    """The optional questions, and the site's sign-offs in force and upcoming."""

    available = fields.List(
        fields.Nested(OptionalQuestionSchema),
        **required("Every question that can be signed off, with its wording."),
    )
    asked = fields.List(
        fields.String(), **required("Names of the questions that are signed off with their present wording.")
    )
    current = fields.Nested(SiteDocumentSchema, **required("Sign-off in force."))
    upcoming = fields.List(
        fields.Nested(SiteDocumentSchema), **required("Upcoming sign-offs, in the order of their start.")
    )


class NewSignedQuestionsSchema(NewSiteDocumentSchema):
    """A sign-off of optional questions."""

    document = fields.Dict(
        **required(
            "`name`, and `questions`: the `revision` of the wording that was read, by the name of each "
            "question to ask.",
            examples=[{"name": "Breast clinic", "questions": {"doubt": OPTIONAL_QUESTIONS[1].revision}}],
        )
    )
