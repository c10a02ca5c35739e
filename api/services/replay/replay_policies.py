"""What two policies would have told about the same diaries, side by side; and what a budget holds back."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from api.domain.alerts.finding import Finding, FindingKind, Tier
from api.domain.policies.budget_weeks import AlertBurden, simulate_budget
from api.domain.policies.compare import AlertChange, AlertDifference, differences
from api.domain.policies.site_policy import PolicyDocument
from api.services.replay.replay import ReplayCounts
from api.services.replay.replay_files import writing

DIFFERENCE_COLUMNS = (
    "patient",
    "kind",
    "change",
    "days",
    "raised_at_a",
    "tier_a",
    "reason_a",
    "raised_at_b",
    "tier_b",
    "reason_b",
)
Group = tuple[Tier, FindingKind]


@dataclass(frozen=True, slots=True)
class PolicySide:
    """What one policy would have told."""

    policy: PolicyDocument
    engine: str
    groups: Counter[Group]
    patients: frozenset[str]
    burden: AlertBurden


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two policies over the same diaries.

    ``gained`` are the patients only B alerts about, ``lost`` those only A does.
    """

    patients: int
    patient_weeks: int
    a: PolicySide
    b: PolicySide
    differences: list[AlertDifference]
    gained: frozenset[str]
    lost: frozenset[str]

    def count(self, change: AlertChange, group: Group | None = None) -> int:
        """Return how many alerts differ in this way, of a tier and kind or of all."""
        return sum(
            each.change is change and (group is None or group == _group(each)) for each in self.differences
        )


def burden_under(policy: PolicyDocument, counts: ReplayCounts, nth: int = 0) -> AlertBurden:
    """Return what the nth policy of a replay would have told the team under its budget."""
    return simulate_budget(counts.told[nth], counts.followed, policy.budget)


def compare(counts: ReplayCounts, a: PolicyDocument, b: PolicyDocument) -> Comparison:
    """Compare the two policies of a replay."""
    told_a, told_b = counts.told
    one, other = _side(a, counts, 0), _side(b, counts, 1)
    return Comparison(
        patients=counts.patients,
        patient_weeks=counts.followed.total(),
        a=one,
        b=other,
        differences=differences(told_a, told_b),
        gained=other.patients - one.patients,
        lost=one.patients - other.patients,
    )


def write_difference(path: Path, found: Iterable[AlertDifference]) -> None:
    """Write the alerts that differ, one a row.

    Raises:
        UnusableFile: It cannot be written.
    """
    with writing(path, DIFFERENCE_COLUMNS) as writer:
        for each in found:
            days = "" if each.days is None else each.days
            row = (each.patient, each.kind.value, each.change.value, days, *_cells(each.a), *_cells(each.b))
            writer.writerow(row)


def _side(policy: PolicyDocument, counts: ReplayCounts, nth: int) -> PolicySide:
    """Count what the team is told; what is for the patient alone is counted by kind only."""
    groups: Counter[Group] = Counter()
    patients: set[str] = set()
    for finding, patient in counts.told[nth]:
        groups[finding.tier, finding.kind] += 1
        if finding.tier is not Tier.SELF_CARE:
            patients.add(patient)
    burden = burden_under(policy, counts, nth)
    return PolicySide(policy, counts.engines[nth], groups, frozenset(patients), burden)


def _group(difference: AlertDifference) -> Group | None:
    found = difference.a or difference.b
    return None if found is None else (found.tier, found.kind)


def _cells(finding: Finding | None) -> tuple[str, str, str]:
    if finding is None:
        return "", "", ""
    return finding.raised_at.isoformat(), finding.tier.value, finding.reason
