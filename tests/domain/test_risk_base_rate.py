"""The share who stop: set to the patients of a site, and compared with their outcomes."""

import math
from datetime import timedelta

import pytest

from api.domain.diary.daily_summary import DailySummary
from api.domain.risk.base_rate import TimeOnTablets, check_base_rate
from api.domain.risk.case_mix import RelativeHazards, Untaken, with_base_rate
from tests.support.diaries import DAY_0, entry_of
from tests.support.risks import MODEL


def test_a_base_rate_is_met_by_the_patients_it_is_set_for():
    """In every month of the diary the mean hazard of those on the tablets is that of the base rate."""
    means = (1.0, 1.5, 2.0, 2.5, 3.0, 3.5)
    model = with_base_rate(MODEL, 0.3, [RelativeHazards(mean * 1e7, 10**7) for mean in means])

    for month, mean in enumerate(means, start=1):
        assert math.exp(model.centre(30 * month)) * mean == pytest.approx(1, abs=1e-4)
    assert (model.base_rate, model.effects) == (0.3, MODEL.effects)
    with pytest.raises(ValueError, match="no month has data"):
        with_base_rate(MODEL, 0.3, [RelativeHazards()] * 6)


def test_one_patient_hardly_moves_the_centres():
    model = with_base_rate(MODEL, 0.3, [RelativeHazards(2.0, 1)] * 6)

    assert model.centres == pytest.approx(MODEL.centres, abs=0.06)


@pytest.mark.parametrize(
    ("answers", "stopped"),
    [
        ([{"dose": "missed"}] * 7, True),
        ([{"dose": "skipped"}] * 6, False),
        ([{"dose": "missed"}] * 6 + [{"pain_worst": 3}], False),
        ([{"dose": "missed"}] * 7 + [{"dose": "taken"}], False),
        ([{"doses_missed_7d": 7}], True),
        ([{"dose": "missed", "doses_missed_7d": 6}], False),
        ([{"pain_worst": 3}] * 9, False),
    ],
)
def test_a_patient_without_a_tablet_for_a_week_may_have_stopped(answers, stopped):
    untaken = Untaken()
    for n, given_answers in enumerate(answers):
        day_summary = DailySummary((DAY_0 + timedelta(days=n)).toordinal())
        day_summary.add_entry(entry_of(n, **given_answers))
        untaken = untaken.add(day_summary)

    assert untaken.may_have_stopped is stopped


@pytest.mark.parametrize(
    ("stopped", "contradicts", "words"),
    [
        (15, False, "15 patients stopped where 16.3 were expected with 15% within 12 months"),
        (30, True, "every risk is too low"),
        (3, True, "every risk is too high"),
    ],
)
def test_outcomes_contradict_a_base_rate_by_an_exact_test(stopped, contradicts, words):
    found = check_base_rate(0.15, [TimeOnTablets(0, 365, stopped=n < stopped) for n in range(100)])

    assert found.contradicts is contradicts
    assert words in found.sentence()
    assert (found.low <= 0.15 <= found.high) is not contradicts
    assert found.low < found.share < found.high
    assert check_base_rate(0.15, []) is None


def test_garwoods_interval_and_the_exact_p_are_those_of_tables():
    """Of 10 events 4.80 to 18.39; P(X >= 10) at 5 is 0.0318."""
    rate = 1 - math.exp(-0.5)
    found = check_base_rate(rate, [TimeOnTablets(0, 365, stopped=True) for _ in range(10)])

    assert found.expected == pytest.approx(5)
    assert found.p == pytest.approx(2 * 0.0318, abs=1e-4)
    low, high = (-math.log1p(-share) / 0.5 * 5 for share in (found.low, found.high))
    assert (low, high) == pytest.approx((4.795, 18.39), abs=0.01)
