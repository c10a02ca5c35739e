"""The onset filter gives a patient the same result alone as in a batch, to the last bit."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from api.domain.diary.daily_summary import DailySummary
from api.domain.onset.filter_many_patients import filter_patients
from api.domain.onset.filter_state import select_patient
from api.domain.onset.onset_detector import OnsetDetector
from api.domain.onset.onset_state import SymptomState
from api.domain.policy import Policy

DETECTOR = OnsetDetector.from_policy(Policy())
scale = st.none() | st.integers(0, 10).map(float)


@st.composite
def diaries(draw: st.DrawFn) -> list[DailySummary]:
    gaps = draw(st.lists(st.sampled_from([1, 1, 1, 1, 2, 7, 40]), min_size=1, max_size=120))
    day, days, is_full = 739_000, [], draw(st.booleans())
    for gap in gaps:
        day += gap
        answers = [draw(st.integers(0, 10).map(float) if is_full else scale) for _ in range(3)]
        days.append(DailySummary(day, pain=answers[0], stiffness=answers[1], interference=answers[2]))
    return days


@given(one=diaries(), other=diaries())
def test_a_diary_alone_ends_as_it_does_beside_another(
    one: list[DailySummary], other: list[DailySummary]
) -> None:
    nothing = SymptomState()
    together = filter_patients([one, other], DETECTOR, [nothing, nothing])
    for diary, in_batch in zip([one, other], together, strict=True):
        (alone,) = filter_patients([diary], DETECTOR, [nothing])
        assert [each.onset for each in alone] == [each.onset for each in in_batch]
        if alone[-1].filter is not None and in_batch[-1].filter is not None:
            both = zip(select_patient(alone[-1].filter, 0), in_batch[-1].filter, strict=True)
            for array, batch_array in both:
                assert np.array_equal(array, batch_array, equal_nan=True)
