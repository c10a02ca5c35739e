"""Discrimination and calibration against brute force; landmarks and lead times by hand."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.domain.alerts.finding import FindingKind
from api.domain.risk.performance import auroc
from api.services.evaluation.discontinuation import (
    evaluate_landmark,
    follow_up_days,
    followed_by_discontinuation,
    lead_times,
)
from api.services.evaluation.intervals import wilson_interval
from api.services.evaluation.prediction import brier, calibration_slope_and_intercept
from tests.support.evaluation_records import FIRST, a_record

PAIRS = st.lists(st.tuples(st.sampled_from([0.1, 0.2, 0.2001, 0.7, 0.9]), st.booleans()), max_size=30)


@given(PAIRS)
@settings(max_examples=200, deadline=None)
def test_auroc_is_the_share_of_pairs_in_the_right_order(pairs):
    ill = [risk for risk, stopped in pairs if stopped]
    well = [risk for risk, stopped in pairs if not stopped]
    right = [1.0 if a > b else 0.5 if a == b else 0.0 for a in ill for b in well]

    found = auroc(
        np.array([risk for risk, _ in pairs]), np.array([stopped for _, stopped in pairs], dtype=bool)
    )

    assert math.isnan(found) if not right else found == pytest.approx(sum(right) / len(right))


def test_brier_is_the_mean_squared_distance():
    assert brier(np.array([0.2, 0.9]), np.array([False, True])) == pytest.approx((0.04 + 0.01) / 2)


def test_slope_and_intercept_are_the_likeliest_of_a_fine_grid():
    rng = np.random.default_rng(5)
    odds = rng.normal(-1, 1, 300)
    stopped = rng.random(300) < 1 / (1 + np.exp(-(0.3 + 0.6 * odds)))

    slope, intercept = calibration_slope_and_intercept(1 / (1 + np.exp(-odds)), stopped)

    def unlikely(a, b):
        return float(np.sum(np.logaddexp(0, a + b * odds) - stopped * (a + b * odds)))

    grid = [(unlikely(a, b), b) for a in np.arange(-1, 1.5, 0.01) for b in np.arange(0, 1.5, 0.01)]
    assert slope == pytest.approx(min(grid)[1], abs=0.011)
    assert intercept == pytest.approx(
        min((unlikely(a, 1.0), a) for a in np.arange(-2, 2, 0.001))[1], abs=0.002
    )


def test_a_risk_too_high_by_a_fixed_factor_of_the_odds_shows_in_the_intercept_alone():
    rng = np.random.default_rng(6)
    odds = rng.normal(0, 1, 500)
    stopped = rng.random(500) < 1 / (1 + np.exp(-odds))

    right, shifted = (
        calibration_slope_and_intercept(1 / (1 + np.exp(-(odds + by))), stopped) for by in (0, 0.7)
    )

    assert shifted[0] == pytest.approx(right[0])
    assert shifted[1] == pytest.approx(right[1] - 0.7)


@pytest.mark.parametrize(
    ("risk", "stopped"), [([0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1]), ([0.5, 0.5], [1, 1]), ([0.1, 0.2], [0, 0])]
)
def test_a_fit_without_an_end_is_not_known(risk, stopped):
    slope, _ = calibration_slope_and_intercept(np.array(risk), np.array(stopped, dtype=bool))

    assert math.isnan(slope)


@pytest.mark.parametrize(
    ("events", "of", "low", "high"), [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0)]
)
def test_the_interval_of_a_share_is_wilsons(events, of, low, high):
    found = wilson_interval(events, of)

    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-4)


def test_a_landmark_includes_patients_on_treatment_and_followed_with_or_without_entries():
    records = [
        a_record(days=160, risk={10: 0.1, 60: 0.2, 61: 0.9}),
        a_record(days=160, stopped=60, risk={5: 0.5}),  # no longer on treatment
        a_record(days=160, stopped=150, risk={60: 0.3}),
        a_record(days=160, stopped=151, risk={60: 0.4}),  # one day too late
        a_record(days=20, risk={5: 0.6}),  # silent since day 19, and counted
        a_record(days=160),  # no risk given
    ]

    mark = evaluate_landmark(records, 60, [150, 150, 150, 150, 150, 100])

    assert mark.patients.tolist() == [0, 2, 3, 4]
    assert mark.risk.tolist() == [0.2, 0.3, 0.4, 0.6]
    assert mark.stopped.tolist() == [False, True, False, False]
    assert mark.not_followed == 1


def test_few_events_give_no_figures_but_ten_do():
    nine = [a_record(days=200, stopped=100, risk={1: 0.3})] * 9 + [a_record(days=200, risk={1: 0.1})] * 30
    ten = [*nine, a_record(days=200, stopped=100, risk={1: 0.05})]

    few, enough = (evaluate_landmark(records, 60, [200] * len(records)) for records in (nine, ten))

    assert np.isnan(few.measures(few.with_risk)).all()
    ranking, _, _, _, predicted, observed, ratio = enough.measures(enough.with_risk)
    assert ranking == pytest.approx(0.9)
    assert predicted == pytest.approx((9 * 0.3 + 30 * 0.1 + 0.05) / 40)
    assert observed == 0.25
    assert ratio == pytest.approx(predicted / observed)


def test_follow_up_is_the_longest_diary_unless_the_file_ends_before():
    from dataclasses import replace  # noqa: PLC0415

    long, short = a_record(days=200), a_record(days=20)
    late = replace(a_record(days=20), first=FIRST + 150, last=FIRST + 169)

    assert follow_up_days([long, short, late]) == [200, 200, 50]
    assert follow_up_days([]) == []


def test_a_warning_counts_within_the_90_days_before_stopping():
    def one(*days, stopped=200):
        return a_record(days=250, stopped=stopped, found=[(FindingKind.ADHERENCE_GAP, day) for day in days])

    records = [one(100, 150, 190), one(200, 210), one(110), one(), one(50, stopped=None)]

    found = lead_times(records, [FindingKind.ADHERENCE_GAP])

    assert found.lead.tolist() == pytest.approx([50, math.nan, 90, math.nan], nan_ok=True)
    share, median = found.measures(np.arange(4))
    assert (share, median) == (0.5, 50)


def test_a_finding_is_judged_only_with_90_days_behind_it_and_before_stopping():
    gaps = [(FindingKind.ADHERENCE_GAP, day) for day in (20, 110, 150, 205)]
    stopped = a_record(days=250, stopped=200, found=gaps)

    assert followed_by_discontinuation(stopped, FindingKind.ADHERENCE_GAP, 300) == (2, 3)
    assert followed_by_discontinuation(stopped, FindingKind.ADHERENCE_GAP, 150) == (0, 1)
