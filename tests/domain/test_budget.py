"""Alert budget: alerts notified this week, alerts held back, and reasons."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.alerts.budget import (
    AlertBudget,
    AlertCandidate,
    BudgetWeek,
    expected_harm,
    is_never_held,
    probability_of,
    rank_alerts,
)
from api.domain.alerts.finding import FindingKind, Tier
from api.domain.policy import Threshold

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
BUDGET = AlertBudget()


def an_alert(name: str, kind: str = "worsening", **changes) -> AlertCandidate:
    """Return an alert of its own patient, opened an hour ago."""
    values = {"patient": name, "tier": Tier.ROUTINE, "opened_at": NOW - timedelta(hours=1)} | changes
    return AlertCandidate(name, kind=FindingKind(kind), **values)


def of(share: float, least: int = 0) -> AlertBudget:
    """Return a budget of this size."""
    return replace(BUDGET, share=Threshold(share, "share", "x"), least=Threshold(least, "patients", "x"))


def notified(places) -> list:
    """Return the notified alerts, by rank."""
    return [place.candidate.id for place in places if not place.is_held_back]


@pytest.mark.parametrize(
    ("patients", "places"), [(0, 5), (1, 5), (50, 5), (59, 5), (60, 6), (100, 10), (290, 29), (1000, 100)]
)
def test_a_tenth_of_the_patients_and_at_least_five_fit_into_a_week(patients, places):
    assert BUDGET.patients_per_week(patients) == places


def test_the_share_is_not_lost_to_rounding():
    assert of(0.29).patients_per_week(100) == 29


def test_a_small_clinic_holds_nothing_back():
    everyone = [an_alert(f"P{n}") for n in range(5)]
    assert len(notified(rank_alerts(everyone, BudgetWeek(12), budget=BUDGET, now=NOW))) == 5


def test_the_budget_is_filled_by_expected_harm():
    waiting = [
        an_alert("silent", "silence"),
        an_alert("maybe", "worsening", probability=0.5),
        an_alert("surely", "worsening", probability=0.99),
        an_alert("severe", "severe_symptoms"),
        an_alert("likely", "likely_discontinuation", probability=0.2),
    ]
    places = rank_alerts(waiting, BudgetWeek(40), budget=of(0.1), now=NOW)
    assert [place.candidate.id for place in places] == ["severe", "surely", "silent", "maybe", "likely"]
    assert [place.rank for place in places] == [1, 2, 3, 4, 5]
    assert notified(places) == ["severe", "surely", "silent", "maybe"]


def test_an_alert_held_back_has_a_reason():
    waiting = [an_alert("first", probability=0.9), an_alert("second", probability=0.62)]
    week = BudgetWeek(40, notified=frozenset({"a", "b", "c", "d"}))
    (_, second) = rank_alerts(waiting, week, budget=of(0.1), now=NOW)
    assert second.reason == (
        "held back: alerts about 4 patients this week fill the budget of 10% of 40 patient-weeks; "
        "ranked 6th by expected harm (3.1 = probability 0.62 x 5 of 10); "
        "the team is notified by 2026-03-11 11:00 UTC at the latest"
    )


def test_the_reason_names_the_least_of_a_small_clinic():
    (held,) = rank_alerts(
        [an_alert("late")], BudgetWeek(8, notified=frozenset("abcde")), budget=BUDGET, now=NOW
    )
    assert "the budget of 10% of 8 patient-weeks, at least 5 a week" in str(held.reason)


@pytest.mark.parametrize(
    ("kind", "tier", "never"),
    [
        ("red_flag", Tier.SAME_DAY, True),
        ("wish_to_stop", Tier.ROUTINE, True),
        ("worsening", Tier.SAME_DAY, True),
        ("worsening", Tier.ROUTINE, False),
        ("severe_symptoms", Tier.ROUTINE, False),
    ],
)
def test_red_flags_wishes_to_stop_and_the_same_day_are_never_held_back(kind, tier, never):
    assert is_never_held(FindingKind(kind), tier) is never
    (place,) = rank_alerts([an_alert("P", kind, tier=tier)], BudgetWeek(0), budget=of(0), now=NOW)
    assert place.is_held_back is not never


def test_an_alert_that_is_never_held_back_uses_no_budget():
    waiting = [an_alert("flag", "red_flag", tier=Tier.SAME_DAY), an_alert("worse")]
    assert notified(rank_alerts(waiting, BudgetWeek(10), budget=of(0.1), now=NOW)) == ["flag", "worse"]


def test_a_patient_with_a_notified_alert_uses_no_more_budget():
    waiting = [an_alert("a1", patient="A"), an_alert("a2", "silence", patient="A"), an_alert("b", "silence")]
    assert notified(rank_alerts(waiting, BudgetWeek(10), budget=of(0.1), now=NOW)) == ["a1", "a2"]
    flagged = BudgetWeek(10, exempt=frozenset({"B"}))
    assert notified(rank_alerts([an_alert("b", patient="B")], flagged, budget=of(0), now=NOW)) == ["b"]


def test_an_alert_held_back_for_a_week_is_notified_first_whatever_the_budget():
    waiting = [
        an_alert("old", "silence", opened_at=NOW - timedelta(days=7)),
        an_alert("young", opened_at=NOW - timedelta(days=6, hours=23)),
    ]
    assert notified(rank_alerts(waiting, BudgetWeek(10), budget=of(0.1), now=NOW)) == ["old"]


@pytest.mark.parametrize("numbers", [{}, {"p_worsening": None}, {"p_worsening": "high"}, {"p_worsening": 7}])
def test_a_probability_that_is_not_known_never_ranks_an_alert_lower(numbers):
    assert probability_of(FindingKind.WORSENING, numbers) == 1.0


candidates = st.lists(
    st.builds(
        AlertCandidate,
        id=st.integers(0, 10_000),
        patient=st.integers(0, 30),
        kind=st.sampled_from(list(FindingKind)),
        tier=st.sampled_from([Tier.ROUTINE, Tier.ROUTINE, Tier.SAME_DAY]),
        opened_at=st.integers(0, 24 * 9).map(lambda hours: NOW - timedelta(hours=hours)),
        probability=st.floats(0, 1),
    ),
    max_size=40,
    unique_by=lambda each: each.id,
)
weeks = st.builds(
    BudgetWeek, st.integers(0, 100), st.frozensets(st.integers(0, 30)), st.frozensets(st.integers(0, 30))
)
budgets = st.builds(of, st.floats(0, 1), st.integers(0, 5))


@given(candidates, weeks, budgets)
def test_never_more_than_the_budget_but_for_what_bypasses_it(waiting, week, budget):
    places = rank_alerts(waiting, week, budget=budget, now=NOW)
    bypassing = {c.patient for c in waiting if is_never_held(c.kind, c.tier)} | week.exempt
    waited = {c.patient for c in waiting if c.opened_at + timedelta(days=7) <= NOW}
    fresh = {p.candidate.patient for p in places if not p.is_held_back} - bypassing - waited - week.notified
    assert not fresh or len(fresh | (week.notified)) <= budget.patients_per_week(week.patients)
    assert {place.candidate.id for place in places} == {each.id for each in waiting}


@given(candidates, weeks, budgets, st.integers())
def test_the_order_in_which_alerts_come_changes_nothing(waiting, week, budget, seed):
    shuffled = random.Random(seed).sample(waiting, len(waiting))
    in_order = rank_alerts(waiting, week, budget=budget, now=NOW)
    assert rank_alerts(shuffled, week, budget=budget, now=NOW) == in_order


@given(candidates, weeks, budgets)
def test_no_alert_is_held_back_for_a_less_harmful_one(waiting, week, budget):
    places = rank_alerts(waiting, week, budget=budget, now=NOW)
    held = [expected_harm(p.candidate, budget) for p in places if p.is_held_back]
    late = NOW - timedelta(days=7)
    own_place = {
        p.candidate.patient: expected_harm(p.candidate, budget)
        for p in reversed(places)
        if not p.is_held_back and not is_never_held(p.candidate.kind, p.candidate.tier)
    }
    bypassing = {c.patient for c in waiting if is_never_held(c.kind, c.tier) or c.opened_at <= late}
    for patient, harm in own_place.items():
        if patient not in bypassing | week.notified | week.exempt:
            assert harm >= max(held, default=0)
