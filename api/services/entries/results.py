"""Results of recording entries, for each item and for a whole submission."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from api.domain.errors import DomainError, InvalidEntry


class ItemStatus(StrEnum):
    """The outcome of one item of a submission."""

    CREATED = "created"
    DUPLICATE = "duplicate"  # the same id and content came before: the first result again
    CONFLICT = "conflict"  # the same id came before with other content: correct it by PUT
    REJECTED = "rejected"  # it could not be read; it is kept where patient and team can see it


@dataclass(slots=True)
class ItemResult:
    """The outcome of one item; ``entry_id`` is the client's id, as far as one could be read."""

    entry_id: str | None
    status: ItemStatus
    version: int | None = None
    received_at: datetime | None = None
    problem: InvalidEntry | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recorded submission, with one result per item."""

    items: list[ItemResult]

    def results(self) -> list[ItemResult]:
        """Return the results."""
        return self.items


@dataclass(frozen=True, slots=True)
class Rejected:
    """A submission of which nothing was recorded, and the reason."""

    error: DomainError

    def results(self) -> list[ItemResult]:
        """Raise the reason."""
        raise self.error


@dataclass(frozen=True, slots=True)
class RowBusy:
    """A submission left to a transaction of its own: a locked row, or a long rescoring."""

    def results(self) -> list[ItemResult]:
        """Raise an error: a transaction that waits for rows has no such submission."""
        raise RuntimeError("the submission waits for its own transaction")


SubmissionResult = Recorded | Rejected | RowBusy
