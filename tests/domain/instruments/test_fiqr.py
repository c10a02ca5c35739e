"""FIQR and SIQR: three domains weighed for missing answers; only words that were read in print."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.errors import InvalidAnswers
from api.domain.instruments.catalogue.fiqr import FUNCTION, IMPACT, SYMPTOMS, score_fiqr
from api.domain.instruments.definition import Wording
from api.domain.instruments.registry import find
from api.domain.instruments.scoring import score
from tests.domain.instruments.worked_examples import examples_of

FIQR, SIQR = find("fiqr"), find("siqr")
ITEMS = FUNCTION + IMPACT + SYMPTOMS
DOMAINS = {"function": (FUNCTION, 3), "impact": (IMPACT, 1), "symptoms": (SYMPTOMS, 2)}
full = st.fixed_dictionaries(dict.fromkeys(ITEMS, st.integers(0, 10)))
partial = st.fixed_dictionaries({}, optional=dict.fromkeys(ITEMS, st.none() | st.integers(0, 10)))


@pytest.mark.parametrize(
    ("instrument", "example"),
    [(instrument, example) for instrument in (FIQR, SIQR) for example in examples_of(instrument.code)],
    ids=lambda each: getattr(each, "code", None) or each.name,
)
def test_worked_examples(instrument, example):
    assert score(instrument, example.answers).scores == pytest.approx(example.scores)


@given(answers=partial)
def test_any_pattern_of_answers_is_scored_by_the_printed_rule(answers):
    scored = score(SIQR, answers)
    total = 0.0
    for name, (items, divisor) in DOMAINS.items():
        found = [answers[item] for item in items if answers.get(item) is not None]
        if not found:
            assert scored.scores[name] is None
            total = None
            continue
        expected = sum(found) * (len(items) / len(found)) / divisor
        assert scored.scores[name] == pytest.approx(expected)
        total = total if total is None else total + expected
    assert scored.scores["total"] == (None if total is None else pytest.approx(total))
    assert set(scored.unscored) == {name for name, value in scored.scores.items() if value is None}
    assert scored.scores == score(FIQR, answers).scores


def test_the_total_names_the_missing_domain():
    unscored = score(SIQR, dict.fromkeys(FUNCTION + SYMPTOMS, 3)).unscored
    assert unscored["total"] == "impact is not scored: 0 of 2 items answered, 1 are needed"


@given(answers=full, dropped=st.sets(st.sampled_from(SYMPTOMS), max_size=9))
def test_a_blank_counts_as_the_mean_of_the_other_answers(answers, dropped):
    others = {item: float(value) for item, value in answers.items() if item not in dropped}
    answered = [others[item] for item in SYMPTOMS if item in others]
    filled = {**others, **dict.fromkeys(dropped, sum(answered) / len(answered))}
    assert score_fiqr(others) == pytest.approx(score_fiqr(filled))


@given(answers=partial, item=st.sampled_from(ITEMS), value=st.integers(0, 9))
def test_a_worse_answer_never_betters_a_score_and_always_worsens_its_domain(answers, item, value):
    before = score(FIQR, {**answers, item: value}).scores
    after = score(FIQR, {**answers, item: value + 1}).scores
    domain = next(name for name, (items, _) in DOMAINS.items() if item in items)
    assert after[domain] > before[domain]
    assert all(was is None or after[name] >= was for name, was in before.items())


@given(answers=full)
def test_the_domains_stay_in_their_ranges_and_add_up(answers):
    scored = score(FIQR, answers).scores
    for of in FIQR.scores:
        assert of.lowest <= scored[of.id] <= of.highest
    assert scored["total"] == pytest.approx(scored["function"] + scored["impact"] + scored["symptoms"])


@pytest.mark.parametrize("value", [-1, 11, 2.5, "3", True, float("nan")])
def test_an_answer_off_the_scale_is_named_with_the_scale(value):
    with pytest.raises(InvalidAnswers) as problem:
        score(SIQR, {"symptom_10": value})
    assert problem.value.problems["symptom_10"].endswith("is not a whole number in 0..10")


def test_the_words_shipped_are_those_that_were_read_in_print():
    worded = {item.id: item.texts["en"] for item in SIQR.items if item.texts}
    assert tuple(worded) == FUNCTION
    assert worded["function_1"] == "Brush or comb your hair: No difficulty (0) to Very difficult (10)"
    assert worded["function_9"].startswith("Go shopping for groceries: ")
    assert tuple(item.id for item in FIQR.items if item.texts) == FUNCTION + IMPACT


def test_the_siqr_does_not_name_fibromyalgia_to_a_patient():
    assert not any("fibromyalgia" in words.lower() for item in SIQR.items for words in item.texts.values())
    assert not any("fibromyalgia" in band.label for of in SIQR.scores for band in of.bands)


@pytest.mark.parametrize("instrument", [FIQR, SIQR], ids=["fiqr", "siqr"])
def test_its_authors_are_named_with_their_licence(instrument):
    assert instrument.licence.wording is Wording.ATTRIBUTED
    assert "Creative Commons Attribution 2.0" in instrument.licence.terms
    assert "Bennett et al. 2009" in instrument.licence.source
