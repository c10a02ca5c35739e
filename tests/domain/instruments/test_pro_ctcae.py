"""PRO-CTCAE: the composite map row by row, every pattern of missing answers, and series of grades."""

import csv
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.errors import InvalidAnswers
from api.domain.instruments.catalogue.pro_ctcae_grading import (
    Attribute,
    baseline_adjusted_grade,
    composite_grade,
    worst_grade,
)
from api.domain.instruments.registry import find
from api.domain.instruments.scores import Unscored
from api.domain.instruments.scoring import score
from tests.domain.instruments.worked_examples import examples_of

PRO_CTCAE = find("pro-ctcae")
NUMBERS = ("48", "49", "50", "51")
EXAMPLES = examples_of("pro-ctcae")
MAP_FILE = Path(__file__).parents[2] / "data" / "pro-ctcae-composite-map.csv"
GRADES = st.none() | st.integers(0, 4).map(float)


def published_map():
    source, *lines = MAP_FILE.read_text(encoding="utf-8").splitlines()
    assert source.startswith("# Source: ")
    return [
        ({attribute: int(row[attribute]) for attribute in Attribute if row[attribute]}, int(row["grade"]))
        for row in csv.DictReader(lines)
    ]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_a_worked_example_is_graded_as_worked(example) -> None:
    scores = score(PRO_CTCAE, example.answers, example.options).scores
    assert {name: scores[name] for name in example.scores} == example.scores


def test_the_published_map_has_179_rows_and_each_is_ours() -> None:
    rows = published_map()
    assert len(rows) == 179
    wrong = [(answers, grade) for answers, grade in rows if composite_grade(tuple(answers), answers) != grade]
    assert wrong == []


@pytest.mark.parametrize("number", NUMBERS)
def test_every_pattern_of_answers_is_graded_or_refused_as_published(number: str) -> None:
    grades = {tuple(answers.values()): grade for answers, grade in published_map() if len(answers) == 3}
    for pattern in product((None, 0, 1, 2, 3, 4), repeat=3):
        skipped_from_zero = tuple(0 if answer is None else answer for answer in pattern)
        for zero_impute in (True, False):
            if pattern[0] == 0 and (zero_impute or None not in pattern):
                right = 0
            else:
                right = None if None in pattern else grades[skipped_from_zero]
            answers = dict(zip((f"{number}A", f"{number}B", f"{number}C"), pattern, strict=True))
            scores = score(PRO_CTCAE, answers, {"zero_impute": zero_impute}).scores
            assert scores[f"{number}_composite"] == right, (pattern, zero_impute)
            assert [scores[f"{other}_composite"] for other in NUMBERS if other != number] == [None] * 3


def test_zeros_are_imputed_by_default() -> None:
    assert score(PRO_CTCAE, {"50A": 0}).scores["50_composite"] == 0
    assert score(PRO_CTCAE, {"50A": 0}, {"zero_impute": False}).scores["50_composite"] is None


def test_a_worse_answer_never_lowers_a_grade() -> None:
    for asked in {tuple(answers) for answers, _ in published_map()}:
        for first in product(range(5), repeat=len(asked)):
            for place in range(len(asked)):
                second = [*first[:place], min(first[place] + 1, 4), *first[place + 1 :]]
                lower = composite_grade(asked, dict(zip(asked, first, strict=True)))
                higher = composite_grade(asked, dict(zip(asked, second, strict=True)))
                assert lower <= higher, (asked, first, second)


def test_what_is_missing_is_named() -> None:
    unscored = score(PRO_CTCAE, {"51A": 2, "51C": 1}).unscored
    assert unscored["51_composite"] == "of aching joints: severity is not answered"
    assert (
        unscored["48_composite"]
        == "of general pain: frequency and severity and interference are not answered"
    )


def test_a_symptom_with_fewer_questions_needs_only_those() -> None:
    assert composite_grade((Attribute.SEVERITY,), {Attribute.SEVERITY: 4}) == 3
    asked = (Attribute.FREQUENCY, Attribute.INTERFERENCE)
    assert composite_grade(asked, {Attribute.FREQUENCY: 3, Attribute.INTERFERENCE: 2}) == 2
    assert isinstance(composite_grade(asked, {Attribute.INTERFERENCE: 2}), Unscored)


@pytest.mark.parametrize("bad", [5, -1, 1.5, "3", True])
def test_an_answer_outside_0_to_4_is_refused_by_name(bad: object) -> None:
    with pytest.raises(InvalidAnswers, match=r"51A: .* is not a whole number in 0\.\.4"):
        score(PRO_CTCAE, {"51A": bad})


def test_the_worst_grade_of_a_series_leaves_blanks_out() -> None:
    assert worst_grade([None, 1.0, 3.0, 0.0]) == 3.0
    assert worst_grade([None, None]) == Unscored("no report has a grade")
    assert worst_grade([]) == Unscored("no report has a grade")


@pytest.mark.parametrize(
    ("baseline", "later", "adjusted"),
    [
        (1.0, [2.0, 0.0], 2.0),
        (0.0, [1.0], 1.0),
        (2.0, [2.0, 1.0], 0.0),
        (3.0, [1.0, None], 0.0),
        (0.0, [0.0, None], 0.0),
    ],
)
def test_a_grade_counts_only_where_it_is_worse_than_baseline(baseline, later, adjusted) -> None:
    assert baseline_adjusted_grade(baseline, later) == adjusted


def test_without_a_baseline_or_a_later_grade_nothing_is_adjusted() -> None:
    assert baseline_adjusted_grade(None, [2.0]) == Unscored("there is no grade at baseline to compare with")
    assert baseline_adjusted_grade(1.0, [None]) == Unscored("no report after baseline has a grade")
    assert baseline_adjusted_grade(1.0, []) == Unscored("no report after baseline has a grade")


@given(baseline=GRADES, later=st.lists(GRADES, max_size=6))
def test_an_adjusted_grade_is_0_or_the_worst_since_baseline(baseline, later) -> None:
    adjusted, worst = baseline_adjusted_grade(baseline, later), worst_grade(later)
    if baseline is None or isinstance(worst, Unscored):
        assert isinstance(adjusted, Unscored)
    else:
        assert adjusted == (worst if worst > baseline else 0)
