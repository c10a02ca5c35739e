"""What a patient can say in one entry: every answer, its range, its direction, and how it is read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, Protocol
from uuid import UUID

from api.domain.errors import InvalidEntry

CLOCK_TOLERANCE = timedelta(minutes=10)
"""How far ahead of the server a phone's clock may run before an entry is refused."""

MAX_NAMED_ERRORS = 20
"""How many things that are wrong with one entry are named; more help nobody."""

FARTHEST_EAST = timedelta(hours=14)
"""No clock on earth is further ahead of UTC, so no local day is either."""

MAX_ENTRIES_PER_BATCH = 500
"""How many entries one request may carry."""


class Kind(Protocol):
    """A kind of answer: reads a value from the wire, or says in words what would be right."""

    def read(self, value: object) -> object:
        """Return the value as it is kept, or raise ValueError with the allowed range in words."""


@dataclass(frozen=True, slots=True)
class Scale:
    """A number from ``lowest`` to ``highest``; ``higher_is`` gives the direction."""

    lowest: int
    highest: int
    higher_is: str
    unit: str = ""

    def read(self, value: object) -> int:
        """Return a whole number in range; a blank, a fraction or a truth value is not a number."""
        if type(value) is int and self.lowest <= value <= self.highest:
            return value
        raise ValueError(f"{_shown(value)} is not a whole number in {self.lowest}..{self.highest}")

    def read_real(self, value: object) -> float:
        """Return a real number in range, for replayed diaries whose scales are finer."""
        if isinstance(value, int | float) and self.lowest <= value <= self.highest:
            return float(value)
        raise ValueError(f"{_shown(value)} is not a number in {self.lowest}..{self.highest}")


@dataclass(frozen=True, slots=True)
class Flag:
    """Yes or no."""

    def read(self, value: object) -> bool:
        """Return a truth value; nothing else counts as one."""
        if value is True or value is False:
            return value
        raise ValueError(f"{_shown(value)} is neither true nor false")


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few words."""

    options: tuple[str, ...]

    def read(self, value: object) -> str:
        """Return the word, if it is one of the options."""
        if isinstance(value, str) and value in self.options:
            return value
        raise ValueError(f"{_shown(value)} is not one of {', '.join(self.options)}")


@dataclass(frozen=True, slots=True)
class Choices:
    """Any number of a few words, each at most once; at least one."""

    options: tuple[str, ...]

    def read(self, value: object) -> list[str]:
        """Return the words in the order of the options, so that equal answers compare equal."""
        if not isinstance(value, list) or not value:
            raise ValueError(f"a list of one or more of {', '.join(self.options)} is needed")
        for word in value:
            if not isinstance(word, str) or word not in self.options:
                raise ValueError(f"{_shown(word)} is not one of {', '.join(self.options)}")
        if len(set(value)) != len(value):
            raise ValueError("each may be named once")
        return [word for word in self.options if word in value]


@dataclass(frozen=True, slots=True)
class Text:
    """Free words, for the care team only; never in a log, a push or an address."""

    max_length: int

    def read(self, value: object) -> str:
        """Return the words without surrounding blanks."""
        if not isinstance(value, str) or "\x00" in value:
            raise ValueError("plain text is needed")
        if len(value) > self.max_length:
            raise ValueError(f"{len(value)} characters are more than {self.max_length}")
        if not value.strip():
            raise ValueError("is empty; leave it out instead")
        return value.strip()


@dataclass(frozen=True, slots=True)
class BodySites:
    """Where it hurts: up to 40 places, each with its side."""

    sites: tuple[str, ...]
    sides: tuple[str, ...]

    def read(self, value: object) -> list[dict[str, str]]:
        """Return the places sorted, so that equal answers compare equal."""
        if not isinstance(value, list) or not 1 <= len(value) <= 40:
            raise ValueError("a list of 1 to 40 places is needed")
        found: set[tuple[str, str]] = set()
        for place in value:
            if not isinstance(place, dict) or set(place) != {"site", "side"}:
                raise ValueError('a place is {"site": …, "side": …}')
            if not isinstance(place["site"], str) or place["site"] not in self.sites:
                raise ValueError(f"site {_shown(place['site'])} is not one of {', '.join(self.sites)}")
            if not isinstance(place["side"], str) or place["side"] not in self.sides:
                raise ValueError(f"side {_shown(place['side'])} is not one of {', '.join(self.sides)}")
            found.add((place["site"], place["side"]))
        if len(found) != len(value):
            raise ValueError("each place may be named once")
        return [{"site": site, "side": side} for site, side in sorted(found)]


@dataclass(frozen=True, slots=True)
class Answer:
    """One thing an entry may hold: its name on the wire, what it means, and what may be said."""

    name: str
    meaning: str
    kind: Kind


PAIN = Scale(0, 10, higher_is="worse")
SITES = (
    "hand", "wrist", "elbow", "shoulder", "hip", "knee", "ankle", "foot",
    "neck", "upper_back", "lower_back", "chest", "head", "other",
)  # fmt: skip
RED_FLAGS = (
    "hot_swollen_joint",
    "sudden_severe_back_pain",
    "new_weakness",
    "persistent_bone_pain",
    "chest_pain",
    "leg_swelling",
    "thoughts_of_self_harm",
)
"""Reasons to look the same day: infection or inflammatory arthritis, fracture, cord compression,
recurrence in bone, thrombosis, self-harm. Clinical judgement, unverified; a site signs them off."""

DOSE_REASONS = (
    "forgot",
    "side_effects",
    "ran_out",
    "cost",
    "told_to_pause",
    "travel",
    "worried_about_harm",
    "other",
)

ANSWERS: tuple[Answer, ...] = (
    Answer("pain_worst", "Worst joint pain of the day, 0 none to 10 as bad as can be imagined.", PAIN),
    Answer("pain_average", "Average joint pain of the day, 0 to 10, higher is worse.", PAIN),
    Answer("pain_at_rest", "Joint pain at rest, 0 to 10, higher is worse.", PAIN),
    Answer("pain_on_moving", "Joint pain on moving, 0 to 10, higher is worse.", PAIN),
    Answer("pain_at_night", "Joint pain at night, 0 to 10, higher is worse.", PAIN),
    Answer("pain_in_the_morning", "Joint pain in the morning, 0 to 10, higher is worse.", PAIN),
    Answer("stiffness", "Joint stiffness of the day, 0 to 10, higher is worse.", PAIN),
    Answer(
        "morning_stiffness_minutes",
        "How long the morning stiffness lasted, in minutes, 0 to 720; blank is not 0.",
        Scale(0, 720, higher_is="worse", unit="minutes"),
    ),
    Answer("interference", "How far symptoms got in the way of the day, 0 to 10, higher is worse.", PAIN),
    Answer(
        "body_sites",
        "Where it hurts, with the side; symmetry is part of the picture.",
        BodySites(SITES, ("left", "right", "both", "middle")),
    ),
    Answer(
        "dose",
        "The day's tablet: taken, missed, or skipped on purpose; left out is unknown.",
        Choice(("taken", "missed", "skipped")),
    ),
    Answer(
        "doses_missed_7d",
        "How many tablets of the last 7 days, this one included, were not taken, 0 to 7.",
        Scale(0, 7, higher_is="worse", unit="doses"),
    ),
    Answer("dose_reasons", "Why tablets were not taken.", Choices(DOSE_REASONS)),
    Answer(
        "confidence",
        "Confidence to go on with the tablets, 0 none to 10 certain; higher is better.",
        Scale(0, 10, higher_is="better"),
    ),
    Answer("wants_to_stop", "She says that she wants to stop the tablets.", Flag()),
    Answer("red_flags", "Signs that need to be looked at the same day.", Choices(RED_FLAGS)),
    Answer("note", "Her own words, for the care team.", Text(2000)),
)

_READERS = {answer.name: answer.kind.read for answer in ANSWERS}
_MOMENTS = frozenset({"id", "recorded_at", "local_date"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing a patient reported at a moment about a local day; blank answers are absent."""

    id: UUID
    recorded_at: datetime
    local_date: date
    answers: Mapping[str, Any]


