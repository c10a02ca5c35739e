"""Alert budget: alerts notified this week, the most harmful first, and alerts held back."""

import math
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from api.domain.alerts.finding import FindingKind, Tier
from api.domain.policy import JUDGEMENT, Threshold, Thresholds

_NEARLY = 1e-9  # 0.29 times 100 is a little under 29
_TEENS = range(11, 14)


@dataclass(frozen=True, slots=True)
class AlertBudget(Thresholds):
    """Size of the budget and weights of harm; the site signs off every number.

    ``share`` counts patient-weeks: a patient with two notified alerts in a week counts once.

    >>> AlertBudget().patients_per_week(80), AlertBudget().patients_per_week(3)
    (8, 5)
    """

    share: Threshold = Threshold(0.10, "share of patient-weeks with an alert", JUDGEMENT)
    least: Threshold = Threshold(5, "patients a week, however few are followed", JUDGEMENT)
    longest_days: Threshold = Threshold(7, "days an alert is held back at most", JUDGEMENT)

    # One field for each kind with a weight of harm, named harm_<kind>: a new kind needs no line here.
    __annotations__ |= {f"harm_{kind}": Threshold for kind in FindingKind if kind.defaults.harm}
    vars().update({f"harm_{kind}": kind.defaults.harm for kind in FindingKind if kind.defaults.harm})

    def patients_per_week(self, followed: int) -> int:
        """Return the number of patients a week with notified alerts, among those followed."""
        return max(math.floor(self.share.value * followed + _NEARLY), math.floor(self.least.value))

    def harm_of(self, kind: FindingKind) -> float:
        """Return the harm, 0 to 10, if a finding of this kind is true and no one acts."""
        weight: Threshold | None = getattr(self, f"harm_{kind.value}", None)
        return 10.0 if weight is None else weight.value


@dataclass(frozen=True, slots=True)
class AlertCandidate:
    """An alert that competes for the budget.

    ``probability``, 0 to 1, is that of its finding; ``due_today`` is `urgency.is_due_today`.
    """

    id: Hashable
    patient: Hashable
    kind: FindingKind
    tier: Tier
    opened_at: datetime
    probability: float = 1.0
    due_today: bool = False

    @property
    def is_never_held(self) -> bool:
        """True if the budget does not apply."""
        return self.due_today or is_never_held(self.kind, self.tier)


@dataclass(frozen=True, slots=True)
class BudgetRank:
    """Rank of an alert in the week; ``reason`` is why it is held back, None when it is notified."""

    candidate: AlertCandidate
    rank: int
    reason: str | None = None

    @property
    def is_held_back(self) -> bool:
        """True while the alert waits for room in the budget."""
        return self.reason is not None


@dataclass(frozen=True, slots=True)
class BudgetWeek:
    """The current week: number of patients followed, and patients with notified alerts.

    ``notified`` patients use the budget; ``exempt`` patients have an alert that is never held back.
    """

    patients: int
    notified: frozenset[Hashable] = frozenset()
    exempt: frozenset[Hashable] = frozenset()


def is_never_held(kind: FindingKind, tier: Tier) -> bool:
    """Return whether the budget does not apply: red flags, a wish to stop, the same-day tier."""
    return tier is Tier.SAME_DAY or kind.defaults.harm is None


def probability_of(kind: FindingKind, numbers: Mapping[str, Any]) -> float:
    """Return the probability, 0 to 1, that a finding is true; 1 where it has none.

    An unknown probability never ranks an alert lower.

    >>> probability_of(FindingKind.WORSENING, {"p_worsening": 0.8})
    0.8
    >>> probability_of(FindingKind.WORSENING, {}), probability_of(FindingKind.SILENCE, {"risk_90d": 0.1})
    (1.0, 1.0)
    """
    number = numbers.get(kind.defaults.probability or "")
    known = isinstance(number, int | float) and 0 <= number <= 1
    return float(number) if known and number is not None else 1.0


def expected_harm(candidate: AlertCandidate, budget: AlertBudget) -> float:
    """Return the probability times the harm of the kind, 0 to 10, higher is worse.

    Source:
        Judgement, unverified: both the form and the weights. The probability is that of the finding.
    """
    return candidate.probability * budget.harm_of(candidate.kind)


def rank_alerts(
    waiting: Iterable[AlertCandidate], week: BudgetWeek, *, budget: AlertBudget, now: datetime
) -> list[BudgetRank]:
    """Fill the rest of the week's budget: overdue alerts first, then by expected harm.

    A patient with an alert outside the budget uses none of it. The order of ``waiting`` is irrelevant.

    Args:
        waiting: The alerts not yet notified.
        week: The current week.
        budget: Size of the budget, and the weights of harm.
        now: The present moment.

    Returns:
        Each alert with its rank, in order; ranks count patients, those notified already first.

    Source:
        Judgement, unverified.
    """
    candidates = list(waiting)
    exempt = set(week.exempt) | {each.patient for each in candidates if each.is_never_held}
    notified, held_back = set(week.notified), dict[Hashable, int]()
    ranks: list[BudgetRank] = []
    for candidate in sorted(candidates, key=lambda each: _order(each, budget, now)):
        patient, used = candidate.patient, len(notified)
        if patient in exempt | notified or candidate.is_never_held:
            ranks.append(BudgetRank(candidate, used))
        elif _is_overdue(candidate, budget, now) or used < budget.patients_per_week(week.patients):
            notified.add(patient)
            ranks.append(BudgetRank(candidate, used + 1))
        else:
            rank = held_back.setdefault(patient, used + len(held_back) + 1)
            reason = _reason(candidate, rank, used, patients=week.patients, budget=budget)
            ranks.append(BudgetRank(candidate, rank, reason))
    return ranks


def notify_by(candidate: AlertCandidate, budget: AlertBudget) -> datetime:
    """Return the time at which the team is notified of an alert at the latest."""
    return candidate.opened_at + timedelta(days=budget.longest_days.value)


def _is_overdue(candidate: AlertCandidate, budget: AlertBudget, now: datetime) -> bool:
    return notify_by(candidate, budget) <= now


def _order(candidate: AlertCandidate, budget: AlertBudget, now: datetime) -> tuple[object, ...]:
    first = not candidate.is_never_held, not _is_overdue(candidate, budget, now)
    return (*first, -expected_harm(candidate, budget), candidate.opened_at, str(candidate.id), candidate.kind)


def _reason(candidate: AlertCandidate, rank: int, used: int, *, patients: int, budget: AlertBudget) -> str:
    share, least = 100 * budget.share.value, budget.least.value
    harm = expected_harm(candidate, budget)
    is_by_share = budget.patients_per_week(patients) > least
    size = f"{share:g}% of {patients} patient-weeks"
    size += "" if is_by_share else f", at least {least:g} a week"
    return (
        f"held back: alerts about {used} patient{'' if used == 1 else 's'} this week "
        f"fill the budget of {size}; "
        f"ranked {ordinal(rank)} by expected harm ({harm:.1f} = probability {candidate.probability:.2f} x "
        f"{budget.harm_of(candidate.kind):g} of 10); "
        f"the team is notified by {notify_by(candidate, budget):%Y-%m-%d %H:%M} UTC at the latest"
    )


def ordinal(number: int) -> str:
    """Return an ordinal number such as 1st.

    >>> [ordinal(n) for n in (1, 2, 3, 4, 11, 22, 113)]
    ['1st', '2nd', '3rd', '4th', '11th', '22nd', '113th']
    """
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if number % 100 in _TEENS else ending}"
