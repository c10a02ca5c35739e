"""Selection bias: tests whether patients were left out of an analysis depending on their outcome."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import exp, lgamma
from typing import NamedTuple

from api.services.evaluation.ground_truth import GroundTruth
from api.services.replay.diaries import Diary
from api.services.replay.replay_files import RejectedRow

SIGNIFICANT = 0.05
"""Two-sided p of Fisher's exact test below which exclusion counts as dependent on the outcome."""

LONG_BEFORE_DAYS = 180
"""A stop this long before the first entry counts as a wrong date (judgement)."""

_TIES = 1 + 1e-7


@dataclass(slots=True)
class Cohort:
    """Patients of the files, collected while diaries are read.

    ``first`` and ``started`` hold the first day with an entry and the first of the tablets, where known,
    as ordinals. ``without_entries`` are patients without a usable row.
    """

    truth: Mapping[str, GroundTruth]
    known: Collection[str] = ()
    first: dict[str, int] = field(default_factory=dict)
    started: dict[str, int] = field(default_factory=dict)
    without_entries: set[str] = field(default_factory=set)

    def add(self, diary: Diary) -> None:
        """Add a diary."""
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


class _Group(NamedTuple):
    description: str
    patients: Collection[str]


def selection_biases(cohort: Cohort, rejects: Sequence[RejectedRow], *, truth_file: str) -> list[str]:
    """Return the reasons why exclusions could bias an analysis of these files; empty without any.

    An unknown outcome (a rejected or absent row of the truth, an impossible date) is a reason by
    itself. Where outcomes are known, exclusion is a reason if the excluded patients stopped more or
    less often than the others (Fisher's exact test).

    Args:
        cohort: The patients of the files.
        rejects: The rejected rows of all files.
        truth_file: The name of the truth file among the rejects.
    """
    return [*_unknown(cohort, rejects, truth_file), *_uneven(cohort, rejects, truth_file)]


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


def _unknown(cohort: Cohort, rejects: Sequence[RejectedRow], truth_file: str) -> Iterator[str]:
    rejected = [each for each in rejects if each.file == truth_file and each.patient not in cohort.truth]
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


def _uneven(cohort: Cohort, rejects: Sequence[RejectedRow], truth_file: str) -> Iterator[str]:
    truth = cohort.truth
    rejected = {reject.patient for reject in rejects if reject.file != truth_file}
    groups = [
        _Group("have no usable entry", truth.keys() - cohort.first.keys()),
        _Group("have rejected rows", truth.keys() & rejected & cohort.first.keys()),
    ]
    if cohort.known:
        groups.append(_Group("are not in the patients file", truth.keys() - set(cohort.known)))
    for group in groups:
        others = truth.keys() - set(group.patients)
        stopped = _stopped(truth, group.patients), _stopped(truth, others)
        stayed = len(group.patients) - stopped[0], len(others) - stopped[1]
        p = fisher_exact(stopped[0], stayed[0], stopped[1], stayed[1])
        if p < SIGNIFICANT:
            yield (
                f"of {len(group.patients)} patients who {group.description} {stopped[0]} stopped, "
                f"of the {len(others)} others {stopped[1]} (p = {p:.2g}): leaving out depends on the outcome"
            )


def _stopped(truth: Mapping[str, GroundTruth], names: Collection[str]) -> int:
    return sum(truth[name].stopped_on is not None for name in names)


def _log_combinations(of: int, chosen: int) -> float:
    return lgamma(of + 1) - lgamma(chosen + 1) - lgamma(of - chosen + 1)
