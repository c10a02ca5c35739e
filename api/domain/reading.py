"""How an entry is read from the wire: everything that is wrong with it is named at once."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any
from uuid import UUID

from api.domain.errors import InvalidEntry
from api.domain.report import ANSWERS, Entry

CLOCK_TOLERANCE = timedelta(minutes=10)
"""How far ahead of the server a phone's clock may run before an entry is refused."""

MAX_NAMED_ERRORS = 20
"""How many things that are wrong with one entry are named; more help nobody."""

FARTHEST_EAST = timedelta(hours=14)
"""No clock on earth is further ahead of UTC, so no local day is either."""

MAX_ENTRIES_PER_BATCH = 500
"""How many entries one request may carry."""

_READERS = {answer.name: answer.kind.read for answer in ANSWERS}
_MOMENTS = frozenset({"id", "recorded_at", "local_date"})


def read_entry(raw: object, *, zone_at: Callable[[datetime], tzinfo], born_in: int, now: datetime) -> Entry:
    """Read one entry from the wire, and name everything that is wrong with it at once.

    Args:
        raw: The JSON value that was sent: ``id``, ``recorded_at``, optionally ``local_date``, and
            at least one of ``ANSWERS``.
        zone_at: Gives the patient's time zone at a moment; it dates the entry where ``local_date``
            was left out.
        born_in: The patient's year of birth.
        now: The server's time, aware.

    Returns:
        The entry, its moment in UTC. An answer that was not given is absent, never zero.

    Raises:
        InvalidEntry: With a sentence per field.
    """
    if not isinstance(raw, dict):
        raise InvalidEntry("an entry is a JSON object", {"entry": "is not a JSON object"})
    errors: dict[str, str] = {}
    entry_id = read_id(raw.get("id"), errors)
    recorded_at = _read_moment(raw.get("recorded_at"), errors, now=now, born_in=born_in)
    local_date = _read_day(raw, recorded_at, errors, zone_at=zone_at, born_in=born_in)
    answers = _read_answers(raw, errors)
    if errors or entry_id is None or recorded_at is None or local_date is None:
        raise InvalidEntry("; ".join(f"{name}: {what}" for name, what in errors.items()), errors)
    return Entry(entry_id, recorded_at, local_date, answers)


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
    if not answers and not errors:
        errors["entry"] = "at least one answer is needed"
    return answers


def read_id(value: object, errors: dict[str, str]) -> UUID | None:
    """Return the id a client gave; what is wrong with it is written down."""
    try:
        if isinstance(value, str):
            return UUID(value)
    except ValueError:
        pass
    errors["id"] = "a UUID made by the client is needed"
    return None


def day_said(value: object) -> date | None:
    """Return the day that was sent, None where it is none."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _read_moment(value: object, errors: dict[str, str], *, now: datetime, born_in: int) -> datetime | None:
    moment = _aware(value)
    if moment is None:
        errors["recorded_at"] = (
            "a moment with its offset from UTC is needed, such as 2026-03-01T08:30:00+01:00"
        )
        return None
    if moment > now + CLOCK_TOLERANCE:
        errors["recorded_at"] = "lies more than 10 minutes ahead; is the phone's clock right?"
    elif moment.year < born_in:
        errors["recorded_at"] = "lies before the patient was born"
    return moment


def _aware(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        return moment.astimezone(UTC) if moment is not None and moment.utcoffset() is not None else None
    except (ValueError, OverflowError):  # the year 0001, seen from an ocean away, is before all years
        return None


def _read_day(
    raw: dict[str, Any],
    recorded_at: datetime | None,
    errors: dict[str, str],
    *,
    zone_at: Callable[[datetime], tzinfo],
    born_in: int,
) -> date | None:
    value = raw.get("local_date")
    if recorded_at is None or "recorded_at" in errors:
        return None
    if value is None:
        return recorded_at.astimezone(zone_at(recorded_at)).date()
    day = day_said(value)
    if day is None:
        errors["local_date"] = "a date such as 2026-03-01 is needed"
    elif day > (recorded_at + FARTHEST_EAST).date():
        errors["local_date"] = "lies after the moment it was recorded"
    elif day.year < born_in:
        errors["local_date"] = "lies before the patient was born"
    return day
