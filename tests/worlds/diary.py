"""Diary of a simulated patient with its ground truth, the same in every world, and its three CSV files."""

from collections.abc import Iterable, Iterator, Mapping
from csv import writer
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from math import isnan
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from api.domain.diary.patient_factors import PatientFactors
from api.domain.entries.questions import Entry

Series: TypeAlias = NDArray[np.float64]

ANSWERS = (
    "pain_worst",
    "pain_average",
    "stiffness",
    "morning_stiffness_minutes",
    "interference",
    "dose_taken",
    "doses_missed_7d",
    "confidence",
    "side_effects_bother",
    "doubt",
    "cost_trouble",
)
"""Answers of an entry, by their column of entries.csv; ``dose_taken`` and ``cost_trouble`` are 1 or 0."""

SYMPTOMS = ("pain_worst", "stiffness", "interference")
YES_OR_NO = ("dose_taken", "cost_trouble")
ENTRY_COLUMNS = ("patient", "recorded_at", *ANSWERS, "local_date", "asked", "gap_reason")
FACTS = ("ai_started_on", "ai", "prior_tamoxifen", "prior_taxane", "birth_year", "timezone")
TRUTH_COLUMNS = ("patient", "worsening_onset", "stopped_on", "followed_until")

ONSET_POINTS, ONSET_DAYS, OVER_POINTS = 2.0, 14, 1.0
"""A rise counts from the middle of the first 14 days whose mean change reaches 2 points (the change that
matters, Mathias et al. 2011). It is over at the middle of the first with a mean below 1 (assumed)."""
_BEFORE_DAYS = 28


class WorldRow(NamedTuple):
    """One entry. Days count from the first of the diary, 0, by the clock of the patient.

    Attributes:
        day: The day it is about.
        written_day: The day on which it was written, ``day`` or later.
        written_minute: Minutes after midnight of that day.
        answers: In the order of ``ANSWERS``; not a number is blank.
        asked: ``own`` or ``prompted``.
        gap_reason: The reason given for the days without an entry before; blank in most.
    """

    day: int
    written_day: int
    written_minute: int
    answers: tuple[float, ...]
    asked: str
    gap_reason: str = ""


@dataclass(frozen=True, slots=True)
class Rise:
    """A true rise of symptoms. Days of the diary; None is never within the follow-up.

    Attributes:
        begins: First day of any rise, also of one that the end of the tablets or of the follow-up keeps below
            2 points; None for patients without one, and for drifts meant to stay below 2 points.
        onset: Middle of the first 14 days whose mean change reaches 2 points.
        over: Middle of the first 14 days after that whose mean change is below 1 point.
    """

    begins: int | None = None
    onset: int | None = None
    over: int | None = None


@dataclass(frozen=True, slots=True)
class WorldTruth:
    """Truth of one patient. The levels are those of each day without noise and flares, points of 0 to 10.

    Attributes:
        rise: The rise of the symptom whose onset is first.
        pain: Level of worst pain: the answer to be expected on a day without a flare.
        stiffness: Level of stiffness.
        interference: Level of interference.
        stopped: Day on which the tablets were stopped for good.
        followed: Days of follow-up.
    """

    rise: Rise
    pain: Series
    stiffness: Series
    interference: Series
    stopped: int | None
    followed: int

    @property
    def worsening_onset(self) -> int | None:
        """Day of the onset."""
        return self.rise.onset


@dataclass(frozen=True, slots=True)
class WorldDiary:
    """One patient.

    Attributes:
        patient: Name.
        first_day: Date of day 0.
        rows: Entries in the order of days.
        truth: Ground truth.
        facts: Columns of patients.csv; blank is unknown.
        groups: Labels to split results by.
        if_asked: Answers that the patient would give to an extra check-in of each day, one row per day in the
            order of ``SYMPTOMS``; blank while nobody would write, as around stopping or with a lost phone.
            Whether a check-in is answered, 5 to 9 times in 10, is for the caller to draw.
    """

    patient: str
    first_day: date
    rows: tuple[WorldRow, ...]
    truth: WorldTruth
    facts: dict[str, str]
    groups: dict[str, str]
    if_asked: Series

    def day(self, number: int) -> date:
        """Return a day of the diary as a date."""
        return self.first_day + timedelta(days=number)


