"""How an alert budget would have worked on past findings, day by day."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from api.domain.alerts.budget import (
    AlertBudget,
    AlertCandidate,
    BudgetWeek,
    is_never_held,
    probability_of,
    rank_alerts,
)
from api.domain.alerts.finding import Tier
from api.domain.policies.compare import Told

_DAY = timedelta(days=1)


@dataclass(slots=True)
class AlertBurden:
    """What a policy would have told a team, and what its budget would have held back.

    Weeks are counted from Monday to Sunday by ``week_of``; findings for the patient alone do not count.
    """

    alerts: int = 0
    alerting_weeks: int = 0
    """Patient-weeks with at least one finding for the team."""
    budgeted_weeks: int = 0
    """Those in which one was no red flag, wish to stop or same-day alert."""
    held: Counter[int] = field(default_factory=Counter)
    """Alerts not told on their own day, by the week they came in."""
    days_held: int = 0
    longest_held: int = 0


def week_of(day: date) -> int:
    """Return the number of a day's week; weeks begin on Monday.

    >>> week_of(date(2026, 3, 8)) + 1 == week_of(date(2026, 3, 9)), monday_of(week_of(date(2026, 3, 8)))
    (True, datetime.date(2026, 3, 2))
    """
    return (day.toordinal() - 1) // 7


def monday_of(week: int) -> date:
    """Return the first day of a week."""
    return date.fromordinal(week * 7 + 1)


def burden_of(told: Iterable[Told], followed: Mapping[int, int], budget: AlertBudget) -> AlertBurden:
    """Tell past findings to a team under a budget.

    Each finding is an alert. What is held back is ranked anew every day (UTC) with what came in, until
    a new week has room or it has waited long enough. Teams are taken to answer within the week.

    Args:
        told: The findings, in any order.
        followed: How many patients were followed in each week.
        budget: The budget.

    Returns:
        What the team would have been told.
    """
    by_day: dict[date, list[AlertCandidate]] = defaultdict(list)
    burden = AlertBurden()
    weeks, budgeted = set[tuple[str, int]](), set[tuple[str, int]]()
    for finding, patient in told:
        if finding.tier is Tier.SELF_CARE:
            continue
        burden.alerts += 1
        day = finding.raised_at.astimezone(UTC).date()
        probability = probability_of(finding.kind, finding.numbers)
        name = (patient, finding.kind.value, finding.key)
        by_day[day].append(
            AlertCandidate(name, patient, finding.kind, finding.tier, finding.raised_at, probability)
        )
        weeks.add((patient, week_of(day)))
        if not is_never_held(finding.kind, finding.tier):
            budgeted.add((patient, week_of(day)))
    burden.alerting_weeks, burden.budgeted_weeks = len(weeks), len(budgeted)
    _tell(by_day, followed, budget, burden)
    return burden


def _tell(
    by_day: dict[date, list[AlertCandidate]],
    followed: Mapping[int, int],
    budget: AlertBudget,
    burden: AlertBurden,
) -> None:
    queue: list[AlertCandidate] = []
    week, today = BudgetWeek(0), date.min
    running = -1
    coming = sorted(by_day, reverse=True)
    while queue or coming:
        today = today + _DAY if queue and (not coming or coming[-1] > today + _DAY) else coming.pop()
        if week_of(today) != running:
            running = week_of(today)
            week = BudgetWeek(followed.get(running, 0))
        fresh = by_day.get(today, [])
        queue, week = _one_day([*queue, *fresh], week, today, budget)
        burden.held.update([running] * len(set(fresh) & set(queue)))
        burden.days_held += len(queue)
        waited = [(today - each.opened_at.astimezone(UTC).date()).days + 1 for each in queue]
        burden.longest_held = max([burden.longest_held, *waited])


def _one_day(
    waiting: list[AlertCandidate], week: BudgetWeek, today: date, budget: AlertBudget
) -> tuple[list[AlertCandidate], BudgetWeek]:
    evening = datetime.combine(today, time(23, 59, 59), UTC)
    places = rank_alerts(waiting, week, budget=budget, now=evening)
    let_through = [place.candidate for place in places if not place.is_held_back]
    anyway = week.exempt | {each.patient for each in let_through if is_never_held(each.kind, each.tier)}
    told = week.notified | {each.patient for each in let_through if each.patient not in anyway}
    return [place.candidate for place in places if place.is_held_back], BudgetWeek(
        week.patients, told, anyway
    )
