"""Intervals of the report: Wilson's for shares, none below ten patients, and none without width."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.services.evaluation.intervals import (
    Bootstrap,
    Estimate,
    clustered_share,
    rate_with_zero_limit,
    wilson_interval,
)


@given(st.integers(10, 300).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_the_interval_of_one_unit_per_patient_is_wilsons(counts):
    events, of = counts
    has_event = np.arange(of) < events

    found, plain = clustered_share(has_event, np.ones(of)), wilson_interval(events, of)

    assert (found.low, found.high) == pytest.approx((plain.low, plain.high))
    assert found.low < found.high


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(1, 9)), min_size=10, max_size=40).map(
        lambda pairs: [(min(pair), max(pair)) for pair in pairs]
    )
)
def test_an_interval_holds_its_share_has_a_width_and_stays_within_0_and_1(pairs):
    events, among = np.array(pairs, dtype=np.float64).T

    found = clustered_share(events, among)

    assert found.low < found.high
    assert 0 <= found.low <= found.value + 1e-9
    assert found.value - 1e-9 <= found.high <= 1


def test_alerts_of_one_patient_count_for_less_than_alerts_of_many():
    alike = clustered_share(np.array([8.0, 0.0] * 10), np.full(20, 8.0))
    apart = clustered_share(np.array([4.0, 4.0] * 10), np.full(20, 8.0))
    alone = wilson_interval(80, 160)

    assert alike.value == apart.value == 0.5
    assert alike.high - alike.low > 2 * (apart.high - apart.low)
    assert (apart.low, apart.high) == pytest.approx((alone.low, alone.high))


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_a_share_at_the_end_of_the_scale_is_as_unsure_as_there_are_patients(value):
    few, many = (clustered_share(np.full(n, 5.0 * value), np.full(n, 5.0)) for n in (12, 120))

    expected = wilson_interval(12 * value, 12)
    assert (few.low, few.high) == pytest.approx((expected.low, expected.high))
    assert many.high - many.low < few.high - few.low


def test_below_ten_patients_nothing_has_an_interval():
    nine = np.ones(9)

    assert clustered_share(nine, nine) == Estimate(1.0)
    assert clustered_share(np.append(nine, np.zeros(50)), np.append(nine, np.zeros(50))) == Estimate(1.0)
    assert Bootstrap(50).estimates(lambda which: [float(np.mean(which))], 9) == [Estimate(4.0)]
    (ten,) = Bootstrap(50).estimates(lambda which: [float(np.mean(which))], 10)
    assert ten.low is not None


def test_a_rate_without_events_has_an_upper_limit():
    assert rate_with_zero_limit(Estimate(0.0, 0.0, 0.0), 10.0, 30) == Estimate(
        0.0, 0.0, pytest.approx(0.3689)
    )
    assert rate_with_zero_limit(Estimate(0.2, 0.1, 0.3), 10.0, 30) == Estimate(0.2, 0.1, 0.3)
    assert rate_with_zero_limit(Estimate(0.0), 10.0, 9) == Estimate(0.0)


def test_a_figure_that_every_resample_puts_at_the_end_of_its_scale_has_no_interval():
    assert Bootstrap(50).estimates(lambda _: [1.0], 40) == [Estimate(1.0)]
