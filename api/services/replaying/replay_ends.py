"""Who has fallen silent by the end of the files: known once the last entry of all patients is."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from api.domain.differing import Told
from api.domain.findings import Finding
from api.domain.report import Entry
from api.domain.trajectory.engine import Course


class _End(NamedTuple):
    """How one diary ends under one engine: from ``due`` on she is silent, unless the files end before."""

    patient: str
    due: date
    silence: Finding


class Ends:
    """How the diaries of a replay end. The present day is that of the latest entry of all, in UTC."""

    def __init__(self) -> None:
        """Know of no diary yet."""
        self._today = date.min
        self._ends: list[list[_End]] = []

    def note(self, patient: str, entries: Sequence[Entry], courses: Sequence[Course]) -> None:
        """Note how a patient's diary ends under each engine."""
        self._ends = self._ends or [[] for _ in courses]
        if not entries:
            return
        heard_on = max(entry.recorded_at for entry in entries).date()
        self._today = max(self._today, heard_on)
        for ends, course in zip(self._ends, courses, strict=True):
            due = course.silence_due(heard_on)
            silence = None if due is None else course.silent_at(due)
            if due is not None and silence is not None:
                ends.append(_End(patient, due, silence))

    def silences(self, nth: int) -> Iterator[Told]:
        """Yield the silences that last at the end, as the nth engine sees them."""
        for end in self._ends[nth] if self._ends else []:
            if end.due <= self._today:
                yield end.silence, end.patient
