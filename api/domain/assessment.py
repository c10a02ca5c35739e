"""One answered questionnaire: how it is read from the wire, and which earlier one it is compared with."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol, TypeVar

from api.domain.clock_skew import CLOCK_TOLERANCE
from api.domain.errors import InvalidAnswers, InvalidMoment
from api.domain.instruments.definition import Answers, Instrument
from api.domain.instruments.scoring import checked, options_told
from api.domain.reading import FARTHEST_EAST


class AssessmentStatus(StrEnum):
    """Where an assessment stands."""

    PARTIAL = "partial"  # begun; what was answered is kept, nothing is scored
    COMPLETE = "complete"  # she said that she is done; items may still be missing
    WITHDRAWN = "withdrawn"  # it no longer counts


@dataclass(frozen=True, slots=True)
class Sent:
    """What a client says of one assessment; what it leaves out is None."""

    status: AssessmentStatus
    recorded_at: datetime
    answers: Mapping[str, object]
    options: Mapping[str, object]
    instrument: str | None = None
    instrument_version: str | None = None
    started_at: datetime | None = None
    local_date: date | None = None


@dataclass(frozen=True, slots=True)
class Assessment:
    """What an assessment says, checked; unanswered items are absent."""

    instrument: Instrument
    status: AssessmentStatus
    recorded_at: datetime
    started_at: datetime
    local_date: date
    answers: Mapping[str, int | float | list[str]]
    options: Mapping[str, object]


def read_assessment(
    sent: Sent,
    instrument: Instrument,
    *,
    day_of: Callable[[datetime], date],
    started_at: datetime | None,
    born_in: int,
    now: datetime,
) -> Assessment:
    """Check what a client says of an assessment.

    Args:
        sent: What it says.
        instrument: The questionnaire, in the version she answered.
        day_of: Gives the local day of a moment; asked only where the client does not say it.
        started_at: When it was begun, as far as that is known; what the client says goes first.
        born_in: The patient's year of birth.
        now: The server's time, aware.

    Raises:
        InvalidMoment: A moment or day lies where it cannot.
        InvalidAnswers: An item or option is unknown, an answer is not one the item takes, or a
            complete one answers nothing.
    """
    begun = sent.started_at or min(started_at or sent.recorded_at, sent.recorded_at)
    _check_moments(sent, begun, born_in=born_in, now=now)
    answers = checked(instrument, sent.answers)
    options_told(instrument, sent.options)
    if sent.status is AssessmentStatus.COMPLETE and not answers:
        needed = "at least one answer is needed to complete it"
        raise InvalidAnswers(needed, {"answers": needed})
    return Assessment(
        instrument,
        sent.status,
        sent.recorded_at,
        begun,
        sent.local_date or day_of(sent.recorded_at),
        _as_json(answers),
        dict(sent.options),
    )


class Dated(Protocol):
    """Anything that is about a local day."""

    @property
    def local_date(self) -> date:
        """The local day it is about."""


Some = TypeVar("Some", bound=Dated)


def baseline_of(earlier: Sequence[Some], *, ai_started_on: date | None) -> Some | None:
    """Return the assessment a later one is compared with as "before": her state without the drug.

    Args:
        earlier: Completed assessments of one instrument before the one compared, oldest first.
        ai_started_on: The day she began the aromatase inhibitor; None: not known.

    Returns:
        The last one on or before that day; where there is none, or the day is not known, the first
        of all. None when there is no earlier one.

    >>> from types import SimpleNamespace
    >>> days = [SimpleNamespace(local_date=date(2026, month, 1)) for month in (1, 2, 4)]
    >>> baseline_of(days, ai_started_on=date(2026, 3, 1)).local_date.month
    2
    >>> baseline_of(days, ai_started_on=date(2025, 3, 1)).local_date.month
    1
    """
    before = [each for each in earlier if ai_started_on is not None and each.local_date <= ai_started_on]
    if before:
        return before[-1]
    return earlier[0] if earlier else None


def _check_moments(sent: Sent, begun: datetime, *, born_in: int, now: datetime) -> None:
    wrong: dict[str, str] = {}
    if sent.recorded_at > now + CLOCK_TOLERANCE:
        wrong["recorded_at"] = "lies more than 10 minutes ahead; is the phone's clock right?"
    elif sent.recorded_at.year < born_in:
        wrong["recorded_at"] = "lies before the patient was born"
    elif sent.local_date and sent.local_date > (sent.recorded_at + FARTHEST_EAST).date():
        wrong["local_date"] = "lies after the moment it was recorded"
    if sent.local_date and sent.local_date.year < born_in:
        wrong["local_date"] = "lies before the patient was born"
    if begun.year < born_in:
        wrong["started_at"] = "lies before the patient was born"
    elif begun > sent.recorded_at:
        wrong["started_at"] = "lies after the moment it was recorded"
    if wrong:
        raise InvalidMoment("; ".join(f"{name}: {what}" for name, what in wrong.items()), wrong)


def _as_json(answers: Answers) -> dict[str, int | float | list[str]]:
    """Return answers in one form only, so that 3 and 3.0 are the same answer."""
    plain: dict[str, int | float | list[str]] = {}
    for name, answer in answers.items():
        if isinstance(answer, tuple):
            plain[name] = list(answer)
        else:
            plain[name] = int(answer) if answer.is_integer() else answer
    return plain
