"""The test for a lasting rise gives one patient what it gives her among many, to the last bit."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from api.domain.diary.daily_summary import DailySummary
from api.domain.onset.batch_filter import filter_patients
from api.domain.onset.filter_state import select_patient
from api.domain.onset.onset_detector import OnsetDetector
from api.domain.onset.onset_state import SymptomState
from api.domain.policy import Policy

TEST = OnsetDetector(Policy())
scale = st.none() | st.integers(0, 10).map(float)


@st.composite
def diaries(draw: st.DrawFn) -> list[DailySummary]:
    gaps = draw(st.lists(st.sampled_from([1, 1, 1, 1, 2, 7, 40]), min_size=1, max_size=120))
    day, days, is_full = 739_000, [], draw(st.booleans())
    for gap in gaps:
        day += gap
        told = [draw(st.integers(0, 10).map(float) if is_full else scale) for _ in range(3)]
        days.append(DailySummary(day, pain=told[0], stiffness=told[1], interference=told[2]))
    return days


@given(one=diaries(), other=diaries())
def test_a_diary_alone_ends_as_it_does_beside_another(
    one: list[DailySummary], other: list[DailySummary]
) -> None:
    nothing = SymptomState()
    together = filter_patients([one, other], TEST, [nothing, nothing])
    for diary, beside in zip([one, other], together, strict=True):
        (alone,) = filter_patients([diary], TEST, [nothing])
        assert [each.rise for each in alone] == [each.rise for each in beside]
        if alone[-1].belief is not None and beside[-1].belief is not None:
            for mine, hers in zip(select_patient(alone[-1].belief, 0), beside[-1].belief, strict=True):
                assert np.array_equal(mine, hers, equal_nan=True)
