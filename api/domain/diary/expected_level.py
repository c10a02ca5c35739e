"""Expected levels: symptoms of a patient that the team knows of already, so that only worse alerts again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from api.domain.content_hash import content_hash

LONGEST = timedelta(days=28)
"""Longest time that an expected level is in force; it is renewed by hand only."""

RISE = 2
"""Points above an expected level that alert at once: the rise that matters to patients."""

HIGHEST = 8
"""Highest expected level: a rise above it must be possible on a scale to 10."""


class ExpectedSymptom(StrEnum):
    """Symptom that the team may know of already."""

    PAIN = "pain"
    STIFFNESS = "stiffness"


@dataclass(frozen=True, slots=True)
class ExpectedLevel:
    """The level of one symptom of a patient that the team knows of.

    Attributes:
        symptom: The symptom.
        level: Its level, 0 to 8, higher is worse.
        since: Local day on which it was set.
        until: Last local day on which it is in force; before ``since`` where it was ended the same day.
        set_at: Moment at which it was set; None: at the end of that day.
    """

    symptom: ExpectedSymptom
    level: int
    since: date
    until: date
    set_at: datetime | None = None

    def is_in_force(self, day: date) -> bool:
        """Return whether it is in force on a local day."""
        return self.since <= day <= self.until

    def rises_above(self, value: float | None) -> int:
        """Return by how many rises of 2 points a level or answer is above the expected level.

        >>> known = ExpectedLevel(ExpectedSymptom.PAIN, 4, date(2026, 3, 2), date(2026, 3, 29))
        >>> [known.rises_above(value) for value in (None, 3, 5.9, 6, 8.2)]
        [0, 0, 0, 1, 2]
        """
        return 0 if value is None else max(int((value - self.level) // RISE), 0)

    def dump(self) -> list[Any]:
        """Return it as JSON can store it."""
        set_at = None if self.set_at is None else self.set_at.isoformat()
        return [self.symptom.value, self.level, self.since.isoformat(), self.until.isoformat(), set_at]

    @classmethod
    def load(cls, stored: Mapping[str, Any]) -> Self:
        """Return it from a row of a patient."""
        return cls(
            ExpectedSymptom(stored["symptom"]),
            int(stored["level"]),
            date.fromisoformat(stored["since"]),
            date.fromisoformat(stored["until"]),
            datetime.fromisoformat(stored["set_at"]),
        )


def read_text(text: str) -> tuple[ExpectedLevel, ...]:
    """Return expected levels of a cell of patients.csv, as `text_of` writes them.

    Raises:
        ValueError: It is none.

    >>> text_of(read_text("pain:6:2026-03-02:2026-03-29"))
    'pain:6:2026-03-02:2026-03-29'
    """
    found = []
    for part in text.split(";"):
        try:
            symptom, level, since, until = part.strip().split(":")
            days = date.fromisoformat(since), date.fromisoformat(until)
            found.append(ExpectedLevel(ExpectedSymptom(symptom), int(level), *days))
        except ValueError:
            raise ValueError(f"{part!r} is not as pain:6:2026-03-02:2026-03-29") from None
    return _in_order(found)


def text_of(expected: Iterable[ExpectedLevel]) -> str:
    """Return expected levels as a cell of patients.csv."""
    return ";".join(f"{each.symptom}:{each.level}:{each.since}:{each.until}" for each in expected)


def load_all(stored: Iterable[Mapping[str, Any]] | None) -> tuple[ExpectedLevel, ...]:
    """Return the expected levels of a patient that were in force on any day, oldest first."""
    return _in_order(ExpectedLevel.load(each) for each in stored or ())


def _in_order(expected: Iterable[ExpectedLevel]) -> tuple[ExpectedLevel, ...]:
    lasting = [each for each in expected if each.since <= each.until]
    return tuple(sorted(lasting, key=lambda each: (each.since, each.symptom, each.until)))


def version_with(engine: str, expected: tuple[ExpectedLevel, ...]) -> str:
    """Return the version of engine and policy, with the expected levels of a patient where there are any.

    >>> version_with("d54318f269f1", ())
    'd54318f269f1'
    """
    return content_hash([engine, *(each.dump() for each in expected)]) if expected else engine
