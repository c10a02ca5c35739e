"""FIQ of 1997: ten domains of 0 to 10, days felt good turned round, blanks scaled up and never 0."""

from statistics import fmean

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from api.domain.errors import InvalidAnswers
from api.domain.instruments.catalogue.fiq import PHYSICAL, VAS
from api.domain.instruments.registry import find
from api.domain.instruments.scoring import score
from tests.domain.instruments.worked_examples import examples_of

FIQ = find("fiq")
days = st.integers(0, 7)
mark = st.integers(0, 10) | st.floats(0, 10)
by_item = {
    **dict.fromkeys(PHYSICAL, st.integers(0, 3)),
    "days_felt_good": days,
    "days_missed_work": days,
    **dict.fromkeys(VAS, mark),
}
full = st.fixed_dictionaries(by_item)
partial = st.fixed_dictionaries({}, optional={item: st.none() | of for item, of in by_item.items()})


def domains(answers) -> list[float]:
    """Return the domains that were answered, each 0 to 10, by the printed factors."""
    physical = [answers[item] for item in PHYSICAL if answers.get(item) is not None]
    good, missed = answers.get("days_felt_good"), answers.get("days_missed_work")
    return [
        *([fmean(physical) * 3.33] if physical else []),
        *([min((7 - good) * 1.43, 10)] if good is not None else []),
        *([min(missed * 1.43, 10)] if missed is not None else []),
        *(answers[item] for item in VAS if answers.get(item) is not None),
    ]


@pytest.mark.parametrize("example", examples_of("fiq"), ids=lambda example: example.name)
def test_worked_examples(example):
    assert score(FIQ, example.answers).scores == pytest.approx(example.scores)


@given(answers=partial)
def test_any_pattern_of_answers_is_scored_by_the_printed_rule(answers):
    scored = score(FIQ, answers)
    found = domains(answers)
    if not found:
        assert scored.scores["total"] is None
        assert scored.unscored["total"] == "none of the 10 domains answered"
    else:
        assert scored.scores["total"] == pytest.approx(sum(found) * 10 / len(found))
        assert 0 <= scored.scores["total"] <= 100
    for name in ("physical", "feel_good", "missed_work"):
        assert (scored.scores[name] is None) == (name in scored.unscored)
        assert scored.scores[name] is None or 0 <= scored.scores[name] <= 10


@given(answers=full, item=st.sampled_from([*PHYSICAL, "days_missed_work", *VAS]))
def test_more_of_anything_bad_never_betters_the_total(answers, item):
    assume(answers[item] + 1 <= FIQ.item(item).highest)
    worse = {**answers, item: answers[item] + 1}
    assert score(FIQ, worse).scores["total"] > score(FIQ, answers).scores["total"] - 1e-9


@given(answers=full, good=st.integers(0, 6))
def test_a_day_felt_good_betters_the_total(answers, good):
    fewer = score(FIQ, {**answers, "days_felt_good": good}).scores
    more = score(FIQ, {**answers, "days_felt_good": good + 1}).scores
    assert more["feel_good"] < fewer["feel_good"]
    assert more["total"] < fewer["total"]


@given(answers=full, dropped=st.sampled_from(["days_felt_good", "days_missed_work", *VAS]))
def test_a_blank_domain_is_not_read_as_0(answers, dropped):
    others = {item: value for item, value in answers.items() if item != dropped}
    best = {**others, dropped: 7 if dropped == "days_felt_good" else 0}
    blank = score(FIQ, others).scores["total"]
    assert blank == pytest.approx(score(FIQ, best).scores["total"] * 10 / 9)


def test_a_mark_between_the_numbers_is_taken_but_half_a_day_is_not():
    assert score(FIQ, {"vas_1": 4.7}).scores["total"] == 47
    with pytest.raises(InvalidAnswers) as problem:
        score(FIQ, {"days_felt_good": 3.5, "vas_1": 10.1, "physical_12": 1})
    assert problem.value.problems == {
        "days_felt_good": "3.5 is not a whole number in 0..7",
        "vas_1": "10.1 is not a number in 0..10",
        "physical_12": "fiq has no item 'physical_12'; its items are physical_1 … vas_7",
    }


def test_its_words_are_not_shipped():
    assert not any(item.texts for item in FIQ.items)
