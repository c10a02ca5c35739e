"""Optional questions: their wording, and the site's sign-off without which they are not asked.

A site signs off each question with the wording it has read, by the hash of that wording. Where a later
version of the software words a question anew, it is off again until it is signed off.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

from api.domain.constants import DAYS_PER_WEEK
from api.domain.content_hash import content_hash
from api.domain.documents import MAX_NAME, DocumentFormat, DocumentReader

DOCUMENT_FIELDS = ("name", "questions")


class WordedAnswer(NamedTuple):
    """One value of an answer, and its words."""

    value: str
    text: str


@dataclass(frozen=True, slots=True)
class QuestionWording:
    """Wording of a question in English; the catalogue of sentences has the other languages.

    Attributes:
        name: Name of the question on the wire.
        text: The question.
        options: Both ends of a scale, or each choice; none for yes or no.
        every_days: Days from one time it is asked to the next; None: after a gap, or with an extra
            check-in.
        from_day: First day on the tablets on which it is asked, 0 for the day they begin.
    """

    name: str
    text: str
    options: tuple[WordedAnswer, ...] = ()
    every_days: int | None = DAYS_PER_WEEK
    from_day: int = 0

    @property
    def revision(self) -> str:
        """Hash of the wording."""
        return content_hash(asdict(self))


OPTIONAL_QUESTIONS = (
    QuestionWording(
        "side_effects_bother",
        "How much have unwanted effects bothered you in the last 7 days?",
        (WordedAnswer("0", "not at all"), WordedAnswer("10", "extremely")),
        from_day=DAYS_PER_WEEK,
    ),
    QuestionWording(
        "doubt",
        "How much do you doubt that you need the tablets?",
        (WordedAnswer("0", "not at all"), WordedAnswer("10", "very much")),
    ),
    QuestionWording("cost_trouble", "In the last 7 days, was it hard to pay for the tablets or to get them?"),
    QuestionWording("sleep_trouble", "In the last 7 days, did you have trouble sleeping?"),
)
"""Off until signed off. Wording of our own; not yet reviewed by native speakers.

Bother is asked from the second week on the tablets on, and each of them weekly: clinical judgement."""

GAP_QUESTION = QuestionWording(
    "gap_reason",
    "There was no entry for a while. What was the reason?",
    (
        WordedAnswer("forgot", "It slipped my mind"),
        WordedAnswer("too_unwell", "I felt too unwell"),
        WordedAnswer("hospital", "I was in hospital"),
        WordedAnswer("technical", "Trouble with the phone or the app"),
        WordedAnswer("do_not_want", "I did not want to"),
    ),
    every_days=None,
)
USUAL_QUESTION = QuestionWording(
    "is_this_usual",
    "Is this like your usual bad days, or has something changed?",
    (WordedAnswer("usual", "Like my usual bad days"), WordedAnswer("changed", "Something has changed")),
    every_days=None,
)
"""Asked with an extra check-in."""

SELF_HARM_QUESTION = QuestionWording(
    "thoughts_of_self_harm",
    "Have you had thoughts of harming yourself?",
    (WordedAnswer("thoughts_of_self_harm", "Yes, thoughts of harming myself"),),
    every_days=None,
)
"""A red flag on a page of its own. The site offers it once it names who answers (`self_harm_answered_by`);
the sign-off states that a clinician of the site approves the words."""

SIGNABLE_QUESTIONS = (*OPTIONAL_QUESTIONS, SELF_HARM_QUESTION)
"""Wordings that a clinician of the site can sign off."""

_BY_NAME = {each.name: each for each in SIGNABLE_QUESTIONS}


@dataclass(frozen=True, slots=True)
class SignedQuestions:
    """Sign-off of a site: the revision that was read, by the name of the question."""

    name: str = "default"
    revisions: Mapping[str, str] = field(default_factory=dict)

    def outdated(self) -> list[str]:
        """Return the questions that are signed off with another wording than the present one."""
        return [name for name, revision in self.revisions.items() if _BY_NAME[name].revision != revision]

    def approves(self, wording: QuestionWording) -> bool:
        """Return whether the present wording of a question is signed off."""
        return self.revisions.get(wording.name) == wording.revision

    def asked_of(self, ai_started_on: date, today: date) -> Iterator[QuestionWording]:
        """Yield the questions that are signed off for a patient on a day, in their order.

        >>> signed = SignedQuestions("ours", {each.name: each.revision for each in OPTIONAL_QUESTIONS[:2]})
        >>> [each.name for each in signed.asked_of(date(2026, 3, 1), date(2026, 3, 7))]
        ['doubt']
        """
        for each in OPTIONAL_QUESTIONS:
            begins = ai_started_on + timedelta(days=each.from_day)
            if self.approves(each) and begins <= today:
                yield each


BUILT_IN = SignedQuestions()
"""In force until a clinician of the site signs questions off: none is asked."""


def read_questions(document: Any) -> SignedQuestions:
    """Return the content of a document.

    Raises:
        UnusableDocument: It is no such document; with every problem.
    """
    reader = DocumentReader()
    table = reader.root(document, DOCUMENT_FIELDS)
    name = reader.text(table.get("name"), "name", MAX_NAME)
    signed = reader.table(table.get("questions", {}), "questions", _BY_NAME)
    revisions = {
        question: reader.text(signed[question], f"questions.{question}", MAX_NAME)
        for question in _BY_NAME
        if question in signed
    }
    return reader.finish(SignedQuestions(name, revisions))


def document_of(content: SignedQuestions) -> dict[str, Any]:
    """Return a sign-off as a document; reading it returns the same sign-off."""
    return {"name": content.name, "questions": dict(content.revisions)}


def changes(content: SignedQuestions) -> list[str]:
    """Return the questions that are signed off, one per line."""
    outdated = content.outdated()
    return [
        f"questions.{name}: {'signed off with another wording, off' if name in outdated else 'asked'}"
        for name in content.revisions
    ]


QUESTIONS_FORMAT = DocumentFormat("sign-off", BUILT_IN, read_questions, document_of, document_of, changes)
