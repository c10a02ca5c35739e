"""Which patients are silent at the end of the files, as seen on the file's present day."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from api.domain.alerts.finding import Finding
from api.domain.policies.compare import PatientFinding
from api.domain.trajectory.engine import PatientTrajectory
from api.services.replay.diaries import Diary


class _End(NamedTuple):
    """A diary that ends in silence, under one engine."""

    patient: str
    silence: Finding


class Ends:
    """How the diaries of a replay end, as seen on the file's present day (UTC)."""

    def __init__(self) -> None:
        """Know of no diary yet."""
        self._ends: list[list[_End]] = []

    def note(self, diary: Diary, courses: Sequence[PatientTrajectory]) -> None:
        """Note how a patient's diary ends under each engine."""
        self._ends = self._ends or [[] for _ in courses]
        if not diary.entries:
            return
        heard_on = max(entry.recorded_at for entry in diary.entries).date()
        for ends, course in zip(self._ends, courses, strict=True):
            due = course.silence_due(heard_on)
            silence = None if due is None else course.silence_on(due)
            if due is not None and silence is not None and due <= diary.present:
                ends.append(_End(diary.name, silence))

    def silences(self, nth: int) -> Iterator[PatientFinding]:
        """Yield the silences that last at the end, as the nth engine sees them."""
        for end in self._ends[nth] if self._ends else []:
            yield end.silence, end.patient
