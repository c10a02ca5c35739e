"""One answered questionnaire: its checks, and the choice of its baseline."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol, TypeVar

from api.domain.entries.clock_skew import CLOCK_TOLERANCE, clock_of
from api.domain.entries.origin import EntryOrigin
from api.domain.entries.parse import FARTHEST_EAST
from api.domain.errors import InvalidAnswers, InvalidMoment
from api.domain.instruments.definition import Instrument
from api.domain.instruments.scores import Answers
from api.domain.instruments.scoring import checked_answers, checked_options


class AssessmentStatus(StrEnum):
    """The status of an assessment."""

    PARTIAL = "partial"  # started; the answers are kept and not scored
    COMPLETE = "complete"  # finished by the patient; items may still be missing
    WITHDRAWN = "withdrawn"  # it no longer counts


@dataclass(frozen=True, slots=True)
class AssessmentSubmission:
    """The content of a client's request; None where it is left out."""

    status: AssessmentStatus
    recorded_at: datetime
    answers: Mapping[str, object]
    options: Mapping[str, object]
    instrument: str | None = None
    instrument_version: str | None = None
    started_at: datetime | None = None
    local_date: date | None = None
    sent_at: datetime | None = None
    """The ``Date`` of the request, by the clock of the phone."""
    origin: EntryOrigin | None = None
    """The way staff learned it, where they write it down; None: a device sent it."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """The checked content of an assessment; unanswered items are absent.

    ``claimed_at`` and ``claimed_date`` are the phone's values where its clock was ahead.
    """

    instrument: Instrument
    status: AssessmentStatus
    recorded_at: datetime
    started_at: datetime
    local_date: date
    answers: Mapping[str, int | float | list[str]]
    options: Mapping[str, object]
    claimed_at: datetime | None = None
    claimed_date: date | None = None


def read_assessment(
    sent: AssessmentSubmission,
    instrument: Instrument,
    *,
    day_of: Callable[[datetime], date],
    started_at: datetime | None,
    born_in: int,
    now: datetime,
    day: date | None = None,
) -> Assessment:
    """Check a submitted assessment, and correct its moments where the phone's clock is ahead.

    Args:
        sent: The content of the request.
        instrument: The questionnaire, in the version that was answered.
        day_of: Gives the local day of a moment.
        day: The default of its local date; None for the day of its moment.
        started_at: The default of its start.
        born_in: The patient's year of birth.
        now: The server's time, aware.

    Raises:
        InvalidMoment: A moment or day is impossible.
        InvalidAnswers: An item or option is unknown, an answer is not one the item takes, or a
            complete one answers nothing.
    """
    claim, sent = sent, _by_server_clock(sent, day_of, now=now)
    is_corrected = claim.recorded_at != sent.recorded_at
    begun = sent.started_at or min(started_at or sent.recorded_at, sent.recorded_at)
    _check_moments(sent, begun, born_in=born_in, now=now)
    answers = checked_answers(instrument, sent.answers)
    checked_options(instrument, sent.options)
    if sent.status is AssessmentStatus.COMPLETE and not answers:
        needed = "at least one answer is needed to complete it"
        raise InvalidAnswers(needed, {"answers": needed})
    return Assessment(
        instrument,
        sent.status,
        sent.recorded_at,
        begun,
        sent.local_date or day or day_of(sent.recorded_at),
        _as_json(answers),
        dict(sent.options),
        claim.recorded_at if is_corrected else None,
        (claim.local_date or day or day_of(claim.recorded_at)) if is_corrected else None,
    )


class DatedRecord(Protocol):
    """A record that is about a local date."""

    @property
    def local_date(self) -> date:
        """The local date it is about."""


Some = TypeVar("Some", bound=DatedRecord)


def baseline_of(earlier: Sequence[Some], *, ai_started_on: date | None) -> Some | None:
    """Return the baseline of a later assessment: the state before the drug.

    Args:
        earlier: Completed assessments of one instrument before the one compared, oldest first.
        ai_started_on: The first day on the aromatase inhibitor; None where it is not known.

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


def _by_server_clock(
    sent: AssessmentSubmission, day_of: Callable[[datetime], date], *, now: datetime
) -> AssessmentSubmission:
    """Move all moments back by the phone's offset, if its clock is plausibly ahead."""
    clock = clock_of([sent.recorded_at], now=now, sent_at=sent.sent_at)
    moment = clock.corrected(sent.recorded_at) or sent.recorded_at
    ahead = sent.recorded_at - moment
    if not ahead:
        return sent
    day = sent.local_date and min(sent.local_date - timedelta(days=ahead.days), day_of(moment))
    return replace(
        sent, recorded_at=moment, started_at=sent.started_at and sent.started_at - ahead, local_date=day
    )


def _check_moments(sent: AssessmentSubmission, begun: datetime, *, born_in: int, now: datetime) -> None:
    wrong: dict[str, str] = {}
    if sent.recorded_at > now + CLOCK_TOLERANCE:
        wrong["recorded_at"] = "lies too far ahead to be corrected; is the phone's clock right?"
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