def running_mean(values: Series, days: int) -> Series:
    """Return the mean of the days up to each day; of fewer where the series begins."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    until = np.arange(1, len(values) + 1)
    since = np.maximum(until - days, 0)
    mean: Series = (total[until] - total[since]) / (until - since)
    return mean


def find_rise(level: Series, begins: int) -> Rise:
    """Return onset and end of a rise by the true level of one symptom.

    The change is that from the mean level of up to 28 days before ``begins``, day 0 where there are none.
    """
    before = float(level[max(0, begins - _BEFORE_DAYS) : max(begins, 1)].mean())
    change = running_mean(level - before, ONSET_DAYS)[begins:]
    reached = np.flatnonzero(change >= ONSET_POINTS - 1e-9)
    if not len(reached):
        return Rise(begins)
    below = np.flatnonzero(change[reached[0] :] < OVER_POINTS)
    onset = begins + max(int(reached[0]) - ONSET_DAYS // 2, 0)
    over = begins + int(reached[0] + below[0]) - ONSET_DAYS // 2 if len(below) else None
    return Rise(begins, onset, over)


def true_rise(levels: Mapping[str, Series], begins: int | None, stopped: int | None) -> Rise:
    """Return the rise of the symptom whose onset is first; none if it began after the tablets ended.

    An onset after they ended is not counted.
    """
    if begins is None or (stopped is not None and stopped <= begins):
        return Rise()
    rises = [find_rise(level, begins) for level in levels.values()]
    first = min(rises, key=lambda rise: (rise.onset is None, rise.onset or 0))
    is_late = first.onset is not None and stopped is not None and first.onset >= stopped
    return Rise(begins) if is_late else first


def arrays(diary: WorldDiary) -> dict[str, NDArray[Any]]:
    """Return the answers by name, ``day``, ``written_day`` and ``written_minute``: a value for each entry."""
    table = np.array([row.answers for row in diary.rows]).reshape(-1, len(ANSWERS))
    found: dict[str, NDArray[Any]] = dict(zip(ANSWERS, table.T, strict=True))
    for name in ("day", "written_day", "written_minute"):
        found[name] = np.array([getattr(row, name) for row in diary.rows], dtype=np.int64)
    return found


def entries_of(diary: WorldDiary) -> list[Entry]:
    """Return the diary as entries to score; a blank answer is absent."""
    owner = int.from_bytes(diary.patient.encode()) << 32
    return [
        Entry(UUID(int=(owner + number) % (1 << 128)), moment, diary.day(row.day), _given(row))
        for number, (row, moment) in enumerate(zip(diary.rows, _moments(diary), strict=True))
    ]


def extra_entry(diary: WorldDiary, day: int) -> Entry | None:
    """Return the entry that answers an extra check-in at seven in the evening; None if nobody would write."""
    answers = zip(SYMPTOMS, diary.if_asked[day].tolist(), strict=True)
    given: dict[str, Any] = {name: value for name, value in answers if not isnan(value)}
    if not given:
        return None
    given["asked"] = "burst"
    moment = datetime.combine(diary.day(day), time(19), _zone(diary)).astimezone(UTC)
    owner = int.from_bytes(diary.patient.encode()) << 32
    return Entry(UUID(int=(owner + (1 << 31) + day) % (1 << 128)), moment, diary.day(day), given)


def factors_of(diary: WorldDiary) -> PatientFactors:
    """Return what is known of the patient outside the diary."""
    known = {name: value for name, value in diary.facts.items() if value}
    return PatientFactors(
        ai_started_on=date.fromisoformat(known["ai_started_on"]) if "ai_started_on" in known else None,
        ai=known.get("ai"),
        prior_tamoxifen=_truth_of(known.get("prior_tamoxifen")),
        prior_taxane=_truth_of(known.get("prior_taxane")),
        birth_year=int(known["birth_year"]) if "birth_year" in known else None,
    )


def write_world(diaries: Iterable[WorldDiary], folder: Path) -> None:
    """Write entries.csv, patients.csv and truth.csv to a folder."""
    names = ("entries.csv", "patients.csv", "truth.csv")
    files = [(folder / name).open("w", encoding="utf-8", newline="") for name in names]
    try:
        entries, patients, truth = (writer(file, lineterminator="\n") for file in files)
        entries.writerow(ENTRY_COLUMNS)
        patients.writerow(("patient", *FACTS))
        truth.writerow(TRUTH_COLUMNS)
        for diary in diaries:
            entries.writerows(_cells(diary))
            patients.writerow((diary.patient, *(diary.facts[name] for name in FACTS)))
            days = (diary.truth.worsening_onset, diary.truth.stopped, diary.truth.followed - 1)
            truth.writerow((diary.patient, *("" if day is None else diary.day(day) for day in days)))
    finally:
        for file in files:
            file.close()


def _zone(diary: WorldDiary) -> ZoneInfo:
    return ZoneInfo(diary.facts["timezone"])


def _moments(diary: WorldDiary) -> Iterator[datetime]:
    zone = _zone(diary)
    for row in diary.rows:
        local = datetime.combine(diary.day(row.written_day), time(*divmod(row.written_minute, 60)), zone)
        yield local.astimezone(UTC)


def _given(row: WorldRow) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for name, value in zip(ANSWERS, row.answers, strict=True):
        if isnan(value):
            continue
        if name == "dose_taken":
            given["dose"] = "taken" if value else "missed"
        else:
            given[name] = bool(value) if name in YES_OR_NO else value
    return given | {"asked": row.asked} | ({"gap_reason": row.gap_reason} if row.gap_reason else {})


def _cells(diary: WorldDiary) -> Iterator[tuple[str, ...]]:
    zone = _zone(diary)
    for row, moment in zip(diary.rows, _moments(diary), strict=True):
        answers = (_cell(name, value) for name, value in zip(ANSWERS, row.answers, strict=True))
        local_date = diary.day(row.day).isoformat() if row.day != row.written_day else ""
        recorded_at = moment.astimezone(zone).isoformat()
        yield diary.patient, recorded_at, *answers, local_date, row.asked, row.gap_reason


def _cell(name: str, value: float) -> str:
    if isnan(value):
        return ""
    return str(bool(value)).lower() if name in YES_OR_NO else str(int(value))


def _truth_of(text: str | None) -> bool | None:
    return None if text is None else text == "true"
