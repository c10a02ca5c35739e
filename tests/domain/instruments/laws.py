"""Laws of every instrument; each takes concrete answers and fails with the broken sentence."""

import math
from collections.abc import Mapping
from itertools import product

import pytest
from hypothesis import strategies as st

from api.domain.errors import InvalidAnswers
from api.domain.instruments.scoring import score

CONDITIONAL = {
    ("qlq-br23", "BRSEE"): "sexual enjoyment is asked of those who were sexually active",
    ("qlq-br23", "BRHL"): "upset by hair loss is asked of those who lost hair",
}
"""Scores that complete answers may leave out, with the reason."""


def numeric(instrument):
    """Return the items that take a number."""
    return [item for item in instrument.items if not item.choices]


def levels(instrument):
    """Return the scores of health; a standard error has no better or worse."""
    return [of for of in instrument.scores if of.standard_error_of is None]


def an_answer(item):
    """Return a strategy of right answers to an item."""
    if item.choices:
        return st.lists(st.sampled_from(item.choices), unique=True)
    if item.is_integer:
        return st.integers(int(item.lowest), int(item.highest))
    return st.floats(item.lowest, item.highest)


def full_answers(instrument):
    """Return a strategy of answers to every item."""
    return st.fixed_dictionaries({item.id: an_answer(item) for item in instrument.items})


def partial_answers(instrument):
    """Return a strategy of answers with any pattern of missing ones: absent, or None."""
    return st.fixed_dictionaries(
        {}, optional={item.id: st.none() | an_answer(item) for item in instrument.items}
    )


def effects(instrument) -> Mapping[tuple[str, str], int]:
    """Return the direction (-1, 0, 1) of each item on each score, with the others low, middle or high."""
    signs = dict.fromkeys(product((i.id for i in numeric(instrument)), (s.id for s in levels(instrument))), 0)
    for share in (0.5, 0.0, 1.0):
        others = {item.id: _between(item, share) for item in numeric(instrument)}
        for item in numeric(instrument):
            low = score(instrument, others | {item.id: item.lowest}).scores
            high = score(instrument, others | {item.id: item.highest}).scores
            for of in levels(instrument):
                if signs[item.id, of.id] == 0 and None not in (low[of.id], high[of.id]):
                    signs[item.id, of.id] = _sign(high[of.id] - low[of.id])
    return signs


def keep_the_range(instrument, answers):
    """Every declared score is answered, in its range or with a reason, and nothing else is."""
    scored = score(instrument, answers)
    assert set(scored.scores) == {of.id for of in instrument.scores}
    assert set(scored.unscored) == {name for name, value in scored.scores.items() if value is None}
    assert all(reason.strip() for reason in scored.unscored.values())
    for of in instrument.scores:
        value = scored.scores[of.id]
        assert value is None or (math.isfinite(value) and of.lowest <= value <= of.highest), (of.id, value)


def score_everything(instrument, answers):
    """Complete answers give every score, but for those that apply only to some people."""
    missing = score(instrument, answers).unscored
    assert not [name for name in missing if (instrument.code, name) not in CONDITIONAL], missing


def move_one_way(instrument, answers, signs):
    """One step up of one item moves each score the way that item always moves it, or not at all."""
    given = {name: answer for name, answer in answers.items() if answer is not None}
    before = score(instrument, given).scores
    for item in numeric(instrument):
        if item.id not in given or given[item.id] + 1 > item.highest:
            continue
        after = score(instrument, given | {item.id: given[item.id] + 1}).scores
        for of in levels(instrument):
            if None not in (before[of.id], after[of.id]):
                moved = _sign(round(after[of.id] - before[of.id], 9))
                assert moved in (0, signs[item.id, of.id]), (item.id, of.id, before[of.id], after[of.id])


def leave_blank_blank(instrument, dropped, signs):
    """With every answer at one end a missing one changes nothing: it is the mean of the others, or a refusal.

    Taken as 0, as the lowest or as any fixed number, a missing answer would pull the score off one of
    its two ends.
    """
    touched = [of for of in levels(instrument) if any(signs[name, of.id] for name in dropped)]
    for of, end in product(touched, (1, -1)):
        ends = {
            item.id: _between(item, {0: 0.5, end: 1.0}.get(signs[item.id, of.id], 0.0))
            for item in numeric(instrument)
        }
        kept = {name: answer for name, answer in ends.items() if name not in dropped}
        whole = score(instrument, ends).scores[of.id]
        left = score(instrument, kept).scores[of.id]
        if None not in (whole, left):
            tolerance = (of.highest - of.lowest) / 1000  # the FIQ's printed weights: 3.33 and 1.43
            assert left == pytest.approx(whole, abs=tolerance), (of.id, whole, left)


def need_more_than_one_step(instrument):
    """From answers in the middle, one step of one answer is less than the minimal important difference."""
    middle = {item.id: _between(item, 0.5) for item in numeric(instrument)}
    before = score(instrument, middle).scores
    for item in numeric(instrument):
        after = score(instrument, middle | {item.id: middle[item.id] + 1}).scores
        for of in instrument.scores:
            if of.minimal_important_difference is not None:
                moved = abs(after[of.id] - before[of.id])
                assert moved < of.minimal_important_difference.value, (item.id, of.id, moved)


def refuse_what_is_wrong(instrument, item):
    """An answer an item does not take is refused, naming the item and what it takes."""
    right = ", ".join(item.choices) if item.choices else f"{item.lowest:g}..{item.highest:g}"
    wrong = [True, "3", object(), [["x"]], {}]
    if item.choices:
        wrong += [3, ["no such choice"]]
    else:
        wrong += [
            item.lowest - 1,
            item.highest + 1,
            math.nan,
            math.inf,
            [],
            *([1.5] if item.is_integer else []),
        ]
    for answer in wrong:
        with pytest.raises(InvalidAnswers) as refused:
            score(instrument, {item.id: answer})
        assert list(refused.value.problems) == [item.id]
        assert right in refused.value.problems[item.id]
        assert item.id in str(refused.value)


def _between(item, share):
    return round(item.lowest + share * (item.highest - item.lowest))


def _sign(number):
    return (number > 0) - (number < 0)
