"""Silences at the end of the diaries, on the present day of the file."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from api.domain.alerts.finding import Finding
from api.domain.policies.compare import PatientFinding
from api.domain.trajectory.engine import PatientTrajectory
from api.services.replay.diaries import Diary


class _End(NamedTuple):
    """A diary that ends in silence, by one engine."""

    patient: str
    silence: Finding


class FinalSilences:
    """Silences at the end of the diaries of a replay, on the present day of the file (UTC)."""

    def __init__(self) -> None:
        """Start without diaries."""
        self._ends: list[list[_End]] = []

    def add(self, diary: Diary, courses: Sequence[PatientTrajectory]) -> None:
        """Add the silence at the end of a patient's diary, by each engine."""
        self._ends = self._ends or [[] for _ in courses]
        if not diary.entries:
            return
        last_entry_on = max(entry.recorded_at for entry in diary.entries).date()
        for ends, course in zip(self._ends, courses, strict=True):
            due = course.silence_due(last_entry_on)
            silence = None if due is None else course.silence_on(due)
            if due is not None and silence is not None and due <= diary.present:
                ends.append(_End(diary.name, silence))

    def of_engine(self, nth: int) -> Iterator[PatientFinding]:
        """Yield the final silences by the nth engine."""
        for end in self._ends[nth] if self._ends else []:
            yield end.silence, end.patient
