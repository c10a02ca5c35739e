"""Intervals of levels cover the true level of simulated patients about as often as they say."""

import pytest

from tests.worlds.coverage import COHORTS, coverage


@pytest.mark.parametrize("name", COHORTS)
def test_an_interval_covers_the_true_level_on_about_95_of_100_days(name):
    for symptom, found in coverage(COHORTS[name](60, 4)).items():
        assert found.days > 1000, symptom
        assert 0.92 <= found.covered <= 0.985, symptom
        assert found.moving >= 0.87, symptom
        assert found.noisy >= 0.90, symptom
        assert found.width < 4.2, symptom
