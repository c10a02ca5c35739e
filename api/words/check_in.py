"""The check-in in the language of a patient: questions with their ranges, and words of their answers."""

from functools import cache
from typing import Any

from api.domain.content_hash import content_hash
from api.domain.enrolment import Language
from api.domain.entries.answer_types import (
    AnswerType,
    BodySites,
    Choice,
    Choices,
    FlagAnswer,
    ScaleAnswer,
    TextAnswer,
)
from api.domain.entries.check_in import BODY_SITES, CHECK_IN, FORMER_FLAGS, SIDES, CheckInQuestion, group_of
from api.domain.entries.optional_questions import SELF_HARM_QUESTION, WordedAnswer
from api.domain.entries.questions import QUESTIONS
from api.words.catalogue import translated

CRISIS_WORDS = "You do not have to be alone with thoughts of harming yourself. Please talk to someone now."
"""Said beside the site's crisis line, also where the question is not offered."""

_KINDS: dict[type[AnswerType], str] = {
    ScaleAnswer: "scale",
    FlagAnswer: "flag",
    Choice: "choice",
    Choices: "choices",
    TextAnswer: "text",
    BodySites: "body_sites",
}
KINDS = tuple(_KINDS.values())
_TYPES = {question.name: question.kind for question in QUESTIONS}


@cache
def check_in(language: Language) -> dict[str, Any]:
    """Return the questions in ``language``, and the words about thoughts of self-harm, for every site."""
    (option,) = SELF_HARM_QUESTION.options
    return {
        "language": language,
        "questions": [_question(question, language) for question in CHECK_IN],
        "self_harm": {
            "flag": option.value,
            "text": translated(SELF_HARM_QUESTION.text, language),
            "option_text": translated(option.text, language),
            "crisis_text": translated(CRISIS_WORDS, language),
            "revision": SELF_HARM_QUESTION.revision,
        },
    }


def check_in_of_site(
    language: Language, *, is_approved: bool, answered_by: str | None, crisis_line: str | None
) -> dict[str, Any]:
    """Return the check-in of a site in ``language`` with its revision, the hash of the whole.

    The question about thoughts of self-harm is offered once the site says who answers.
    """
    words = check_in(language)
    of_site = {
        "offered": answered_by is not None,
        "approved": is_approved,
        "answered_by": answered_by,
        "crisis_line": crisis_line,
    }
    shown = words | {"self_harm": words["self_harm"] | of_site}
    return shown | {"revision": content_hash(shown)}


def _question(question: CheckInQuestion, language: Language) -> dict[str, Any]:
    kind = _TYPES[question.name]
    return {
        "name": question.name,
        "label": translated(question.label, language),
        "kind": _KINDS[type(kind)],
        "asked": question.asked,
        "text": translated(question.text, language),
        "past_text": translated(question.past or question.text, language),
        "hint": question.hint and translated(question.hint, language),
        "unanswered_text": question.unanswered and translated(question.unanswered, language),
        **_range(kind),
        "options": _options(question, kind, language),
        "sides": _answers(SIDES, language) if isinstance(kind, BodySites) else [],
    }


def _range(kind: AnswerType) -> dict[str, Any]:
    scale = kind if isinstance(kind, ScaleAnswer) else None
    return {
        "lowest": scale and scale.lowest,
        "highest": scale and scale.highest,
        "higher_is": scale and scale.higher_is,
        "unit": (scale and scale.unit) or None,
        "max_length": kind.max_length if isinstance(kind, TextAnswer) else None,
    }


def _options(question: CheckInQuestion, kind: AnswerType, language: Language) -> list[dict[str, Any]]:
    if isinstance(kind, BodySites):
        return [
            _option(site.site, translated(site.text, language)) | {"sides": _answers(site.sides, language)}
            for site in BODY_SITES
        ]
    options = [_option(each.value, translated(each.text, language)) for each in question.options]
    if question.name == "red_flags":
        return [
            each | {"group": group_of(each["value"]), "offered": each["value"] not in FORMER_FLAGS}
            for each in options
        ]
    return options


def _option(value: str, text: str) -> dict[str, Any]:
    return {"value": value, "text": text, "group": None, "offered": True, "sides": []}


def _answers(words: tuple[WordedAnswer, ...], language: Language) -> list[dict[str, str]]:
    return [{"value": each.value, "text": translated(each.text, language)} for each in words]
