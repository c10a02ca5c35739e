"""Daily summary: the entries of one local day, merged independently of their order."""

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
_SYMPTOMS = ("pain_worst", "stiffness", "interference")
TREATMENT_ANSWERS = ("side_effects_bother", "doubt", "cost_trouble", "sleep_trouble")
_TREATMENT = frozenset(TREATMENT_ANSWERS)
_BY_DAY = ("pain_at_rest", "pain_on_moving", "pain_in_the_morning")
_NEVER = datetime.min.replace(tzinfo=UTC)
_DOSES: tuple[str | None, ...] = (None, "missed", "skipped", "taken")


class LatestAnswer(NamedTuple):
    """An answer of which the last of a day counts; ordered by moment, then by entry id."""

    recorded_at: datetime
    entry: UUID
    value: float


class EntryStatement(NamedTuple):
    """Explicit statements of one entry; no later entry of the day replaces them."""

    recorded_at: datetime
    entry: UUID
    wants_to_stop: bool
    red_flags: tuple[str, ...]


class GapReason(NamedTuple):
    """Reason given in an entry for a gap before it."""

    recorded_at: datetime
    entry: UUID
    reason: str


@dataclass(slots=True)
class DailySummary:
    """Answers about one local day.

    The merge does not depend on the order of entries, or on repetition: the maximum of pain,
    stiffness and interference (0 to 10, higher is worse); for the tablet, taken over skipped over
    missed; the latest of doses missed, confidence and each questionnaire score; the union of the
    sites. None is not answered.

    Attributes:
        recorded_at: Moment of the latest entry.
        symptoms_at: Moment of the earliest entry with an answer on symptoms.
        pain_by_day: Maximum of pain at rest, on moving and in the morning.
        function: Questionnaire scores by instrument and score.
        several_swollen: Several joints have been swollen for more than two weeks.
        reported: An entry has more than the reason for a gap.
        gap_reasons: Reasons given for a gap, in the order of their moments.
        has_own: An entry answers something else than an extra check-in or the reason for a gap.
        treatment: The latest of each of ``TREATMENT_ANSWERS``; 1 is yes.
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
    pain_at_night: float | None = None
    pain_by_day: float | None = None
    function: dict[str, LatestAnswer] = field(default_factory=dict)
    several_swollen: bool = False
    symptoms_at: datetime | None = None
    reported: bool = False
    gap_reasons: tuple[GapReason, ...] = ()
    has_own: bool = False
    treatment: dict[str, LatestAnswer] = field(default_factory=dict)

    @property
    def local_date(self) -> date:
        """The day as a date."""
        return date.fromordinal(self.ordinal)

    @property
    def has_symptoms(self) -> bool:
        """True if there is an answer on symptoms."""
        return self.pain is not None or self.stiffness is not None or self.interference is not None

    @property
    def dose(self) -> str | None:
        """The day's tablet: taken, skipped, missed, or None when not answered."""
        return _DOSES[self.dose_rank]

    def add_entry(self, entry: Entry) -> None:
        """Merge one entry of this day."""
        answers = entry.answers
        self.recorded_at = max(self.recorded_at, entry.recorded_at)
        self.has_own = self.has_own or not (entry.is_reason_only or answers.get("asked") == "burst")
        if not answers.keys().isdisjoint(_SYMPTOMS):
            self.symptoms_at = min(self.symptoms_at or entry.recorded_at, entry.recorded_at)
        self.pain = _maximum(self.pain, answers.get("pain_worst"))
        self.stiffness = _maximum(self.stiffness, answers.get("stiffness"))
        self.interference = _maximum(self.interference, answers.get("interference"))
        if (dose := answers.get("dose")) is not None:
            self.dose_rank = max(self.dose_rank, _DOSE_RANK[dose])
        self.missed_7d = _latest_if_given(self.missed_7d, entry, answers.get("doses_missed_7d"))
        self.confidence = _latest_if_given(self.confidence, entry, answers.get("confidence"))
        self._add_sites(answers)
        for name, score in (answers.get("function") or {}).items():
            self.function[name] = _latest(self.function.get(name), entry, score)
        if not _TREATMENT.isdisjoint(answers):
            for name in _TREATMENT.intersection(answers):
                self.treatment[name] = _latest(self.treatment.get(name), entry, answers[name])
        if answers.get("wants_to_stop") or answers.get("red_flags"):
            self._add_statement(entry, answers)
        self.reported = self.reported or not entry.is_reason_only
        if (reason := answers.get("gap_reason")) is not None:
            self.gap_reasons = tuple(
                sorted({*self.gap_reasons, GapReason(entry.recorded_at, entry.id, reason)})
            )

    def _add_sites(self, answers: Mapping[str, Any]) -> None:
        self.several_swollen = self.several_swollen or answers.get("several_swollen_joints") is True
        self.pain_at_night = _maximum(self.pain_at_night, answers.get("pain_at_night"))
        for name in _BY_DAY:
            self.pain_by_day = _maximum(self.pain_by_day, answers.get(name))
        if (sites := answers.get("body_sites")) is not None:
            self.sites |= sites_of(sites)

    def _add_statement(self, entry: Entry, answers: Mapping[str, Any]) -> None:
        flags = tuple(answers.get("red_flags") or ())
        added = EntryStatement(entry.recorded_at, entry.id, bool(answers.get("wants_to_stop")), flags)
        self.statements = tuple(sorted({*self.statements, added}))

    def dump(self) -> list[Any]:
        """Return the day as JSON can store it; ``load`` returns the same day."""
        body = (self.sites, self.pain_at_night, self.pain_by_day, *([True] if self.several_swollen else []))
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
                _rows(self.function),
                self.symptoms_at,
                self.reported,
                self.gap_reasons,
                self.has_own,
                _rows(self.treatment),
            )
        )
        return stored

    @classmethod
    def load(cls, stored: list[Any]) -> Self:
        """Return the day that ``dump`` stored."""
        *before_sites, body, function, symptoms_at, reported, gaps, own, treatment = _LAYOUT.load(stored)
        day = cls(*before_sites)
        day.symptoms_at, day.reported, day.gap_reasons, day.has_own = symptoms_at, reported, gaps, own
        sites, at_night, by_day, *swollen = body
        day.sites, day.pain_at_night, day.pain_by_day = sites, at_night, by_day
        day.several_swollen = bool(swollen)
        day.function = {name: LatestAnswer(*latest) for name, *latest in function}
        day.treatment = {name: LatestAnswer(*latest) for name, *latest in treatment}
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
        datetime | None,
        bool,
        tuple[GapReason, ...],
        bool,
        tuple[tuple[str, datetime, UUID, float], ...],
    ]
)
"""Layout of a stored day: the fields before ``sites``; then sites, pain at night and by day, with
True at the end if several joints are swollen; then the questionnaire scores, and the last five fields."""


def summarise_days(ordered: Iterable[Entry], first: DailySummary | None) -> Iterator[DailySummary]:
    """Yield the summary of each day of entries in order of days.

    Entries of the first day are added to ``first``, where given.
    """
    for local_date, entries in groupby(ordered, key=lambda entry: entry.local_date):
        day = DailySummary(local_date.toordinal()) if first is None else first
        first = None
        for entry in entries:
            day.add_entry(entry)
        yield day


def _rows(latest: Mapping[str, LatestAnswer]) -> list[tuple[str, datetime, UUID, float]]:
    return [(name, *latest[name]) for name in sorted(latest)]


def _maximum(known: float | None, answer: float | None) -> float | None:
    if answer is None or (known is not None and known >= answer):
        return known
    return float(answer)


def _latest_if_given(known: LatestAnswer | None, entry: Entry, value: float | None) -> LatestAnswer | None:
    return known if value is None else _latest(known, entry, value)


def _latest(known: LatestAnswer | None, entry: Entry, value: float) -> LatestAnswer:
    answer = LatestAnswer(entry.recorded_at, entry.id, float(value))
    return answer if known is None or answer > known else known