def read_entry(
    raw: object, *, zone_at: Callable[[datetime], tzinfo], born_in: int, now: datetime
) -> Entry:
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
    entry_id = _read_id(raw.get("id"), errors)
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
                errors[name[:60]] = "is not something an entry can hold"
        elif value is not None:
            try:
                answers[name] = reader(value)
            except ValueError as wrong:
                errors[name] = str(wrong)
    if not answers and not errors:
        errors["entry"] = "at least one answer is needed"
    return answers


def _read_id(value: object, errors: dict[str, str]) -> UUID | None:
    try:
        if isinstance(value, str):
            return UUID(value)
    except ValueError:
        pass
    errors["id"] = "a UUID made by the client is needed"
    return None


def _read_moment(
    value: object, errors: dict[str, str], *, now: datetime, born_in: int
) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        if moment is None or moment.utcoffset() is None:
            raise ValueError
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        errors["recorded_at"] = (
            "a moment with its offset from UTC is needed, such as 2026-03-01T08:30:00+01:00"
        )
        return None
    if moment > now + CLOCK_TOLERANCE:
        errors["recorded_at"] = "lies more than 10 minutes ahead; is the phone's clock right?"
    elif moment.year < born_in:
        errors["recorded_at"] = "lies before the patient was born"
    return moment


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
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        day = None
    if day is None:
        errors["local_date"] = "a date such as 2026-03-01 is needed"
    elif day > (recorded_at + FARTHEST_EAST).date():
        errors["local_date"] = "lies after the moment it was recorded"
    elif day.year < born_in:
        errors["local_date"] = "lies before the patient was born"
    return day


def _shown(value: object) -> str:
    return repr(value)[:60]
