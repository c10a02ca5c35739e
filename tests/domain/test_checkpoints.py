"""Checkpoints: a replay from any of them gives the result of a replay from the start."""

import json
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from api.domain.trajectory.checkpoints import (
    SPACING_DAYS,
    checkpoint_of,
    is_passed,
    replay,
    select_checkpoints,
)
from api.domain.trajectory.engine import Engine
from tests.domain.test_trajectory_laws import diaries, factors, stored

ENGINE = Engine()


@given(diary=diaries(), factors=factors)
def test_a_replay_from_any_checkpoint_equals_a_replay_from_the_start(diary, factors):
    whole = ENGINE.begin(factors)
    expected = whole.add(diary)
    for day in sorted({entry.local_date for entry in diary})[:-1]:
        earlier = ENGINE.begin(factors)
        before = earlier.add([entry for entry in diary if entry.local_date <= day])
        kept = json.loads(json.dumps(checkpoint_of(day, earlier.snapshot()).snapshot))

        trajectory = ENGINE.resume(factors, kept)
        after = trajectory.add([entry for entry in diary if entry.local_date > day])

        assert json.dumps(trajectory.snapshot()) == json.dumps(whole.snapshot())
        assert stored([before, after]) == stored([expected])
        known = {(each.kind, each.key) for each in before.findings}  # as a silence with a reason in it
        assert all(each.day > day or (each.kind, each.key) in known for each in after.findings)


@given(diary=diaries(), factors=factors)
def test_a_replay_with_checkpoints_equals_one_without(diary, factors):
    whole = ENGINE.begin(factors)
    expected = whole.add(diary)

    trajectory, outcome, checkpoints = replay(ENGINE.begin(factors), diary)

    assert json.dumps(trajectory.snapshot()) == json.dumps(whole.snapshot())
    assert stored([outcome]) == stored([expected])
    for day, snapshot in checkpoints:
        later = ENGINE.resume(factors, snapshot)
        later.add([entry for entry in diary if entry.local_date > day])
        assert json.dumps(later.snapshot()) == json.dumps(whole.snapshot())


@given(days=st.sets(st.integers(0, 5000), min_size=1, max_size=300))
def test_checkpoints_are_dense_where_the_diary_is_recent_and_few_in_all(days):
    dates = [date.fromordinal(700_000 + day) for day in sorted(days)]
    newest = dates[-1] + timedelta(days=1)

    kept = select_checkpoints(dates, newest)

    assert kept[0] == dates[0]
    assert select_checkpoints(kept, newest) == kept
    assert len(kept) <= 40
    for day, following in zip(kept, [*kept[1:], newest], strict=True):
        between = [each for each in dates if day < each < following]
        room = max(SPACING_DAYS, (newest - day).days // 4)
        assert all((following - each).days <= room or each == day for each in between[1:])


def test_a_checkpoint_belongs_wherever_sixteen_days_are_over():
    first = date.fromordinal(SPACING_DAYS * 45_000)
    assert not is_passed(first, first + timedelta(days=SPACING_DAYS - 1))
    assert is_passed(first, first + timedelta(days=SPACING_DAYS))
