"""Selection bias: tests whether patients were left out of an analysis depending on their outcome."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import exp, lgamma

from api.services.evaluation.ground_truth import GroundTruth
from api.services.files.inputs import AnyInput, as_input
from api.services.replay.diaries import Diary, read_diaries
from api.services.replay.diary_csv import PatientRow
from api.services.replay.file_dates import NO_CLOCK, FileToday
from api.services.replay.joins import FilePatients, describe_unmatched
from api.services.replay.replay_files import RejectedRow

SIGNIFICANT = 0.05
"""Two-sided p of Fisher's exact test below which exclusion counts as dependent on the outcome."""

LONG_BEFORE_DAYS = 180
"""A stop this long before the first entry counts as a wrong date (judgement)."""

_TIES = 1 + 1e-7


@dataclass(frozen=True, slots=True)
class CohortSources:
    """Input files with known outcomes; ``patients`` may be left out."""

    entries: AnyInput
    patients: AnyInput | None
    truth: AnyInput
    today: FileToday = NO_CLOCK


@dataclass(slots=True)
class Cohort:
    """Patients of the files, collected while diaries are read.

    ``rejects`` and ``notes`` receive rejected rows and remarks. ``first`` and ``started`` hold the first
    day with an entry and the first of the tablets, where known, as ordinals. ``without_entries`` are
    patients without a usable row.
    """

    sources: CohortSources
    truth: dict[str, GroundTruth]
    known: dict[str, PatientRow]
    rejects: list[RejectedRow]
    notes: list[str]
    first: dict[str, int] = field(default_factory=dict)
    started: dict[str, int] = field(default_factory=dict)
    without_entries: set[str] = field(default_factory=set)

    def diaries(self, progress: Callable[[int, int], None] | None) -> Iterator[tuple[Diary, GroundTruth]]:
        """Yield the diaries with known ground truth, and collect the patients of all."""
        sources, rejects, notes = self.sources, self.rejects, self.notes
        for diary in read_diaries(
            sources.entries, self.known, rejects, sources.today, notes=notes, progress=progress
        ):
            self._add(diary)
            if diary.entries and diary.name in self.truth:
                yield diary, self.truth[diary.name]
        rejected = {each.patient for each in rejects if each.file == self.truth_file and each.patient}
        named = FilePatients("truth", self.truth.keys() | rejected)
        notes += describe_unmatched(FilePatients("entries", self.names), named)

    def _add(self, diary: Diary) -> None:
        if not diary.entries:
            self.without_entries.add(diary.name)
            return
        self.first[diary.name] = min(entry.local_date for entry in diary.entries).toordinal()
        if diary.known.facts.ai_started_on is not None:
            self.started[diary.name] = diary.known.facts.ai_started_on.toordinal()

    @property
    def names(self) -> set[str]:
        """Every patient of the entries file."""
        return self.first.keys() | self.without_entries

    @property
    def without_truth(self) -> int:
        """Number of patients with entries and no known truth."""
        return len(self.names - self.truth.keys())

    @property
    def truth_file(self) -> str:
        """Name of the truth file among the rejects."""
        return as_input(self.sources.truth).name


def selection_biases(cohort: Cohort) -> list[str]:
    """Return the reasons why exclusions could bias an analysis of these files; empty without any.

    An unknown outcome (a rejected or absent row of the truth, an impossible date) is a reason by
    itself. Where outcomes are known, exclusion is a reason if the excluded patients stopped more or
    less often than the others (Fisher's exact test).
    """
    return [*_unknown(cohort), *_uneven(cohort)]


def fisher_exact(a: int, b: int, c: int, d: int) -> float:
    """Return the two-sided p of Fisher's exact test for the table [[a, b], [c, d]].

    >>> round(fisher_exact(3, 1, 1, 3), 4)  # Fisher's tea tasting
    0.4857
    """
    row, column, total = a + b, a + c, a + b + c + d
    possible = range(max(0, row + column - total), min(row, column) + 1)
    of_each = {
        cell: exp(
            _log_combinations(column, cell)
            + _log_combinations(total - column, row - cell)
            - _log_combinations(total, row)
        )
        for cell in possible
    }
    return min(1.0, sum(each for each in of_each.values() if each <= of_each[a] * _TIES))


def _unknown(cohort: Cohort) -> Iterator[str]:
    of_truth = [each for each in cohort.rejects if each.file == cohort.truth_file]
    rejected = [each for each in of_truth if each.patient not in cohort.truth]
    if rejected:
        yield f"{len(rejected)} rows of the truth file were rejected: these outcomes are not known"
    named = cohort.truth.keys() | {reject.patient for reject in rejected}
    if missing := cohort.names - named:
        yield (
            f"{len(missing)} patients with entries have no row in the truth file: list every patient, "
            "with a blank date where treatment did not stop"
        )
    impossible = [name for name in cohort.first if name in cohort.truth and _is_impossible(cohort, name)]
    if impossible:
        yield (
            f"{len(impossible)} patients stopped, by the truth file, before their tablets began, or "
            f"more than {LONG_BEFORE_DAYS} days before their first entry"
        )


def _is_impossible(cohort: Cohort, name: str) -> bool:
    stopped = cohort.truth[name].stopped_on
    if stopped is None:
        return False
    return stopped < max(cohort.first[name] - LONG_BEFORE_DAYS, cohort.started.get(name, 0))


def _uneven(cohort: Cohort) -> Iterator[str]:
    truth, written = cohort.truth.keys(), cohort.first.keys()
    rejected = {reject.patient for reject in cohort.rejects if reject.file != cohort.truth_file}
    groups = {
        "have no usable entry": truth - written,
        "have rejected rows": truth & rejected & written,
        "are not in the patients file": truth - cohort.known.keys() if cohort.known else set(),
    }
    stopped = {name for name in truth if cohort.truth[name].stopped_on is not None}
    for description, patients in groups.items():
        left_out, others = len(patients), len(truth) - len(patients)
        events, other_events = len(stopped & patients), len(stopped - patients)
        p = fisher_exact(events, left_out - events, other_events, others - other_events)
        if p < SIGNIFICANT:
            yield (
                f"of {left_out} patients who {description} {events} stopped, "
                f"of the {others} others {other_events} (p = {p:.2g}): leaving out depends on the outcome"
            )


def _log_combinations(of: int, chosen: int) -> float:
    return lgamma(of + 1) - lgamma(chosen + 1) - lgamma(of - chosen + 1)
