"""FACT-B and FACT-ES: results of another program, which items are turned round, and how few are enough."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.errors import InvalidAnswers
from api.domain.instruments.catalogue import fact
from api.domain.instruments.registry import find
from api.domain.instruments.scoring import score
from tests.domain.instruments.worked_examples import examples_of

FACT_B, FACT_ES = find("fact-b"), find("fact-es")
BOTH = pytest.mark.parametrize("instrument", [FACT_B, FACT_ES], ids=lambda instrument: instrument.code)
EXAMPLES = [(code, example) for code in ("fact-b", "fact-es") for example in examples_of(code)]
ITEMS = fact.GENERAL + fact.BREAST + fact.ENDOCRINE_19
ANSWERS = st.fixed_dictionaries({item: st.none() | st.integers(0, 4) for item in ITEMS})
POSITIVE = {*fact.SWB, *fact.FWB, "GE2", "B4", "B9"}


@pytest.mark.parametrize(
    ("code", "example"), EXAMPLES, ids=lambda value: value if isinstance(value, str) else value.name
)
def test_a_worked_example_is_scored_as_worked(code, example) -> None:
    scores = score(find(code), example.answers).scores
    assert {name: scores[name] for name in example.scores} == pytest.approx(example.scores, abs=1e-9)


@BOTH
@pytest.mark.parametrize("item", ITEMS)
def test_more_is_better_for_the_positive_items_and_worse_for_the_others(instrument, item: str) -> None:
    middling = dict.fromkeys(ITEMS, 2)
    before, after = score(instrument, middling).scores, score(instrument, {**middling, item: 3}).scores
    moved = {name: after[name] - before[name] for name in before if after[name] != before[name]}
    assert set(moved.values()) == {1 if item in POSITIVE else -1}
    assert set(moved) >= {name for name, items in fact.SUBSCALES.items() if item in items}


@pytest.mark.parametrize(
    ("name", "needed"),
    [
        ("PWB", 4),
        ("SWB", 4),
        ("EWB", 4),
        ("FWB", 4),
        ("BCS", 6),
        ("ESS_18", 10),
        ("ESS_19", 10),
        ("ESS_23", 12),
    ],
)
def test_a_subscale_needs_more_than_half_of_its_items(name: str, needed: int) -> None:
    items = fact.SUBSCALES[name]
    enough = score(FACT_ES, dict.fromkeys(items[:needed], 1)).scores[name]
    worth = sum(fact.turned(item, 1) for item in items[:needed])
    assert enough == pytest.approx(worth / needed * len(items))
    too_few = score(FACT_ES, dict.fromkeys(items[: needed - 1], 1))
    assert too_few.scores[name] is None
    assert too_few.unscored[name] == f"{needed - 1} of {len(items)} items answered, {needed} are needed"


@pytest.mark.parametrize(("total", "needed", "of"), [("FACT_G", 22, 27), ("FACT_B", 30, 37)])
def test_a_total_needs_more_than_80_percent_of_its_items(total: str, needed: int, of: int) -> None:
    spared = ["GP7", "GP6", "GS7", "GS6", "GE6", "GF7", "GF6"]  # no subscale falls to half of its items
    asked = fact.GENERAL if total == "FACT_G" else fact.GENERAL + fact.BREAST
    left = [item for item in asked if item not in spared[: of - needed]]
    assert len(left) == needed
    assert score(FACT_B, dict.fromkeys(left, 2)).scores[total] == 2 * of
    one_less = score(FACT_B, dict.fromkeys(left[1:], 2))
    assert one_less.scores[total] is None
    assert one_less.unscored[total] == f"{needed - 1} of {of} items answered, more than 80% are needed"


def test_a_total_needs_every_subscale_even_above_80_percent() -> None:
    answers = dict.fromkeys([item for item in fact.GENERAL if item not in {"GE4", "GE5", "GE6"}], 2)
    scored = score(FACT_B, answers)
    assert len(answers) == 24
    assert scored.scores["FACT_G"] is None
    assert scored.unscored["FACT_G"] == "EWB is not scored: 3 of 6 items answered, 4 are needed"


def test_a_trial_outcome_index_needs_three_subscales_and_no_80_percent() -> None:
    answers = dict.fromkeys([*fact.PWB[:4], *fact.FWB[:4], *fact.BREAST[:6]], 2)
    scores = score(FACT_B, answers).scores
    assert (scores["TOI"], scores["FACT_B"]) == (48, None)


def test_one_question_may_be_left_out_of_the_social_scale() -> None:
    answers = dict.fromkeys([item for item in fact.GENERAL if item != "GS7"], 3)
    scores = score(FACT_B, answers).scores
    assert scores["SWB"] == 21
    assert scores["FACT_G"] == 7 + 21 + 8 + 21


def test_each_form_contains_its_own_items_and_accepts_the_others() -> None:
    def asked(instrument):
        return {item.id for item in instrument.items if item.is_on_form}

    assert asked(FACT_B) == {*fact.GENERAL, *fact.BREAST}
    assert asked(FACT_ES) == {*fact.GENERAL, *fact.ENDOCRINE_19}
    assert {item.id for item in FACT_B.items} == {item.id for item in FACT_ES.items} == {*ITEMS}
    assert (len(asked(FACT_B)), len(asked(FACT_ES))) == (37, 46)


@given(answers=ANSWERS)
def test_both_forms_give_the_same_scores_for_the_same_answers(answers) -> None:
    assert score(FACT_B, answers).scores == score(FACT_ES, answers).scores


@given(answers=ANSWERS)
def test_totals_are_the_sums_of_their_subscales(answers) -> None:
    scores = score(FACT_ES, answers).scores
    for total, parts in (
        ("FACT_G", ("PWB", "SWB", "EWB", "FWB")),
        ("FACT_B", ("PWB", "SWB", "EWB", "FWB", "BCS")),
        ("TOI", ("PWB", "FWB", "BCS")),
    ):
        if scores[total] is not None:
            assert scores[total] == pytest.approx(sum(scores[part] for part in parts))
        elif total == "TOI":
            assert None in [scores[part] for part in parts]


@given(answers=ANSWERS, name=st.sampled_from(sorted(fact.SUBSCALES)))
def test_a_missing_answer_counts_as_the_mean_of_the_others(answers, name: str) -> None:
    before = score(FACT_ES, answers).scores[name]
    items = fact.SUBSCALES[name]
    given_ones = [fact.turned(item, answers[item]) for item in items if answers[item] is not None]
    if before is None:
        assert len(given_ones) * 2 <= len(items)
    else:
        assert before == pytest.approx(sum(given_ones) / len(given_ones) * len(items))


@pytest.mark.parametrize("bad", [5, -1, 0.5, "2", False])
def test_an_answer_outside_0_to_4_is_refused_by_name(bad: object) -> None:
    with pytest.raises(InvalidAnswers, match=r"AN9: .* is not a whole number in 0\.\.4"):
        score(FACT_ES, {"AN9": bad})


def test_a_code_in_lower_case_is_no_item() -> None:
    with pytest.raises(InvalidAnswers, match="has no item 'gp1'"):
        score(FACT_B, {"gp1": 1})
