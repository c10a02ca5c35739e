"""Text of a comparison of two policies, and of the alerts that a budget holds back."""

from collections.abc import Iterator, Sequence
from itertools import product

from api.domain.alerts.finding import FindingKind, Tier
from api.domain.policies.budget_weeks import AlertBurden, monday_of
from api.domain.policies.compare import AlertChange
from api.domain.policies.site_policy import PolicyDocument
from api.services.replay.replay_policies import Comparison, PolicySide

_COLUMNS = ("tier", "kind", "A", "per 100", "B", "per 100", "only A", "only B", "moved", "other tier")
_WIDTHS = (10, 23, 7, 9, 7, 9, 8, 8, 7, 11)
_TEXT_COLUMNS = 2  # columns of text; the others are numbers, aligned right


def comparison_lines(found: Comparison) -> Iterator[str]:
    """Yield the lines of a comparison of two policies."""
    sides = {"A": found.a, "B": found.b}
    for letter, side in sides.items():
        yield f"{letter}: {side.policy.name} (engine {side.engine})"
    yield f"{found.patients} patients, {found.patient_weeks} patient-weeks; rates are per 100 patient-weeks"
    yield ""
    yield _row(_COLUMNS)
    for group in product(Tier, FindingKind):
        if found.a.groups[group] or found.b.groups[group]:
            yield _row(_cells(found, (group[0].value, group[1].value), group))
    yield _row(_cells(found, ("all", ""), None))
    yield ""
    a, b = found.a.patients, found.b.patients
    yield f"patients with alerts: A {len(a)}, B {len(b)}; B gains {len(b - a)}, loses {len(a - b)}"
    yield from (_share(letter, side, found) for letter, side in sides.items())
    yield from (f"{letter}: {budget_line(side.burden, side.policy)}" for letter, side in sides.items())


def budget_line(burden: AlertBurden, policy: PolicyDocument) -> str:
    """Return a sentence on the alerts that the budget would hold back, by week.

    >>> budget_line(AlertBurden(alerts=3), PolicyDocument())
    'the budget of 10% of patient-weeks, at least 5 a week, would hold back none of 3 alerts'
    """
    budget, held = policy.budget, burden.held.total()
    size = f"{_percent(budget.share.value)} of patient-weeks, at least {budget.least.value:g} a week"
    start = f"the budget of {size}, would hold back {held or 'none'} of {burden.alerts} alerts"
    if not held:
        return start
    week, most = max(burden.held.items(), key=lambda each: (each[1], -each[0]))
    weeks = sum(count > 0 for count in burden.held.values())
    return (
        f"{start}, in {weeks} week{'' if weeks == 1 else 's'}, "
        f"most in the week of {monday_of(week)} ({most}); "
        f"for {burden.days_held / held:.1f} days on average, {burden.longest_held} at most"
    )


def _cells(
    found: Comparison, texts: tuple[str, str], group: tuple[Tier, FindingKind] | None
) -> tuple[str, ...]:
    a, b = (side.groups.total() if group is None else side.groups[group] for side in (found.a, found.b))
    changed = [str(found.count(change, group)) for change in AlertChange]
    return (*texts, str(a), _rate(a, found), str(b), _rate(b, found), *changed)


def _rate(alerts: int, found: Comparison) -> str:
    return f"{100 * alerts / found.patient_weeks:.2f}" if found.patient_weeks else "-"


def _share(letter: str, side: PolicySide, found: Comparison) -> str:
    weeks = found.patient_weeks
    if not weeks:
        return f"{letter}: no patient-weeks"
    alerting, budgeted = side.burden.alerting_weeks / weeks, side.burden.budgeted_weeks / weeks
    return (
        f"{letter}: {_percent(alerting)} of patient-weeks with an alert, {_percent(budgeted)} "
        f"without those never held back; the budget is {_percent(side.policy.budget.share.value)}"
    )


def _percent(share: float) -> str:
    return f"{100 * share:.1f}".removesuffix(".0") + "%"


def _row(cells: Sequence[str]) -> str:
    columns = enumerate(zip(cells, _WIDTHS, strict=True))
    padded = (each.ljust(to) if nth < _TEXT_COLUMNS else each.rjust(to) for nth, (each, to) in columns)
    return "".join(padded).rstrip()
