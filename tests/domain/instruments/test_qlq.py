"""EORTC QLQ-C30 and BR23: worked examples, the half rule, directions, and what does not apply."""

from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.errors import InvalidAnswers
from api.domain.instruments.catalogue import qlq_br23, qlq_c30
from api.domain.instruments.change import ScoreReading, change_between
from api.domain.instruments.registry import find
from api.domain.instruments.scores import Direction
from api.domain.instruments.scoring import score
from tests.domain.instruments.worked_examples import examples_of

C30, BR23 = find("qlq-c30"), find("qlq-br23")
EXAMPLES = [(code, example) for code in ("qlq-c30", "qlq-br23") for example in examples_of(code)]
SCALES = [(C30, scale) for scale in qlq_c30.SCALES] + [(BR23, scale) for scale in qlq_br23.SCALES]
SYMPTOMS = {"FA", "NV", "PA", "DY", "SL", "AP", "CO", "DI", "FI", "BRST", "BRBS", "BRAS", "BRHL"}
C30_ANSWERS = st.fixed_dictionaries(
    {item.id: st.none() | st.integers(1, int(item.highest)) for item in C30.items}
)


@pytest.mark.parametrize(
    ("code", "example"), EXAMPLES, ids=lambda value: value if isinstance(value, str) else value.name
)
def test_a_worked_example_is_scored_as_worked(code, example) -> None:
    scores = score(find(code), example.answers).scores
    assert {name: scores[name] for name in example.scores} == pytest.approx(example.scores, abs=1e-9)


@pytest.mark.parametrize(("instrument", "scale"), SCALES, ids=lambda value: getattr(value, "id", ""))
def test_a_scale_needs_at_least_half_of_its_items(instrument, scale) -> None:
    half = -(-len(scale.items) // 2)
    assert score(instrument, dict.fromkeys(scale.items[:half], 2)).scores[scale.id] is not None
    too_few = score(instrument, dict.fromkeys(scale.items[: half - 1], 2))
    assert too_few.scores[scale.id] is None
    assert f"{half - 1} of {len(scale.items)} items answered" in too_few.unscored[scale.id]


@pytest.mark.parametrize(("instrument", "scale"), SCALES, ids=lambda value: getattr(value, "id", ""))
def test_high_answers_are_good_only_where_the_question_is_positive(instrument, scale) -> None:
    top = score(instrument, dict.fromkeys(scale.items, scale.steps + 1)).scores[scale.id]
    positive = scale.id in {"QL", "BRSEF", "BRSEE"}
    worse_when_higher = scale.direction is Direction.HIGHER_IS_WORSE
    assert worse_when_higher == (scale.id in SYMPTOMS)
    assert top == (100 if positive or worse_when_higher else 0)


def test_every_item_of_both_forms_belongs_to_one_scale() -> None:
    for instrument, scales in ((C30, qlq_c30.SCALES), (BR23, qlq_br23.SCALES)):
        used = [item for scale in scales for item in scale.items]
        assert sorted(used) == sorted(item.id for item in instrument.items)


@given(answers=C30_ANSWERS)
def test_the_summary_is_the_mean_of_thirteen_scales_or_nothing(answers) -> None:
    scores = score(C30, answers).scores
    thirteen = [scores[name] for name in ("PF", "RF", "EF", "CF", "SF")]
    for name in ("FA", "NV", "PA", "DY", "SL", "AP", "CO", "DI"):
        thirteen.append(None if scores[name] is None else 100 - scores[name])
    expected = None if None in thirteen else mean(thirteen)
    assert scores["C30SUMMARY"] == pytest.approx(expected, abs=1e-9)


def test_global_health_and_money_do_not_enter_the_summary() -> None:
    answers = {f"q{n}": 2 for n in range(1, 28)}
    without = score(C30, answers).scores
    changed = score(C30, {**answers, "q28": 4, "q29": 1, "q30": 7}).scores
    assert without["C30SUMMARY"] == changed["C30SUMMARY"] == pytest.approx(200 / 3)


def test_a_summary_that_is_refused_names_the_scale_that_lacks() -> None:
    answers = {f"q{n}": 2 for n in range(1, 28) if n != 17}
    assert score(C30, answers).unscored["C30SUMMARY"].startswith("DI is not scored: 0 of 1")


@given(answers=C30_ANSWERS)
def test_a_scale_is_the_mean_of_what_was_answered(answers) -> None:
    scores = score(C30, answers).scores
    for scale in qlq_c30.SCALES:
        found = [answers[item] for item in scale.items if answers[item] is not None]
        if 2 * len(found) < len(scale.items):
            assert scores[scale.id] is None
            continue
        up = (sum(found) / len(found) - 1) * 100 / scale.steps
        assert scores[scale.id] == pytest.approx(100 - up if scale.turned else up, abs=1e-9)


@pytest.mark.parametrize(("name", "item", "condition"), [("BRSEE", "q46", "q45"), ("BRHL", "q35", "q34")])
def test_a_conditional_item_counts_unless_its_condition_says_no(name, item, condition) -> None:
    assert score(BR23, {item: 3, condition: 2}).scores[name] == pytest.approx(200 / 3)
    assert score(BR23, {item: 3}).scores[name] == pytest.approx(200 / 3)
    ruled_out = score(BR23, {item: 3, condition: 1})
    assert ruled_out.scores[name] is None
    assert ruled_out.unscored[name] == f"does not apply: {condition} was answered 1"


@pytest.mark.parametrize(
    ("answers", "word"),
    [
        ({"q9": 2, "q19": 1}, "no clinically important problem"),
        ({"q9": 2, "q19": 2}, "a clinically important problem"),
    ],
)
def test_pain_above_25_is_clinically_important(answers, word) -> None:
    pain = next(of for of in C30.scores if of.id == "PA")
    points = score(C30, answers).scores["PA"]
    assert [band.label for band in pain.bands if band.lowest <= points][-1] == word
    assert not any(band.verified for band in pain.bands)


@pytest.mark.parametrize(("steps", "matters"), [(1, False), (2, True)])
def test_one_step_of_physical_functioning_is_too_small_to_matter_and_two_are_not(steps, matters) -> None:
    physical = next(of for of in C30.scores if of.id == "PF")
    well = {f"q{n}": 1 for n in range(1, 6)}
    before, after = (score(C30, answers).scores["PF"] for answers in (well, well | {"q1": 1 + steps}))
    change = change_between(physical, ScoreReading(after), ScoreReading(before))
    assert change.points == pytest.approx(steps * 20 / 3)
    assert change.exceeds_important_difference is matters


@pytest.mark.parametrize(
    ("instrument", "item", "bad", "right"),
    [
        (C30, "q28", 5, r"1\.\.4"),
        (C30, "q29", 8, r"1\.\.7"),
        (C30, "q1", 0, r"1\.\.4"),
        (BR23, "q53", 4.5, r"1\.\.4"),
    ],
)
def test_an_answer_out_of_range_is_refused_by_name(instrument, item, bad, right) -> None:
    with pytest.raises(InvalidAnswers, match=rf"{item}: .* is not a whole number in {right}"):
        score(instrument, {item: bad})


def test_the_module_knows_only_its_own_numbers() -> None:
    with pytest.raises(InvalidAnswers, match=r"qlq-br23 has no item 'q1'; its items are q31 … q53"):
        score(BR23, {"q1": 1})
