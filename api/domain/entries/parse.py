"""Parses an entry from the wire and reports all of its errors together."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, NamedTuple
from uuid import UUID

from api.domain.entries.clock_skew import PhoneClock, clock_of
from api.domain.entries.questions import MARKS, PRESENTATION, PRESENTED, QUESTIONS, Entry
from api.domain.errors import InvalidEntry
from api.domain.json_values import repeated_in

MAX_NAMED_ERRORS = 20
"""The largest number of errors reported of one entry."""

FARTHEST_EAST = timedelta(hours=14)
"""The largest offset of a time zone from UTC."""

MAX_ENTRIES_PER_BATCH = 500
"""The largest number of entries in one request."""

_READERS = {answer.name: answer.kind.read for answer in (*QUESTIONS, *PRESENTATION, *MARKS)}
_NO_ANSWER = PRESENTED | {"asked"}
_SET_BY_SERVER = frozenset(mark.name for mark in MARKS)
_MOMENTS = frozenset({"id", "recorded_at", "local_date"})


def read_entry(
    raw: object,
    *,
    zone_at: Callable[[datetime], tzinfo],
    born_in: int,
    now: datetime,
    clock: PhoneClock | None = None,
) -> Entry:
    """Return one entry from the wire, or raise all of its errors together.

    Args:
        raw: The JSON value that was sent: ``id``, ``recorded_at``, optionally ``local_date``, and
            at least one of ``QUESTIONS``.
        zone_at: Gives the patient's time zone at a moment; it dates the entry where ``local_date``
            was left out.
        born_in: The patient's year of birth.
        now: The server's time, aware.
        clock: The phone's clock, estimated from the request; left out, from this entry alone.

    Returns:
        The entry, its moment in UTC; where the phone's clock is ahead, corrected and with what was
        claimed. An answer that was not given is absent, never zero.

    Raises:
        InvalidEntry: With a sentence per field.
    """
    if not isinstance(raw, dict):
        raise InvalidEntry("an entry is a JSON object", {"entry": "is not a JSON object"})
    errors: dict[str, str] = {}
    entry_id = read_id(raw.get("id"), errors)
    claimed = parse_moment(raw.get("recorded_at"))
    moment = _read_moment(claimed, errors, clock=clock or clock_of([claimed], now=now), born_in=born_in)
    day = _read_day(raw, moment, errors, zone_at=zone_at, born_in=born_in)
    answers = _read_answers(raw, errors)
    for name in repeated_in(raw)[:MAX_NAMED_ERRORS]:  # either value could be the intended one
        errors[repr(name)[1:-1][:60]] = "is repeated in one item"
    if errors or entry_id is None or moment is None or day is None:
        raise InvalidEntry("; ".join(f"{name}: {what}" for name, what in errors.items()), errors)
    return Entry(entry_id, moment.at, day.on, answers, moment.claimed, day.claimed)


def _read_answers(raw: dict[str, Any], errors: dict[str, str]) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for name, value in raw.items():
        reader = _READERS.get(name)
        if reader is None:
            if name not in _MOMENTS and len(errors) < MAX_NAMED_ERRORS:
                errors[repr(name)[1:-1][:60]] = "is not something an entry can hold"
        elif value is not None:
            try:
                answers[name] = reader(value)
            except ValueError as wrong:
                errors[name] = str(wrong)
    answers = {name: answer for name, answer in answers.items() if name not in _SET_BY_SERVER}
    if answers.keys() <= _NO_ANSWER and not errors:
        errors["entry"] = "at least one answer is needed"
    return answers


def read_id(value: object, errors: dict[str, str]) -> UUID | None:
    """Return the client's id; None and an error where it is no UUID."""
    try:
        if isinstance(value, str):
            return UUID(value)
    except ValueError:
        pass
    errors["id"] = "a UUID made by the client is needed"
    return None


def parse_day(value: object) -> date | None:
    """Return a date that was sent; None where it is none."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def parse_moment(value: object) -> datetime | None:
    """Return a moment that was sent, in UTC; None where it is none, or has no offset."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        return moment.astimezone(UTC) if moment is not None and moment.utcoffset() is not None else None
    except (ValueError, OverflowError):  # the year 0001, west of Greenwich
        return None


class _Moment(NamedTuple):
    """The time of an entry, and the phone's value where it was corrected."""

    at: datetime
    claimed: datetime | None


class _Day(NamedTuple):
    """The day of an entry, and the phone's value where it was corrected."""

    on: date
    claimed: date | None


def _read_moment(
    claimed: datetime | None, errors: dict[str, str], *, clock: PhoneClock, born_in: int
) -> _Moment | None:
    if claimed is None:
        errors["recorded_at"] = (
            "a moment with its offset from UTC is needed, such as 2026-03-01T08:30:00+01:00"
        )
        return None
    moment = clock.corrected(claimed)
    if moment is None:
        days = (claimed - clock.now).days
        errors["recorded_at"] = (
            f"lies {days} days ahead, too far to be corrected; is the phone's clock right?"
        )
        return None
    if moment.year < born_in:
        errors["recorded_at"] = "lies before the patient was born"
    return _Moment(moment, None if moment == claimed else claimed)


def _read_day(
    raw: dict[str, Any],
    moment: _Moment | None,
    errors: dict[str, str],
    *,
    zone_at: Callable[[datetime], tzinfo],
    born_in: int,
) -> _Day | None:
    value = raw.get("local_date")
    if moment is None or "recorded_at" in errors:
        return None
    day = moment.at.astimezone(zone_at(moment.at)).date() if value is None else parse_day(value)
    if day is None:
        errors["local_date"] = "a date such as 2026-03-01 is needed"
        return None
    claimed_day = _Day(day, None)
    if moment.claimed is not None:
        claimed_day = _corrected_day(moment, None if value is None else day, zone_at)
    if claimed_day.on > (moment.at + FARTHEST_EAST).date():
        errors["local_date"] = "lies after the moment it was recorded"
    elif claimed_day.on.year < born_in:
        errors["local_date"] = "lies before the patient was born"
    return claimed_day


def _corrected_day(moment: _Moment, day: date | None, zone_at: Callable[[datetime], tzinfo]) -> _Day:
    """Move the day back by the whole days the phone's clock was ahead, at most to the present day.

    ``day`` is the day the phone sent; None stands for the day of the claimed moment.
    """
    claimed_at = moment.claimed or moment.at
    zone = zone_at(moment.at)
    claimed_day = claimed_at.astimezone(zone).date() if day is None else day
    moved = claimed_day.toordinal() - (claimed_at - moment.at).days
    return _Day(min(date.fromordinal(max(moved, 1)), moment.at.astimezone(zone).date()), claimed_day)
