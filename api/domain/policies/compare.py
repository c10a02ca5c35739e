"""Differences between the alerts that two policies raise on the same diaries."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

from api.domain.alerts.finding import Finding, FindingKind

MOVED_WITHIN_DAYS = 28
"""Findings further apart than an episode lasts are two alerts. Judgement, unverified."""

PatientFinding = tuple[Finding, str]
"""A finding and its patient."""
_Pair = tuple[Finding | None, Finding | None]


class AlertChange(StrEnum):
    """Kind of a difference between the alerts of policies A and B."""

    ONLY_A = "only_a"
    ONLY_B = "only_b"
    MOVED = "moved"
    OTHER_TIER = "other_tier"


@dataclass(frozen=True, slots=True)
class AlertDifference:
    """One alert that differs between the policies; ``a`` or ``b`` is None where a policy has no alert."""

    change: AlertChange
    patient: str
    kind: FindingKind
    a: Finding | None
    b: Finding | None

    @property
    def days(self) -> int | None:
        """Delay of B against A in days, negative where B is earlier; None where only one policy alerts."""
        return None if self.a is None or self.b is None else (self.b.day - self.a.day).days


def differences(a: Iterable[PatientFinding], b: Iterable[PatientFinding]) -> list[AlertDifference]:
    """Return the alerts that differ, by time and patient.

    Findings of one patient and kind are the same when they have the same key. Of the others, the
    nearest pairs within 28 days are alerts that moved; each has at most one partner.

    Args:
        a: The findings of policy A, in any order.
        b: The findings of policy B, in any order.

    Returns:
        The differences; none for alerts that are equal.
    """
    of_a, of_b = _grouped(a), _grouped(b)
    found = [
        AlertDifference(change, *group, before, after)
        for group in of_a.keys() | of_b.keys()
        for before, after in _paired(of_a[group], of_b[group])
        if (change := _change(before, after)) is not None
    ]
    return sorted(found, key=_order)


def _grouped(findings: Iterable[PatientFinding]) -> dict[tuple[str, FindingKind], dict[Hashable, Finding]]:
    grouped: dict[tuple[str, FindingKind], dict[Hashable, Finding]] = defaultdict(dict)
    for finding, patient in findings:
        grouped[patient, finding.kind][finding.key] = finding
    return grouped


def _paired(a: dict[Hashable, Finding], b: dict[Hashable, Finding]) -> list[_Pair]:
    alike: list[_Pair] = [(a[key], b[key]) for key in a.keys() & b.keys()]
    left_a = sorted((a[key] for key in a.keys() - b.keys()), key=_day)
    left_b = sorted((b[key] for key in b.keys() - a.keys()), key=_day)
    return alike + _nearest(left_a, left_b)


def _nearest(a: Sequence[Finding], b: Sequence[Finding]) -> list[_Pair]:
    apart = sorted(
        (abs((y.day - x.day).days), i, j) for (i, x), (j, y) in product(enumerate(a), enumerate(b))
    )
    partner: dict[int, int] = {}
    taken: set[int] = set()
    for days, i, j in apart:
        if days <= MOVED_WITHIN_DAYS and i not in partner and j not in taken:
            partner[i] = j
            taken.add(j)
    pairs: list[_Pair] = [(x, b[partner[i]] if i in partner else None) for i, x in enumerate(a)]
    return pairs + [(None, y) for j, y in enumerate(b) if j not in taken]


def _change(a: Finding | None, b: Finding | None) -> AlertChange | None:
    if a is None:
        return AlertChange.ONLY_B
    if b is None:
        return AlertChange.ONLY_A
    if a.key != b.key:
        return AlertChange.MOVED
    return None if a.tier is b.tier else AlertChange.OTHER_TIER


def _day(finding: Finding) -> tuple[object, ...]:
    return finding.day, finding.raised_at, finding.key


def _order(difference: AlertDifference) -> tuple[object, ...]:
    first = difference.a or difference.b
    when = () if first is None else _day(first)
    return (*when, difference.patient, difference.kind)
