"""Schemas of the check-in with its words."""

from marshmallow import Schema, fields

from api.domain.enrolment import Language
from api.domain.entries.check_in import Asked, FlagGroup
from api.schemas.fields import OneOf, nullable, required
from api.words.check_in import KINDS


class AnswerWordsSchema(Schema):
    """Words of one value."""

    value = fields.String(**required("The value on the wire.", examples=["left"]))
    text = fields.String(**required("Its words.", examples=["left hand"]))


class CheckInOptionSchema(AnswerWordsSchema):
    """Words of one value of an answer."""

    value = fields.String(
        **required("The value on the wire: a number of the scale, a choice, or a body site.", examples=["0"])
    )
    text = fields.String(**required("Its words.", examples=["no pain"]))
    group = OneOf(FlagGroup, **nullable("How soon a red flag is looked at. Null: no red flag."))
    offered = fields.Boolean(
        **required("False: a former value. Show its words with older entries, and do not offer it.")
    )
    sides = fields.List(
        fields.Nested(AnswerWordsSchema),
        **required("Body site: the sides to offer, each with the words of both together. Empty otherwise."),
    )


class CheckInQuestionSchema(Schema):
    """One question with its words."""

    name = fields.String(**required("Field of an entry that takes the answer.", examples=["pain_worst"]))
    label = fields.String(**required("Its name in a few words.", examples=["Worst pain"]))
    kind = OneOf(KINDS, **required("Kind of the answer."))
    asked = OneOf(
        Asked,
        **required(
            "When it is asked. `always`: in each check-in. `more`: where the patient wants to add more. "
            "`listed`: while `questions` of `GET /v1/me`, or an extra check-in, names it."
        ),
    )
    text = fields.String(**required("The question about today."))
    past_text = fields.String(**required("The question about an earlier day."))
    hint = fields.String(**nullable("A sentence below the question. Null: none."))
    unanswered_text = fields.String(
        **nullable("Words of a choice that sends no answer. Null: leave the question blank.")
    )
    lowest = fields.Integer(**nullable("Lowest value of a scale. Null: no scale."))
    highest = fields.Integer(**nullable("Highest value of a scale. Null: no scale."))
    higher_is = OneOf(["worse", "better"], **nullable("Direction of a scale. Null: no scale."))
    unit = fields.String(**nullable("Unit of a scale. Null: points, or no scale."))
    max_length = fields.Integer(**nullable("Most characters of a text. Null: no text."))
    options = fields.List(
        fields.Nested(CheckInOptionSchema),
        **required(
            "Words of values. Scale: of both ends, or of the values to offer; every other value of the range "
            "is accepted too. Otherwise: of every value, in the order in which to offer them."
        ),
    )
    sides = fields.List(
        fields.Nested(AnswerWordsSchema),
        **required("Body sites: words of the sides by themselves, such as on buttons. Empty otherwise."),
    )


class SelfHarmWordsSchema(Schema):
    """Words about thoughts of self-harm, for a page of their own.

    `red_flags` takes the flag in any case, and the alert is raised the same day. Where it is not offered,
    show `crisis_text` and the crisis line without asking.
    """

    flag = fields.String(**required("Value for `red_flags`.", examples=["thoughts_of_self_harm"]))
    offered = fields.Boolean(**required("True: the site says who answers; ask. False: do not ask."))
    approved = fields.Boolean(
        **required("False: a clinician of the site has not approved these words yet (`/v1/site/questions`).")
    )
    text = fields.String(**required("The question."))
    option_text = fields.String(**required("Words of the answer that states such thoughts."))
    crisis_text = fields.String(**required("What to say beside the crisis line."))
    crisis_line = fields.String(**nullable("Crisis line of the site. Null: not set by the site."))
    answered_by = fields.String(**nullable("Who answers, and when. Null: not set by the site."))
    revision = fields.String(**required("Hash of the wording, for its approval."))


class CheckInSchema(Schema):
    """The check-in: its questions with their words in one language."""

    language = OneOf(Language, **required("Language of the words."))
    revision = fields.String(**required("Hash of the content. It is the ETag."))
    questions = fields.List(
        fields.Nested(CheckInQuestionSchema), **required("The questions, in the order in which to ask them.")
    )
    self_harm = fields.Nested(SelfHarmWordsSchema, **required("Words about thoughts of self-harm."))
