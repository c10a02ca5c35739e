"""What two policies would have told about the same diaries, side by side; and what a budget holds back."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from api.domain.alerts.finding import Finding, FindingKind, Tier
from api.domain.policies.budget_weeks import Burden, burden_of
from api.domain.policies.compare import Change, Difference, differences
from api.domain.policies.site_policy import SitePolicy
from api.services.replay.replay import Counts
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
class Side:
    """What one policy would have told."""

    policy: SitePolicy
    engine: str
    groups: Counter[Group]
    patients: frozenset[str]
    burden: Burden


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two policies over the same diaries.

    ``gained`` are the patients only B alerts about, ``lost`` those only A does.
    """

    patients: int
    patient_weeks: int
    a: Side
    b: Side
    differences: list[Difference]
    gained: frozenset[str]
    lost: frozenset[str]

    def count(self, change: Change, group: Group | None = None) -> int:
        """Return how many alerts differ in this way, of a tier and kind or of all."""
        return sum(
            each.change is change and (group is None or group == _group(each)) for each in self.differences
        )


def burden_under(policy: SitePolicy, counts: Counts, nth: int = 0) -> Burden:
    """Return what the nth policy of a replay would have told the team under its budget."""
    return burden_of(counts.told[nth], counts.followed, policy.budget)


def compare(counts: Counts, a: SitePolicy, b: SitePolicy) -> Comparison:
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


def write_difference(path: Path, found: Iterable[Difference]) -> None:
    """Write the alerts that differ, one a row.

    Raises:
        UnusableFile: It cannot be written.
    """
    with writing(path, DIFFERENCE_COLUMNS) as writer:
        for each in found:
            days = "" if each.days is None else each.days
            row = (each.patient, each.kind.value, each.change.value, days, *_cells(each.a), *_cells(each.b))
            writer.writerow(row)


def _side(policy: SitePolicy, counts: Counts, nth: int) -> Side:
    """Count what the team is told; what is for the patient alone is counted by kind only."""
    groups: Counter[Group] = Counter()
    patients: set[str] = set()
    for finding, patient in counts.told[nth]:
        groups[finding.tier, finding.kind] += 1
        if finding.tier is not Tier.SELF_CARE:
            patients.add(patient)
    burden = burden_under(policy, counts, nth)
    return Side(policy, counts.engines[nth], groups, frozenset(patients), burden)


def _group(difference: Difference) -> Group | None:
    found = difference.a or difference.b
    return None if found is None else (found.tier, found.kind)


def _cells(finding: Finding | None) -> tuple[str, str, str]:
    if finding is None:
        return "", "", ""
    return finding.raised_at.isoformat(), finding.tier.value, finding.reason
