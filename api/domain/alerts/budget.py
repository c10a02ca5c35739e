"""The alert budget: which alerts a team is told of this week, the most harmful first, and which wait."""

import math
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from api.domain.alerts.finding import FindingKind, Tier
from api.domain.policy import JUDGEMENT, Threshold

_NEARLY = 1e-9  # 0.29 times 100 is a little under 29
_TEENS = range(11, 14)


@dataclass(frozen=True, slots=True)
class AlertBudget:
    """How much a team is told, and what it is told first; every number is data the site signs off.

    ``share`` counts patient-weeks: a patient of whom the team is told twice in a week counts once.

    >>> AlertBudget().places(80), AlertBudget().places(3)
    (8, 5)
    """

    share: Threshold = Threshold(0.10, "share of patient-weeks with an alert", JUDGEMENT)
    least: Threshold = Threshold(5, "patients a week, however few are followed", JUDGEMENT)
    longest_days: Threshold = Threshold(7, "days an alert is held back at most", JUDGEMENT)

    # One field for each kind with a weight of harm, named harm_<kind>: a new kind needs no line here.
    __annotations__ |= {f"harm_{kind}": Threshold for kind in FindingKind if kind.defaults.harm}
    vars().update({f"harm_{kind}": kind.defaults.harm for kind in FindingKind if kind.defaults.harm})

    def places(self, patients: int) -> int:
        """Return of how many patients a team may be told in a week."""
        return max(math.floor(self.share.value * patients + _NEARLY), math.floor(self.least.value))

    def harm_of(self, kind: FindingKind) -> float:
        """Return how bad it is, 0 to 10, when what a kind of finding says is true and nobody acts."""
        weight: Threshold | None = getattr(self, f"harm_{kind.value}", None)
        return 10.0 if weight is None else weight.value

    def values(self) -> dict[str, float]:
        """Return the numbers alone, by name."""
        return {field.name: getattr(self, field.name).value for field in fields(self)}


@dataclass(frozen=True, slots=True)
class AlertCandidate:
    """An alert that asks for the team's time.

    ``since`` is when it was opened; ``probability``, 0 to 1, is how likely what it says is true.
    """

    id: Hashable
    patient: Hashable
    kind: FindingKind
    tier: Tier
    since: datetime
    probability: float = 1.0


@dataclass(frozen=True, slots=True)
class BudgetRank:
    """Where an alert came in the week's ranking; ``reason`` says why it is held back, None when told."""

    candidate: AlertCandidate
    rank: int
    reason: str | None = None

    @property
    def is_held(self) -> bool:
        """Whether the team is not told yet."""
        return self.reason is not None


@dataclass(frozen=True, slots=True)
class BudgetWeek:
    """How full the running week is: patients followed, those told of, and those told of past the budget."""

    patients: int
    told: frozenset[Hashable] = frozenset()
    anyway: frozenset[Hashable] = frozenset()


def is_never_held(kind: FindingKind, tier: Tier) -> bool:
    """Say whether the team is told whatever the budget: red flags, a wish to stop, the same-day tier."""
    return tier is Tier.SAME_DAY or kind.defaults.harm is None


def probability_of(kind: FindingKind, numbers: Mapping[str, Any]) -> float:
    """Return how likely what a finding says is true, 0 to 1; 1 where it does not say.

    Not known never ranks an alert lower.

    >>> probability_of(FindingKind.WORSENING, {"p_worsening": 0.8})
    0.8
    >>> probability_of(FindingKind.WORSENING, {}), probability_of(FindingKind.SILENCE, {"risk_90d": 0.1})
    (1.0, 1.0)
    """
    number = numbers.get(kind.defaults.probability or "")
    known = isinstance(number, int | float) and 0 <= number <= 1
    return float(number) if known and number is not None else 1.0


def expected_harm(candidate: AlertCandidate, budget: AlertBudget) -> float:
    """Return probability times harm of the kind, 0 to 10, higher is worse.

    Source:
        Judgement, unverified: both the form and the weights. The probabilities are those of the finding.
    """
    return candidate.probability * budget.harm_of(candidate.kind)


def allot(
    waiting: Iterable[AlertCandidate], week: BudgetWeek, *, budget: AlertBudget, now: datetime
) -> list[BudgetRank]:
    """Fill what is left of the week's budget: first what has waited long enough, then by expected harm.

    A patient the team is told of this week anyway costs no further place. The order of ``waiting``
    changes nothing.

    Args:
        waiting: The alerts nobody was told of yet.
        week: How full the running week is.
        budget: How much may be told, and the weights of harm.
        now: The present moment.

    Returns:
        A place for each alert, by rank; ranks count patients, those told of already first.

    Source:
        Judgement, unverified.
    """
    everyone = list(waiting)
    anyway = set(week.anyway) | {c.patient for c in everyone if is_never_held(c.kind, c.tier)}
    told, held = set(week.told), dict[Hashable, int]()
    places: list[BudgetRank] = []
    for candidate in sorted(everyone, key=lambda each: _order(each, budget, now)):
        patient, filled = candidate.patient, len(told)
        if patient in anyway | told or is_never_held(candidate.kind, candidate.tier):
            places.append(BudgetRank(candidate, filled))
        elif _has_waited(candidate, budget, now) or filled < budget.places(week.patients):
            told.add(patient)
            places.append(BudgetRank(candidate, filled + 1))
        else:
            rank = held.setdefault(patient, filled + len(held) + 1)
            reason = _why(candidate, rank, filled, patients=week.patients, budget=budget)
            places.append(BudgetRank(candidate, rank, reason))
    return places


def latest(candidate: AlertCandidate, budget: AlertBudget) -> datetime:
    """Return when the team is told of an alert at the latest."""
    return candidate.since + timedelta(days=budget.longest_days.value)


def _has_waited(candidate: AlertCandidate, budget: AlertBudget, now: datetime) -> bool:
    return latest(candidate, budget) <= now


def _order(candidate: AlertCandidate, budget: AlertBudget, now: datetime) -> tuple[object, ...]:
    early = not is_never_held(candidate.kind, candidate.tier), not _has_waited(candidate, budget, now)
    return (*early, -expected_harm(candidate, budget), candidate.since, str(candidate.id), candidate.kind)


def _why(candidate: AlertCandidate, rank: int, told: int, *, patients: int, budget: AlertBudget) -> str:
    share, least = 100 * budget.share.value, budget.least.value
    harm = expected_harm(candidate, budget)
    plain = budget.places(patients) > least
    size = f"{share:g}% of {patients} patient-weeks" + ("" if plain else f", at least {least:g} a week")
    return (
        f"held back: alerts about {told} patient{'' if told == 1 else 's'} this week "
        f"fill the budget of {size}; "
        f"ranked {ordinal(rank)} by expected harm ({harm:.1f} = probability {candidate.probability:.2f} x "
        f"{budget.harm_of(candidate.kind):g} of 10); "
        f"the team is told by {latest(candidate, budget):%Y-%m-%d %H:%M} UTC at the latest"
    )


def ordinal(number: int) -> str:
    """Return a rank in words.

    >>> [ordinal(n) for n in (1, 2, 3, 4, 11, 22, 113)]
    ['1st', '2nd', '3rd', '4th', '11th', '22nd', '113th']
    """
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if number % 100 in _TEENS else ending}"
