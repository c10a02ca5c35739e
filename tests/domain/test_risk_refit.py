"""Refit and performance: against brute force, finite differences and hand calculations."""

import math

import numpy as np
import pytest

from api.domain.risk.fit import (
    DidNotConverge,
    PersonTime,
    Prior,
    Regression,
    covariance,
    fit,
    flat_prior,
    log_likelihood,
)
from api.domain.risk.performance import (
    EvaluationCohort,
    auroc,
    calibration,
    censoring_weights,
    performance_measures,
    share_stopped,
)


def some_patients(n=300, seed=1, effect=0.7, hazard=0.3):
    """Return patients with one feature whose 90 days were drawn by months from the model."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    monthly = hazard / 3 * np.exp(effect * x)
    drawn = rng.exponential(size=n) / monthly  # months until the patient stops
    stopped = drawn < 3
    months = np.where(stopped, np.floor(drawn), 3)
    before = months * hazard / 3
    within = np.where(stopped, hazard / 3, 0.0)
    days = np.where(stopped, np.minimum(np.ceil(drawn * 30), 90), 90.0)
    return x, PersonTime(before, within, stopped, np.ones(n)), days


def regression(x, person_time, prior=None):
    """Return the regression on one feature."""
    columns = np.column_stack([np.ones(len(x)), x])
    return Regression(columns, np.zeros(len(x)), person_time, prior or flat_prior(2))


def by_hand(x, person_time, intercept, effect):
    """Return the log-likelihood of the monthly hazards, one patient and month at a time."""
    total = 0.0
    for i in range(len(x)):
        ratio = math.exp(intercept + effect * x[i])
        total += person_time.weight[i] * -ratio * person_time.before[i]
        if person_time.stopped[i]:
            total += person_time.weight[i] * math.log(1 - math.exp(-ratio * person_time.within[i]))
    return total


def test_the_log_likelihood_is_that_of_the_months():
    x, person_time, _ = some_patients(50)

    assert log_likelihood(0.2 + 0.4 * x, person_time) == pytest.approx(by_hand(x, person_time, 0.2, 0.4))


def test_the_fit_is_the_best_of_a_fine_grid():
    x, person_time, _ = some_patients()
    found = fit(regression(x, person_time))
    grid = [
        (by_hand(x, person_time, found[0] + a, found[1] + b), a, b)
        for a in np.linspace(-0.02, 0.02, 9)
        for b in np.linspace(-0.02, 0.02, 9)
    ]

    best = max(grid)
    assert (best[1], best[2]) == (0, 0)
    assert best[0] == pytest.approx(log_likelihood(found[0] + found[1] * x, person_time))


def test_the_gradient_of_the_log_posterior_is_zero_at_the_fit():
    x, person_time, _ = some_patients(seed=2)
    prior = Prior(np.array([0.1, -0.5]), np.array([[4.0, 1.0], [1.0, 30.0]]))
    problem = regression(x, person_time, prior)
    found = fit(problem)

    for step in (np.array([1e-5, 0]), np.array([0, 1e-5])):
        rise = (problem.log_posterior(found + step) - problem.log_posterior(found - step)) / 2e-5
        assert rise == pytest.approx(0, abs=1e-4)


def test_a_strong_prior_holds_and_a_flat_one_does_not():
    x, person_time, _ = some_patients(seed=3)
    free = fit(regression(x, person_time))[1]
    held = fit(regression(x, person_time, Prior(np.array([0.0, -0.5]), np.diag([0.0, 1e8]))))[1]
    pulled = fit(regression(x, person_time, Prior(np.array([0.0, -0.5]), np.diag([0.0, 20.0]))))[1]

    assert held == pytest.approx(-0.5, abs=1e-3)
    assert -0.5 < pulled < free


def test_the_truth_of_a_large_cohort_is_found_within_its_standard_errors():
    x, person_time, _ = some_patients(6000, seed=4, effect=0.7, hazard=0.2)
    problem = regression(x, person_time)
    found = fit(problem)
    errors = np.sqrt(np.diag(covariance(problem, found, np.arange(len(x)))))

    assert abs(found[0]) < 3 * errors[0]
    assert abs(found[1] - 0.7) < 3 * errors[1]
    assert errors[1] < 0.05


def test_the_covariance_is_the_usual_one_for_single_rows_and_grows_for_copies():
    x, person_time, _ = some_patients(4000, seed=5)
    problem = regression(x, person_time)
    found = fit(problem)
    step = 1e-4
    curve = np.array(
        [
            [
                (
                    problem.log_posterior(found + a + b)
                    - problem.log_posterior(found + a - b)
                    - problem.log_posterior(found - a + b)
                    + problem.log_posterior(found - a - b)
                )
                / (4 * step * step)
                for a in np.eye(2) * step
            ]
            for b in np.eye(2) * step
        ]
    )
    usual = np.linalg.inv(-curve)
    robust = covariance(problem, found, np.arange(len(x)))
    assert np.diag(robust) == pytest.approx(np.diag(usual), rel=0.15)

    twice = PersonTime(*(np.concatenate([part, part]) for part in (
        person_time.before, person_time.within, person_time.stopped, person_time.weight)))  # fmt: skip
    both = regression(np.concatenate([x, x]), twice)
    same = covariance(both, found, np.concatenate([np.arange(len(x))] * 2))
    assert same == pytest.approx(robust)


def test_weights_count_as_copies():
    x, person_time, _ = some_patients(200, seed=6)
    weight = np.where(np.arange(200) % 3 == 0, 2.0, 1.0)
    copies = np.repeat(np.arange(200), weight.astype(int))
    copied = PersonTime(
        person_time.before[copies],
        person_time.within[copies],
        person_time.stopped[copies],
        np.ones(len(copies)),
    )

    assert fit(regression(x, person_time.with_weight(weight))) == pytest.approx(
        fit(regression(x[copies], copied))
    )


def test_without_events_there_is_no_fit_unless_there_is_a_prior():
    x, _, _ = some_patients(50)
    no_events = PersonTime(np.full(50, 0.1), np.zeros(50), np.zeros(50, dtype=bool), np.ones(50))

    with pytest.raises(DidNotConverge):
        fit(regression(x, no_events))
    with_prior = fit(regression(x, no_events, Prior(np.zeros(2), np.eye(2))))
    assert np.all(np.isfinite(with_prior))
    assert with_prior[0] < 0


def test_auroc_is_the_share_of_pairs_ranked_rightly_by_weight():
    rng = np.random.default_rng(7)
    risk = rng.integers(0, 6, 40) / 10
    stopped = rng.random(40) < 0.4
    weight = rng.integers(1, 4, 40).astype(float)
    pairs = [
        (weight[i] * weight[j], 1.0 if risk[i] > risk[j] else 0.5 if risk[i] == risk[j] else 0.0)
        for i in range(40)
        for j in range(40)
        if stopped[i] and not stopped[j]
    ]

    assert auroc(risk, stopped, weight) == pytest.approx(
        sum(w * right for w, right in pairs) / sum(w for w, _ in pairs)
    )
    assert math.isnan(auroc(risk, np.zeros(40, dtype=bool), weight))


def cohort_of(days, stopped, weight=None):
    """Return patients with follow-up of these days."""
    days, stopped = np.array(days, dtype=float), np.array(stopped, dtype=bool)
    weight = np.ones(len(days)) if weight is None else np.array(weight, dtype=float)
    before = np.where(stopped, (np.ceil(days / 30) - 1) / 3, days / 90)
    within = np.where(stopped, 1 / 3, 0.0)
    return EvaluationCohort(PersonTime(before, within, stopped, weight), days)


def test_the_share_stopped_is_kaplan_meiers():
    """Five patients: one stops on day 10, one is lost on day 20, one stops on day 30: 1 - 4/5 x 2/3."""
    found = cohort_of([10, 20, 30, 90, 90], [True, False, True, False, False])

    assert share_stopped(found) == pytest.approx(1 - 4 / 5 * 2 / 3)
    assert share_stopped(cohort_of([10, 90, 90, 90], [True, False, False, False])) == pytest.approx(0.25)


def test_known_outcomes_are_weighted_for_those_lost():
    """Lost on day 20 when four were left: the three after count 4/3, the one before counts once."""
    found = cohort_of([10, 20, 30, 90, 90], [True, False, True, False, False])

    assert censoring_weights(found) == pytest.approx([1, 0, 4 / 3, 4 / 3, 4 / 3])
    assert censoring_weights(found).sum() == pytest.approx(5)


def test_measures_by_hand():
    risk = np.array([0.4, 0.2, 0.2, 0.2])
    found = performance_measures(risk, cohort_of([10, 90, 90, 90], [True, False, False, False]))

    assert found[0] == 1.0
    assert math.isnan(found[1])  # perfectly separated: there is no finite slope
    assert found[3] == pytest.approx((0.36 + 3 * 0.04) / 4)
    assert found[4] == pytest.approx(0.25 / 0.25)


def test_share_and_brier_score_are_unknown_where_all_who_continue_are_lost():
    months = cohort_of([86.0, 86.0, 86.0, 40.0, 20.0], [False, False, False, True, True])

    ranking, _, intercept, brier, ratio = performance_measures(np.array([0.1, 0.1, 0.2, 0.3, 0.2]), months)

    assert np.isnan([ranking, brier, ratio]).all()
    assert np.isfinite(intercept)  # their days of follow-up give the hazard


def test_calibration_of_the_truth_is_slope_one_and_intercept_zero():
    x, person_time, _ = some_patients(20_000, seed=8, effect=0.8, hazard=0.15)
    unit = PersonTime(
        person_time.before / 0.15, person_time.within / 0.15, person_time.stopped, person_time.weight
    )
    truth = np.log(0.15) + 0.8 * x

    slope, intercept = calibration(truth, unit)
    assert slope == pytest.approx(1, abs=0.06)
    assert intercept == pytest.approx(0, abs=0.06)

    too_bold, _ = calibration(np.log(0.15) + 1.6 * x, unit)
    assert too_bold == pytest.approx(0.5, abs=0.04)
    _, too_high = calibration(truth + math.log(2), unit)
    assert too_high == pytest.approx(-math.log(2), abs=0.06)


def test_measures_of_no_patients_and_of_no_events_are_not_known():
    no_patients = performance_measures(np.array([]), cohort_of([], []))
    none_stopped = performance_measures(np.array([0.1, 0.2]), cohort_of([90, 90], [False, False]))

    assert all(math.isnan(figure) for figure in no_patients)
    assert math.isnan(none_stopped[0])
    assert none_stopped[3] == pytest.approx((0.01 + 0.04) / 2)
    assert math.isnan(none_stopped[4])
