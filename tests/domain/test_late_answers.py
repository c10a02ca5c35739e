"""Answers written days after the day they are about weigh less, whenever they reach the server."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.alerts.finding import FindingKind
from api.domain.diary.daily_summary import summarise_days
from api.domain.diary.lateness import answer_weights
from api.domain.trajectory.engine import Engine, PatientFactors
from tests.support.diaries import daily, day, entry_of, findings_of, last_score

ENGINE = Engine()


def written(entry, on, *, at=time(19)):
    """Return the entry as if it had been written on another day of the diary."""
    return replace(entry, recorded_at=datetime.combine(day(on), at, UTC))


@pytest.mark.parametrize(
    ("days_late", "weight"), [(0, 1.0), (1, 1.0), (2, 0.5), (3, 0.5), (4, 1 / 7), (30, 1 / 7)]
)
def test_an_answer_weighs_less_the_later_it_was_written(days_late, weight):
    (summary,) = summarise_days([written(entry_of(0, pain_worst=3), days_late)], None)

    assert answer_weights([summary], None) == [weight]


@pytest.mark.parametrize("offset", range(-12, 15))
def test_an_answer_of_the_same_day_or_the_next_counts_whole_in_every_zone(offset):
    for late in (0, 1):
        at = datetime.combine(day(late), time(23, 59), UTC) - timedelta(hours=offset)
        (summary,) = summarise_days([replace(entry_of(0, pain_worst=3), recorded_at=at)], None)

        assert answer_weights([summary], None) == [1.0]


def test_days_filled_in_at_one_sitting_are_one_recollection():
    sitting = [written(entry_of(n, pain_worst=6), 13) for n in range(14)]

    weights = answer_weights(list(summarise_days(sitting, None)), None)

    assert weights[:13] == [1 / 7] * 13
    assert weights[13] == 1.0


def test_a_fortnight_filled_in_at_one_sitting_raises_nothing_that_the_same_days_would():
    calm, risen = daily([2, 3, 2, 1, 2, 3, 2] * 6), daily([5] * 14, since=42)

    assert findings_of([*calm, *risen], FindingKind.WORSENING)
    assert not findings_of([*calm, *[written(each, 55) for each in risen]], FindingKind.WORSENING)


def test_an_honest_answer_of_the_day_counts_whole_though_a_later_one_was_added():
    calm, risen = daily([2, 3, 2, 1, 2, 3, 2] * 6), daily([5] * 9, since=42)
    later = [written(entry_of(n, nth=1, pain_worst=5), 60) for n in range(42, 51)]

    assert last_score([*calm, *risen, *later]).p_worsening == last_score([*calm, *risen]).p_worsening


@given(
    st.lists(
        st.tuples(st.integers(0, 60), st.integers(0, 10), st.integers(0, 20), st.integers(0, 23)),
        min_size=1,
        max_size=30,
        unique_by=lambda each: each[0],
    ),
    st.data(),
)
def test_late_answers_score_the_same_however_they_are_sent(answers, data):
    entries = [
        written(entry_of(n, pain_worst=pain), n + late, at=time(hour)) for n, pain, late, hour in answers
    ]
    entries.sort(key=lambda entry: entry.local_date)
    cut = data.draw(st.integers(0, len(entries)))
    at_once, in_two = ENGINE.begin(PatientFactors()), ENGINE.begin(PatientFactors())

    at_once.add(data.draw(st.permutations(entries)))
    in_two.add(entries[:cut])
    resumed = ENGINE.resume(PatientFactors(), in_two.snapshot())
    resumed.add(entries[cut:])

    assert resumed.snapshot() == at_once.snapshot()
