"""Simulation of an alert budget on past findings, day by day."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from api.domain.alerts.budget import AlertBudget, AlertCandidate, BudgetWeek, probability_of, rank_alerts
from api.domain.alerts.finding import Tier
from api.domain.alerts.urgency import is_due_today
from api.domain.policies.compare import PatientFinding

_DAY = timedelta(days=1)


@dataclass(slots=True)
class AlertBurden:
    """Alerts of a team under a policy, and those that its budget held back.

    Weeks are counted from Monday to Sunday by ``week_of``; findings for the patient alone do not count.
    """

    alerts: int = 0
    alerting_weeks: int = 0
    """Patient-weeks with at least one finding for the team."""
    budgeted_weeks: int = 0
    """Patient-weeks with at least one alert that is no red flag, wish to stop or same-day alert."""
    held: Counter[int] = field(default_factory=Counter)
    """Alerts not sent on their own day, by the week they were raised."""
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


def simulate_budget(
    findings: Iterable[PatientFinding], followed: Mapping[int, int], budget: AlertBudget
) -> AlertBurden:
    """Apply an alert budget to past findings, day by day.

    Each finding is an alert. Alerts held back are ranked again every day (UTC) together with new ones,
    until a new week has room or they have waited for the longest time. Teams are assumed to answer
    within the week.

    Args:
        findings: The findings, in any order.
        followed: Number of patients followed, by week.
        budget: The budget.

    Returns:
        The notifications of the team.
    """
    by_day: dict[date, list[AlertCandidate]] = defaultdict(list)
    burden = AlertBurden()
    weeks, budgeted = set[tuple[str, int]](), set[tuple[str, int]]()
    for finding, patient in findings:
        if finding.tier is Tier.SELF_CARE:
            continue
        burden.alerts += 1
        day = finding.raised_at.astimezone(UTC).date()
        probability = probability_of(finding.kind, finding.numbers)
        name = (patient, finding.kind.value, finding.key)
        candidate = AlertCandidate(
            name,
            patient,
            finding.kind,
            finding.tier,
            finding.raised_at,
            probability,
            is_due_today(finding.numbers),
        )
        by_day[day].append(candidate)
        weeks.add((patient, week_of(day)))
        if not candidate.is_never_held:
            budgeted.add((patient, week_of(day)))
    burden.alerting_weeks, burden.budgeted_weeks = len(weeks), len(budgeted)
    _run_days(by_day, followed, budget, burden)
    return burden


def _run_days(
    by_day: dict[date, list[AlertCandidate]],
    followed: Mapping[int, int],
    budget: AlertBudget,
    burden: AlertBurden,
) -> None:
    """Add up the alerts held back, over every day with new or waiting alerts."""
    queue: list[AlertCandidate] = []
    week, today = BudgetWeek(0), date.min
    week_number = -1
    days = sorted(by_day, reverse=True)
    while queue or days:
        today = today + _DAY if queue and (not days or days[-1] > today + _DAY) else days.pop()
        if week_of(today) != week_number:
            week_number = week_of(today)
            week = BudgetWeek(followed.get(week_number, 0))
        new = by_day.get(today, [])
        queue, week = _run_day([*queue, *new], week, today, budget)
        burden.held.update([week_number] * len(set(new) & set(queue)))
        burden.days_held += len(queue)
        waited = [(today - each.opened_at.astimezone(UTC).date()).days + 1 for each in queue]
        burden.longest_held = max([burden.longest_held, *waited])


def _run_day(
    waiting: list[AlertCandidate], week: BudgetWeek, today: date, budget: AlertBudget
) -> tuple[list[AlertCandidate], BudgetWeek]:
    """Return the alerts held back on a day, and the state of the week after it."""
    evening = datetime.combine(today, time(23, 59, 59), UTC)
    ranks = rank_alerts(waiting, week, budget=budget, now=evening)
    sent = [rank.candidate for rank in ranks if not rank.is_held_back]
    exempt = week.exempt | {each.patient for each in sent if each.is_never_held}
    notified = week.notified | {each.patient for each in sent if each.patient not in exempt}
    held_back = [rank.candidate for rank in ranks if rank.is_held_back]
    return held_back, BudgetWeek(week.patients, notified, exempt)
