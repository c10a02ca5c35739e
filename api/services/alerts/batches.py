"""Answers to several alerts in one transaction, each with its own result."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from api.domain.errors import DomainError
from api.models.alert import Alert

Answer = Callable[[Mapping[str, Any]], Alert]


@dataclass(frozen=True, slots=True)
class AnswerResult:
    """The result for one alert: its new version, or why it was not changed."""

    id: UUID
    version: int | None = None
    problem: DomainError | None = None


def answer_each(session: Session, items: Sequence[Mapping[str, Any]], answer: Answer) -> list[AnswerResult]:
    """Answer alerts one by one; one that is refused leaves the others as they are.

    They are locked in the order of their ids, so that two requests never wait for each other.

    Args:
        session: The transaction of all.
        items: The alerts, each with its ``id``.
        answer: Answers one of them, and checks everything before it changes anything.

    Returns:
        The results in the order of ``items``.
    """
    results: dict[int, AnswerResult] = {}
    for place, item in sorted(enumerate(items), key=lambda each: (str(each[1]["id"]), each[0])):
        try:
            results[place] = AnswerResult(item["id"], answer(item).version)
        except DomainError as error:
            results[place] = AnswerResult(item["id"], problem=error)
        session.flush()
    return [results[place] for place in range(len(items))]
