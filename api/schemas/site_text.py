"""Schema of a sentence that a site says to its patients, by language."""

from marshmallow import ValidationError, fields, validates_schema

from api.schemas.fields import Strict, Text, about, absent_or_null, nullable

LONGEST = 300


def _text(language: str) -> Text:
    return Text(max=LONGEST, lines=True, metadata=about(f"The sentence in {language}."))


class SiteTextSchema(Strict):
    """A sentence of the site for its patients, in the languages the site has written it in.

    A patient is shown the one in their own language, else the English one, else another.
    """

    en = _text("English")
    de = _text("German")
    es = _text("Spanish")
    fr = _text("French")

    @validates_schema
    def _says_something(self, words: dict[str, str], **_: object) -> None:
        if not words:
            raise ValidationError("Name at least one language, or send null for none.")


_MEANINGS = {
    "hours": ("Hours of the team. Null: not set.", "Mondays to Fridays, 8 to 16 h."),
    "read_when": (
        "When somebody reads what patients send. Null: not set.",
        "Your team reads this on working days until 16 h.",
    ),
    "called_when": (
        "When the team calls a patient. Null: not set.",
        "After two weeks without an entry your team may call you.",
    ),
    "self_harm_answered_by": (
        "Who answers a patient with thoughts of self-harm, and when. Null: nobody is named, and the check-in "
        "does not ask about such thoughts; a statement of them is accepted and raised in any case.",
        "A nurse of your team calls you on the same day.",
    ),
}


def site_text(name: str, *, is_new: bool = False) -> fields.Nested:
    """Return the field of one of a site's sentences; in changes (``is_new``) it may be absent."""
    meaning, example = _MEANINGS[name]
    described = absent_or_null if is_new else nullable
    return fields.Nested(SiteTextSchema, **described(meaning, examples=[{"en": example}]))
