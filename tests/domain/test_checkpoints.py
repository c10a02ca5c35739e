"""A replay from a checkpoint gives what a replay from the start gives, wherever the checkpoint stands."""

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
from tests.domain.test_trajectory_laws import diaries, facts, stored

ENGINE = Engine()


@given(diary=diaries(), facts=facts)
def test_a_replay_from_a_checkpoint_at_any_day_gives_what_a_replay_from_the_start_gives(diary, facts):
    whole = ENGINE.begin(facts)
    expected = whole.add(diary)
    for day in sorted({entry.local_date for entry in diary})[:-1]:
        earlier = ENGINE.begin(facts)
        before = earlier.add([entry for entry in diary if entry.local_date <= day])
        kept = json.loads(json.dumps(checkpoint_of(day, earlier.snapshot()).snapshot))

        course = ENGINE.resume(facts, kept)
        after = course.add([entry for entry in diary if entry.local_date > day])

        assert json.dumps(course.snapshot()) == json.dumps(whole.snapshot())
        assert stored([before, after]) == stored([expected])
        assert all(finding.day > day for finding in after.findings)


@given(diary=diaries(), facts=facts)
def test_a_replay_that_keeps_checkpoints_gives_what_one_without_gives(diary, facts):
    whole = ENGINE.begin(facts)
    expected = whole.add(diary)

    course, outcome, checkpoints = replay(ENGINE.begin(facts), diary)

    assert json.dumps(course.snapshot()) == json.dumps(whole.snapshot())
    assert stored([outcome]) == stored([expected])
    for day, snapshot in checkpoints:
        later = ENGINE.resume(facts, snapshot)
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
