"""Differences between the alerts of two policies, and a budget applied week by week."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from api.domain.alerts.budget import AlertBudget
from api.domain.alerts.finding import Finding, FindingKind, Tier
from api.domain.alerts.urgency import Tiers
from api.domain.policies.budget_weeks import simulate_budget, week_of
from api.domain.policies.compare import AlertChange, differences
from api.domain.policies.site_policy import PolicyDocument
from api.domain.policy import Threshold
from api.domain.trajectory.engine import Engine
from tests.support.diaries import UNKNOWN, entry_of

MONDAY = date(2026, 3, 2)


def found(day: int, kind: str = "worsening", tier: Tier = Tier.ROUTINE, **numbers) -> Finding:
    """Return a finding of a day, counted from a Monday."""
    seen = MONDAY + timedelta(days=day)
    at = datetime.combine(seen, time(19), UTC)
    return Finding(FindingKind(kind), tier, seen.isoformat(), seen, at, "a reason", numbers, "a source")


def changes(a: list[int], b: list[int]) -> list[tuple[str, int | None]]:
    """Return what differs between the days of two policies."""
    findings_a, findings_b = ([(found(day), "P") for day in days] for days in (a, b))
    return [(each.change.value, each.days) for each in differences(findings_a, findings_b)]


def test_equal_alerts_do_not_differ():
    assert changes([1, 40], [40, 1]) == []


def test_the_same_within_28_days_has_moved():
    assert changes([10], [4]) == [("moved", -6)]
    assert changes([10], [38]) == [("moved", 28)]
    assert changes([10], [39]) == [("only_a", None), ("only_b", None)]


def test_each_has_one_partner_at_most_and_it_is_the_nearest():
    assert changes([10], [8, 11]) == [("only_b", None), ("moved", 1)]
    assert changes([10, 12], [11]) == [("moved", 1), ("only_a", None)]


def test_other_patients_and_kinds_are_other_alerts():
    a = [(found(1), "P"), (found(1, "silence"), "P")]
    b = [(found(1), "Q"), (found(1, "silence"), "P")]
    assert [(each.change, each.patient) for each in differences(a, b)] == [
        (AlertChange.ONLY_A, "P"),
        (AlertChange.ONLY_B, "Q"),
    ]


def test_another_tier_is_a_difference():
    (only,) = differences([(found(1), "P")], [(found(1, tier=Tier.SAME_DAY), "P")])
    assert (only.change, only.days) == (AlertChange.OTHER_TIER, 0)


days = st.lists(st.integers(0, 120), max_size=12, unique=True)


@given(days, days)
def test_every_alert_is_accounted_for_once_and_both_ways_round_mirror(a, b):
    there, back = Counter(c for c, _ in changes(a, b)), Counter(c for c, _ in changes(b, a))
    same = len(set(a) & set(b))
    assert len(a) == same + there["moved"] + there["only_a"]
    assert len(b) == same + there["moved"] + there["only_b"]
    assert (there["moved"], there["only_a"]) == (back["moved"], back["only_b"])


def budget(least: int) -> AlertBudget:
    """Return a budget of so many patients a week."""
    return replace(AlertBudget(), share=Threshold(0, "share", "x"), least=Threshold(least, "patients", "x"))


def test_alerts_over_the_budget_are_held_back_until_the_next_week():
    raised = [(found(day), f"P{day}") for day in (0, 1, 2)]
    burden = simulate_budget(raised, {}, budget(2))
    assert burden.held == {week_of(MONDAY): 1}
    assert (burden.alerts, burden.alerting_weeks, burden.days_held, burden.longest_held) == (3, 3, 5, 5)


def test_the_probability_of_a_finding_ranks_it_on_its_day():
    sure, unsure = found(0, p_worsening=0.9), found(0, p_worsening=0.5)
    burden = simulate_budget([(unsure, "A"), (sure, "B"), (found(7, "severe_symptoms"), "C")], {}, budget(1))
    assert burden.held == {week_of(MONDAY): 1, week_of(MONDAY) + 1: 1}  # A waits a week, then before C


def test_red_flags_exceed_the_budget_and_self_care_findings_are_no_alerts():
    raised = [
        (found(0, "red_flag", Tier.SAME_DAY), "A"),
        (found(0, tier=Tier.SELF_CARE), "B"),
        (found(1), "A"),
        (found(1), "C"),
    ]
    burden = simulate_budget(raised, {}, budget(1))
    assert burden.held.total() == 0
    assert (burden.alerts, burden.alerting_weeks, burden.budgeted_weeks) == (3, 2, 2)


def test_the_size_of_the_week_decides():
    raised = [(found(0), f"P{n}") for n in range(12)]
    ten_percent = AlertBudget()
    assert simulate_budget(raised, {week_of(MONDAY): 120}, ten_percent).held.total() == 0
    assert simulate_budget(raised, {week_of(MONDAY): 70}, ten_percent).held.total() == 5


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 9)), max_size=40), st.integers(0, 3))
def test_nothing_waits_longer_than_a_week_and_the_order_changes_nothing(raised, least):
    findings = [(found(day), f"P{patient}") for day, patient in set(raised)]
    burden = simulate_budget(findings, {}, budget(least))
    assert burden.longest_held <= 7
    assert burden.held.total() <= burden.alerts
    assert simulate_budget(findings[::-1], {}, budget(least)) == burden


def test_the_engine_gives_each_finding_the_tier_of_the_policy():
    entries = [entry_of(0, wants_to_stop=True), entry_of(1, red_flags=["chest_pain"])]
    policy = PolicyDocument("x", tiers=Tiers({FindingKind.WISH_TO_STOP: Tier.SAME_DAY}))
    wish, flag = policy.engine().begin(UNKNOWN).add(entries).findings
    assert (wish.tier, flag.tier) == (Tier.SAME_DAY, Tier.SAME_DAY)
    assert Engine().begin(UNKNOWN).add(entries).findings[0].tier is Tier.ROUTINE
