"""Rows of the files of a replay: facts about patients, and entries."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from functools import lru_cache
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from api.domain.diary import expected_level
from api.domain.enrolment import AromataseInhibitor
from api.domain.entries.answer_types import AnswerType, Choice, FlagAnswer, ScaleAnswer
from api.domain.entries.questions import MARKS, QUESTIONS, Entry
from api.domain.errors import InvalidTimezone
from api.domain.trajectory.engine import PatientFactors
from api.domain.zones import check_timezone
from api.services.replay import cells
from api.services.replay.file_dates import FileDates

PATIENT_COLUMNS = (
    "ai_started_on", "ai", "prior_tamoxifen", "prior_taxane", "birth_year", "timezone", "expected_levels",
)  # fmt: skip
ENTRY_COLUMNS = (
    "pain_worst",
    "pain_average",
    "stiffness",
    "morning_stiffness_minutes",
    "interference",
    "dose_taken",
    "doses_missed_7d",
    "confidence",
    "local_date",
    "side_effects_bother",
    "doubt",
    "cost_trouble",
    "sleep_trouble",
    "gap_reason",
    "asked",
    "via",
    "reported_by",
)
BURST = "burst"
"""Value of ``asked`` of an entry that answers an extra check-in."""
FARTHEST_BACK_DAYS = 366
"""Days after its local date on which an entry may be recorded."""
_EARLIEST_BIRTH, _LATEST_BIRTH = 1900, 2100

Read = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class PatientRow:
    """Facts about one patient in patients.csv."""

    facts: PatientFactors
    zone: tzinfo | None


UNKNOWN_PATIENT = PatientRow(PatientFactors(), None)


class UnreadableRow(Exception):
    """A row cannot be used; ``problems`` names each column and the expected value."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        """Keep the problems."""
        super().__init__(problems)
        self.problems = problems


def read_patient_row(columns: list[str], fields: list[str]) -> PatientRow:
    """Read one row of patients.csv.

    Raises:
        UnreadableRow: With every column that is wrong.
    """
    row = _read(columns, fields, _OF_PATIENT)
    zone = row.pop("timezone", None)
    return PatientRow(PatientFactors(**row), zone)


def read_entry_row(
    patient: str, columns: list[str], fields: list[str], *, known: PatientRow, dates: FileDates
) -> Entry:
    """Read one row of entries.csv.

    A row without any answer is kept: it shows that the patient reported.

    Args:
        patient: Id of the patient; part of the id of the entry.
        columns: The header.
        fields: The row.
        known: Facts about the patient; without a time zone the day is that of the moment's offset.
        dates: Bounds on the dates of the file.

    Returns:
        The entry. Its id follows from the content of the row, so that the order of rows is irrelevant.

    Raises:
        UnreadableRow: With every column that is wrong.
    """
    row = _read(columns, fields, _OF_ENTRY)
    recorded_at: datetime = row.pop("recorded_at")
    stated: date | None = row.pop("local_date", None)
    try:
        local_date = (
            stated or (recorded_at if known.zone is None else recorded_at.astimezone(known.zone)).date()
        )
        moment = recorded_at.astimezone(UTC)
    except (OverflowError, ValueError):
        raise UnreadableRow([("recorded_at", "lies outside the calendar")]) from None
    if stated is not None and not -FARTHEST_BACK_DAYS <= (stated - moment.date()).days <= 1:
        raise UnreadableRow([("local_date", "lies after recorded_at, or more than a year before it")])
    if (problem := _misdated(moment, known, dates)) is not None:
        raise UnreadableRow([("recorded_at", problem)])
    content = f"{patient}|{moment.isoformat()}|{sorted(row.items())}"
    if stated is not None:
        content += f"|{stated}"
    return Entry(uuid5(NAMESPACE_URL, content), moment, local_date, row)


def _misdated(moment: datetime, known: PatientRow, dates: FileDates) -> str | None:
    birth_year = known.facts.birth_year
    if birth_year is not None and moment.year < birth_year:
        return "lies before the patient was born"
    return dates.problem(moment)


def _read(columns: list[str], fields: list[str], readers: dict[str, tuple[str, Read]]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    problems: list[tuple[str, str]] = []
    for column, field in zip(columns, fields, strict=True):
        text = field.strip()
        if column in readers and (text or column == "recorded_at"):
            name, read = readers[column]
            try:
                row[name] = read(text)
            except ValueError as wrong:
                if column == "recorded_at" or not cells.is_blank(text):
                    problems.append((column, str(wrong)))
    if problems:
        raise UnreadableRow(problems)
    return row


def _reader(kind: AnswerType) -> Read:
    match kind:
        case ScaleAnswer():
            return _number(kind)
        case FlagAnswer():
            return cells.read_yes_or_no
        case Choice():
            return lambda text: kind.read(text.lower())
    raise TypeError(f"no cell holds a {type(kind).__name__}")


def _number(scale: ScaleAnswer) -> Read:
    @lru_cache(maxsize=4096)
    def read(text: str) -> float:
        try:
            value = float(text) if "_" not in text else None
        except ValueError:
            value = None
        try:
            return scale.read_real(text if value is None else value)
        except ValueError as wrong:
            raise ValueError(f"{wrong}{cells.hint_on_number(text)}") from None

    return read


def _dose(text: str) -> str:
    return "taken" if cells.read_yes_or_no(text) else "missed"


def _tablet(text: str) -> AromataseInhibitor | None:
    """Return the tablet by its name in any language, such as Letrozol; None for any other."""
    return next((tablet for tablet in AromataseInhibitor if text.lower()[:6] == tablet[:6]), None)


def _birth_year(text: str) -> int:
    return cells.read_year(text, _EARLIEST_BIRTH, _LATEST_BIRTH)


def _zone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(check_timezone(text))
    except InvalidTimezone as error:
        raise ValueError(str(error)) from error


_OF_PATIENT: dict[str, tuple[str, Read]] = {
    "ai_started_on": ("ai_started_on", cells.read_date),
    "ai": ("ai", _tablet),
    "prior_tamoxifen": ("prior_tamoxifen", cells.read_yes_or_no),
    "prior_taxane": ("prior_taxane", cells.read_yes_or_no),
    "birth_year": ("birth_year", _birth_year),
    "timezone": ("timezone", _zone),
    "expected_levels": ("expected", expected_level.read_text),
}
_OF_ENTRY: dict[str, tuple[str, Read]] = {
    answer.name: (answer.name, _reader(answer.kind))
    for answer in (*QUESTIONS, *MARKS)
    if answer.name in ENTRY_COLUMNS
} | {
    "recorded_at": ("recorded_at", cells.read_moment),
    "dose_taken": ("dose", _dose),
    "local_date": ("local_date", cells.read_date),
}
