"""One local day of one patient: her entries of that day, merged so that their order cannot matter."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any, NamedTuple, Self
from uuid import UUID

from api.domain.diary.body_sites import Sites, sites_of
from api.domain.diary.state_codec import codec_of
from api.domain.entries.questions import Entry

_DOSE_RANK = {"missed": 1, "skipped": 2, "taken": 3}
_BY_DAY = ("pain_at_rest", "pain_on_moving", "pain_in_the_morning")
_NEVER = datetime.min.replace(tzinfo=UTC)
_DOSES: tuple[str | None, ...] = (None, "missed", "skipped", "taken")


class LatestAnswer(NamedTuple):
    """An answer of which the day's last one counts; compares by moment, then by entry id."""

    recorded_at: datetime
    entry: UUID
    value: float


class EntryStatement(NamedTuple):
    """What one entry states outright, and so counts by itself: no later entry takes it back."""

    recorded_at: datetime
    entry: UUID
    wants_to_stop: bool
    red_flags: tuple[str, ...]


@dataclass(slots=True)
class DailySummary:
    """What a patient said about one local day.

    Each part is merged by a rule that gives the same whatever the order, and whether told once or
    twice: the worst of pain, stiffness and interference (0 to 10, higher is worse); for the tablet,
    taken before skipped before missed; for doses missed, confidence and each score of a questionnaire
    (``function``, by instrument and score), the latest; every place that hurts. ``by_day`` is the worst
    of pain at rest, on moving and in the morning. ``several_swollen`` is that several joints have been
    swollen for more than two weeks. None is blank, and stays blank. ``recorded_at`` is the moment of the
    latest entry.
    """

    ordinal: int
    recorded_at: datetime = _NEVER
    pain: float | None = None
    stiffness: float | None = None
    interference: float | None = None
    dose_rank: int = 0
    missed_7d: LatestAnswer | None = None
    confidence: LatestAnswer | None = None
    statements: tuple[EntryStatement, ...] = ()
    sites: Sites = 0
    at_night: float | None = None
    by_day: float | None = None
    function: dict[str, LatestAnswer] = field(default_factory=dict)
    several_swollen: bool = False

    @property
    def local_date(self) -> date:
        """The day as a date."""
        return date.fromordinal(self.ordinal)

    @property
    def dose(self) -> str | None:
        """The day's tablet: taken, skipped, missed, or None when she did not say."""
        return _DOSES[self.dose_rank]

    def add_entry(self, entry: Entry) -> None:
        """Merge one entry of this day."""
        answers = entry.answers
        self.recorded_at = max(self.recorded_at, entry.recorded_at)
        self.pain = _worse(self.pain, answers.get("pain_worst"))
        self.stiffness = _worse(self.stiffness, answers.get("stiffness"))
        self.interference = _worse(self.interference, answers.get("interference"))
        if (dose := answers.get("dose")) is not None:
            self.dose_rank = max(self.dose_rank, _DOSE_RANK[dose])
        self.missed_7d = _later(self.missed_7d, entry, answers.get("doses_missed_7d"))
        self.confidence = _later(self.confidence, entry, answers.get("confidence"))
        self._locate(answers)
        for name, score in (answers.get("function") or {}).items():
            self.function[name] = _latest(self.function.get(name), entry, score)
        if answers.get("wants_to_stop") or answers.get("red_flags"):
            self._state(entry, answers)

    def _locate(self, answers: Mapping[str, Any]) -> None:
        self.several_swollen = self.several_swollen or answers.get("several_swollen_joints") is True
        self.at_night = _worse(self.at_night, answers.get("pain_at_night"))
        for name in _BY_DAY:
            self.by_day = _worse(self.by_day, answers.get(name))
        if (sites := answers.get("body_sites")) is not None:
            self.sites |= sites_of(sites)

    def _state(self, entry: Entry, answers: Mapping[str, Any]) -> None:
        flags = tuple(answers.get("red_flags") or ())
        told = EntryStatement(entry.recorded_at, entry.id, bool(answers.get("wants_to_stop")), flags)
        self.statements = tuple(sorted({*self.statements, told}))

    def dump(self) -> list[Any]:
        """Return the day as JSON can store it; ``load`` returns the same day."""
        body = (self.sites, self.at_night, self.by_day, *([True] if self.several_swollen else []))
        function = [(name, *self.function[name]) for name in sorted(self.function)]
        stored: list[Any] = _LAYOUT.dump(
            (
                self.ordinal,
                self.recorded_at,
                self.pain,
                self.stiffness,
                self.interference,
                self.dose_rank,
                self.missed_7d,
                self.confidence,
                self.statements,
                body,
                function,
            )
        )
        return stored

    @classmethod
    def load(cls, stored: list[Any]) -> Self:
        """Return the day that ``dump`` stored."""
        *before_sites, (sites, at_night, by_day, *swollen), function = _LAYOUT.load(stored)
        day = cls(*before_sites)
        day.sites, day.at_night, day.by_day, day.several_swollen = sites, at_night, by_day, bool(swollen)
        day.function = {name: LatestAnswer(*latest) for name, *latest in function}
        return day


_LAYOUT = codec_of(
    tuple[
        int,
        datetime,
        float | None,
        float | None,
        float | None,
        int,
        LatestAnswer | None,
        LatestAnswer | None,
        tuple[EntryStatement, ...],
        tuple[Any, ...],
        tuple[tuple[str, datetime, UUID, float], ...],
    ]
)
"""Layout of a stored day: the fields before ``sites``; then sites, pain at night and by day, with True at the
end if several joints are swollen; then the questionnaire scores."""


def summarise_days(ordered: Iterable[Entry], same: DailySummary | None) -> Iterator[DailySummary]:
    """Merge entries, which come day after day, into days; those of the day ``same`` are added to it."""
    for local_date, told in groupby(ordered, key=_local_date):
        day = DailySummary(local_date.toordinal()) if same is None else same
        same = None
        for entry in told:
            day.add_entry(entry)
        yield day


def _local_date(entry: Entry) -> date:
    return entry.local_date


def _worse(known: float | None, told: float | None) -> float | None:
    if told is None or (known is not None and known >= told):
        return known
    return float(told)


def _later(known: LatestAnswer | None, entry: Entry, value: float | None) -> LatestAnswer | None:
    return known if value is None else _latest(known, entry, value)


def _latest(known: LatestAnswer | None, entry: Entry, value: float) -> LatestAnswer:
    told = LatestAnswer(entry.recorded_at, entry.id, float(value))
    return told if known is None or told > known else known
