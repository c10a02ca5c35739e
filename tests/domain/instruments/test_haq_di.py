"""HAQ-DI: the worst item of each category, aids and help to 2, the mean of the categories answered."""

from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.errors import InvalidAnswers
from api.domain.instruments.catalogue.haq_di import CATEGORIES
from api.domain.instruments.registry import find
from api.domain.instruments.scoring import score
from tests.domain.instruments.worked_examples import examples_of

HAQ_DI = find("haq-di")
ITEMS = [item for items in CATEGORIES.values() for item in items]
full = st.fixed_dictionaries(dict.fromkeys(ITEMS, st.integers(0, 3)))
partial = st.fixed_dictionaries({}, optional=dict.fromkeys(ITEMS, st.none() | st.integers(0, 3)))
listed = st.lists(st.sampled_from(list(CATEGORIES)), max_size=8)


def answered(answers) -> int:
    """Count the categories with at least one answer."""
    return sum(any(answers.get(item) is not None for item in items) for items in CATEGORIES.values())


@pytest.mark.parametrize("example", examples_of("haq-di"), ids=lambda example: example.name)
def test_worked_examples(example):
    assert score(HAQ_DI, example.answers, example.options).scores == pytest.approx(example.scores)


def test_it_has_the_twenty_items_in_eight_categories():
    assert [item.id for item in HAQ_DI.items][:-2] == ITEMS
    assert [len(items) for items in CATEGORIES.values()] == [2, 2, 3, 2, 3, 2, 3, 3]


@given(answers=partial, aids=listed, help_=listed, least=st.integers(1, 8))
def test_any_pattern_of_answers_is_scored_by_the_printed_rule(answers, aids, help_, least):
    scored = score(HAQ_DI, {**answers, "aids": aids, "help": help_}, {"min_categories": least})
    plain, raised = [], []
    for category, items in CATEGORIES.items():
        found = [answers[item] for item in items if answers.get(item) is not None]
        if found:
            plain.append(max(found))
            raised.append(2 if category in aids + help_ and max(found) in {0, 1} else max(found))
    if len(plain) < least:
        reason = f"{len(plain)} of 8 categories answered, {least} are needed"
        assert scored.scores == {"di": None, "di_alternative": None}
        assert scored.unscored == {"di": reason, "di_alternative": reason}
    else:
        assert scored.scores == pytest.approx({"di": fmean(raised), "di_alternative": fmean(plain)})


@given(answers=partial, item=st.sampled_from(ITEMS), value=st.integers(0, 2), aids=listed)
def test_a_worse_answer_never_betters_the_index(answers, item, value, aids):
    before = score(HAQ_DI, {**answers, item: value, "aids": aids}).scores
    after = score(HAQ_DI, {**answers, item: value + 1, "aids": aids}).scores
    assert all(was is None or after[name] >= was for name, was in before.items())


@given(answers=full, aids=listed, more=st.sampled_from(list(CATEGORIES)))
def test_one_more_aid_never_betters_the_index_and_never_adds_more_than_two_eighths(answers, aids, more):
    before = score(HAQ_DI, {**answers, "aids": aids}).scores
    after = score(HAQ_DI, {**answers, "aids": [*aids, more]}).scores
    assert before["di"] <= after["di"] <= before["di"] + 0.25
    assert after["di_alternative"] == before["di_alternative"] <= before["di"]


@given(answers=full)
def test_a_whole_form_moves_in_eighths(answers):
    index = score(HAQ_DI, answers).scores["di"]
    assert index * 8 == int(index * 8)


@given(answers=full, dropped=st.sampled_from(list(CATEGORIES)))
def test_a_blank_category_is_not_read_as_no_difficulty(answers, dropped):
    others = {item: value for item, value in answers.items() if item not in CATEGORIES[dropped]}
    as_none = {**others, **dict.fromkeys(CATEGORIES[dropped], 0)}
    blank = score(HAQ_DI, others).scores["di"]
    assert blank == pytest.approx(score(HAQ_DI, as_none).scores["di"] * 8 / 7)


def test_an_aid_alone_gives_no_score():
    scored = score(HAQ_DI, {"aids": list(CATEGORIES), "help": list(CATEGORIES)}, {"min_categories": 1})
    assert scored.scores == {"di": None, "di_alternative": None}


def test_a_list_left_out_is_as_one_with_nothing_in_it():
    answers = dict.fromkeys(ITEMS, 1)
    assert score(HAQ_DI, answers).scores == score(HAQ_DI, {**answers, "aids": [], "help": None}).scores


@pytest.mark.parametrize("aids", [["GRIP", "REACH"], ["reach", "Grip", "GRIP"], ("grip", "reach")])
def test_categories_may_come_in_any_order_case_and_number(aids):
    assert score(HAQ_DI, {**dict.fromkeys(ITEMS, 0), "aids": aids}).scores["di"] == 0.5


@pytest.mark.parametrize(
    ("answers", "named", "right"),
    [
        ({"GRIP_2": 4}, "GRIP_2", "4 is not a whole number in 0..3"),
        ({"GRIP_2": 1.5}, "GRIP_2", "1.5 is not a whole number in 0..3"),
        ({"GRIP_4": 1}, "GRIP_4", "its items are DRESSING_1 … help"),
        ({"aids": "GRIP"}, "aids", "is not a list of some of DRESSING, ARISING"),
        ({"aids": ["cane"]}, "aids", "'cane' is not one of DRESSING, ARISING"),
        ({"help": [["GRIP"]]}, "help", "is not one of DRESSING, ARISING"),
        ({"help": [3]}, "help", "3 is not one of DRESSING, ARISING"),
    ],
)
def test_a_wrong_answer_is_named_with_the_valid_values(answers, named, right):
    with pytest.raises(InvalidAnswers) as problem:
        score(HAQ_DI, answers)
    assert right in problem.value.problems[named]


@pytest.mark.parametrize("least", [0, 9, True, "6", 6.0])
def test_the_number_of_categories_needed_is_one_to_eight(least):
    with pytest.raises(InvalidAnswers) as problem:
        score(HAQ_DI, {}, {"min_categories": least})
    assert "is not a whole number in 1..8" in problem.value.problems["options.min_categories"]


@given(answers=partial)
def test_six_categories_are_needed_by_default(answers):
    scored = score(HAQ_DI, answers)
    assert scored.options == {"min_categories": 6}
    assert (scored.scores["di"] is None) == (answered(answers) < 6)
