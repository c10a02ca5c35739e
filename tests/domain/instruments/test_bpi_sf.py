"""Brief Pain Inventory: severity from all four, interference from more than half."""

from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.instruments.catalogue.bpi_sf import INTERFERENCE, SEVERITY
from api.domain.instruments.registry import find
from api.domain.instruments.scoring import score
from tests.domain.instruments.worked_examples import examples_of

BPI_SF = find("bpi-sf")
some_answers = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(SEVERITY + INTERFERENCE, st.none() | st.integers(0, 10))
)


@pytest.mark.parametrize("example", examples_of("bpi-sf"), ids=lambda example: example.name)
def test_worked_examples(example):
    assert score(BPI_SF, example.answers).scores == pytest.approx(example.scores)


@given(answers=some_answers)
def test_a_mean_is_of_what_was_answered_or_is_not_given(answers):
    scored = score(BPI_SF, answers)
    for name, items, needed in (("severity", SEVERITY, 4), ("interference", INTERFERENCE, 4)):
        given_ones = [answers[item] for item in items if answers.get(item) is not None]
        if len(given_ones) < needed:
            assert scored.scores[name] is None
            assert scored.unscored[name].startswith(f"{len(given_ones)} of {len(items)} items answered")
        else:
            assert scored.scores[name] == pytest.approx(fmean(given_ones))
    assert scored.scores["worst"] == answers.get("worst")


@given(answers=some_answers, item=st.sampled_from(SEVERITY + INTERFERENCE), value=st.integers(0, 9))
def test_a_worse_answer_never_betters_a_score(answers, item, value):
    before = score(BPI_SF, {**answers, item: value}).scores
    after = score(BPI_SF, {**answers, item: value + 1}).scores
    for name, was in before.items():
        assert (after[name] is None) == (was is None)
        assert was is None or after[name] >= was
