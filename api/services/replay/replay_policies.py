"""Comparison of two policies on the same diaries, and alerts held back by a budget."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from api.domain.alerts.finding import Finding, FindingKind, Tier
from api.domain.policies.budget_weeks import AlertBurden, simulate_budget
from api.domain.policies.compare import AlertChange, AlertDifference, differences
from api.domain.policies.site_policy import PolicyDocument
from api.services.replay.replay import ReplayCounts
from api.services.replay.replay_files import open_writer

_OF_BOTH = (f"{name}_{side}" for side in "ab" for name in ("raised_at", "tier", "reason"))
DIFFERENCE_COLUMNS = ("patient", "kind", "change", "days", *_OF_BOTH)
Group = tuple[Tier, FindingKind]


@dataclass(frozen=True, slots=True)
class PolicySide:
    """Findings of one policy."""

    policy: PolicyDocument
    engine: str
    groups: Counter[Group]
    patients: frozenset[str]
    burden: AlertBurden


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two policies on the same diaries."""

    patients: int
    patient_weeks: int
    a: PolicySide
    b: PolicySide
    differences: list[AlertDifference]

    def count(self, change: AlertChange, group: Group | None = None) -> int:
        """Return the number of alerts with this change, of a tier and kind or of all."""
        return sum(
            each.change is change and (group is None or group == _group(each)) for each in self.differences
        )


def simulate_burden(policy: PolicyDocument, counts: ReplayCounts, nth: int = 0) -> AlertBurden:
    """Return the alert burden of the nth policy of a replay under its budget."""
    return simulate_budget(counts.found[nth], counts.followed, policy.budget)


def compare(counts: ReplayCounts, a: PolicyDocument, b: PolicyDocument) -> Comparison:
    """Compare the two policies of a replay."""
    weeks, changes = counts.followed.total(), differences(*counts.found)
    return Comparison(counts.patients, weeks, _side(a, counts, 0), _side(b, counts, 1), changes)


def write_difference(path: Path, found: Iterable[AlertDifference]) -> None:
    """Write the alerts that differ, one a row.

    Raises:
        UnusableFile: It cannot be written.
    """
    with open_writer(path, DIFFERENCE_COLUMNS) as writer:
        for each in found:
            days = "" if each.days is None else each.days
            row = (each.patient, each.kind.value, each.change.value, days, *_cells(each.a), *_cells(each.b))
            writer.writerow(row)


def _side(policy: PolicyDocument, counts: ReplayCounts, nth: int) -> PolicySide:
    """Count the findings; those for the patient alone do not count as patients of the team."""
    found, burden = counts.found[nth], simulate_burden(policy, counts, nth)
    groups = Counter((finding.tier, finding.kind) for finding, _ in found)
    patients = frozenset(patient for finding, patient in found if finding.tier is not Tier.SELF_CARE)
    return PolicySide(policy, counts.engines[nth], groups, patients, burden)


def _group(difference: AlertDifference) -> Group | None:
    found = difference.a or difference.b
    return None if found is None else (found.tier, found.kind)


def _cells(finding: Finding | None) -> tuple[str, str, str]:
    if finding is None:
        return "", "", ""
    return finding.raised_at.isoformat(), finding.tier.value, finding.reason
