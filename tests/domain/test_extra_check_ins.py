"""Extra check-ins are few, come when a rise is possible in a sparse diary, and change no finding."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given

from api.domain.diary.daily_summary import DailySummary
from api.domain.onset.onset_state import OnsetSummary, Rise
from api.domain.policies.limits import limits_of
from api.domain.policy import Policy
from api.domain.trajectory.engine import Engine
from api.domain.trajectory.extra_check_ins import DAYS_AFTER, extra_check_ins
from tests.domain.test_trajectory_laws import diaries, factors
from tests.support.diaries import UNKNOWN, day, entry_of, score_diary

NONE = Rise(0.1, 100, 2.5, 2.0, 2.0)


def with_values(**values):
    policy = Policy()
    return replace(policy, **{name: replace(getattr(policy, name), value=v) for name, v in values.items()})


def weekly(answers):
    return [entry_of(7 * week, pain_worst=answer) for week, answer in enumerate(answers)]


def begun(entries, **values):
    """Return the days on which extra check-ins begin, with their number."""
    scores = Engine(with_values(**values)).begin(UNKNOWN).add(entries).scores
    return {(s.local_date - day(0)).days: s.extra_check_ins for s in scores if s.extra_check_ins}


def ask(days_begun=(), *, p=0.2, answered=5, worsening=False, today=None, policy=None):
    summary = OnsetSummary(NONE, NONE, NONE, p, answered)
    today = today or DailySummary(1000, pain=6.0)
    return extra_check_ins(days_begun, today, summary, is_worsening=worsening, policy=policy or Policy())[1]


def test_a_high_answer_in_a_weekly_diary_is_asked_about_and_a_calm_one_is_not():
    calm = [2, 3, 2, 1, 2, 3, 2, 2]

    assert begun(weekly([*calm, 6])) == {56: 3}
    assert begun(weekly([*calm, 2])) == {}


def test_a_daily_diary_needs_no_extra_check_ins():
    entries = [entry_of(n, pain_worst=(2, 3, 2, 1)[n % 4] + 4 * (n >= 40)) for n in range(48)]

    assert begun(entries) == {}
    assert begun(entries, extra_sparse_days=29, extra_p=0.05)


@pytest.mark.parametrize("refused", [{"p": 0.05}, {"answered": 14}, {"worsening": True}])
def test_they_begin_only_where_they_help(refused):
    assert ask() == 3
    assert ask(**refused) == 0


def test_they_begin_on_no_day_without_a_symptom_or_with_a_red_flag():
    flagged = DailySummary(1000)
    flagged.add_entry(replace(entry_of(0, pain_worst=6, red_flags=["leg_swelling"]), local_date=day(0)))

    assert ask(today=flagged) == 0
    assert ask(today=DailySummary(1000)) == 0


def test_they_begin_again_after_four_weeks_and_at_most_four_times_a_year():
    assert ask((973,)) == 0
    assert ask((972,)) == 3
    assert ask((636, 700, 800, 972)) == 0
    assert ask((635, 700, 800, 972)) == 3
    assert ask((700, 972), policy=with_values(extra_check_ins=6)) == 0
    assert ask(policy=with_values(extra_most_a_year=0)) == 0


def test_every_number_of_check_ins_that_a_site_may_choose_is_spread_over_a_week():
    bounds = limits_of("extra_check_ins", Policy().extra_check_ins)

    assert [*DAYS_AFTER] == [*range(int(bounds.lowest), int(bounds.highest) + 1)]
    for number, days in DAYS_AFTER.items():
        assert len(set(days)) == number
        assert 1 <= min(days) < max(days) <= 7


@given(diary=diaries(), facts=factors)
def test_no_finding_and_no_other_number_depends_on_them(diary, facts):
    with_them = Engine(with_values(extra_p=0.0)).begin(facts).add(diary)
    without = Engine(with_values(extra_p=0.0, extra_most_a_year=0)).begin(facts).add(diary)

    assert with_them.findings == without.findings
    assert [score._replace(extra_check_ins=0) for score in with_them.scores] == list(without.scores)


@given(diary=diaries(), facts=factors)
def test_whether_they_begin_depends_only_on_the_diary_up_to_that_day(diary, facts):
    engine = Engine(with_values(extra_p=0.0))
    scores = engine.begin(facts).add(diary).scores
    until = scores[len(scores) // 2].local_date
    earlier = [entry for entry in diary if entry.local_date <= until]

    assert engine.begin(facts).add(earlier).scores == tuple(s for s in scores if s.local_date <= until)
    days = [score.local_date for score in scores if score.extra_check_ins]
    assert all(b - a >= timedelta(days=28) for a, b in pairwise(days))


def found(entries):
    findings = Engine().begin(UNKNOWN).add(entries).findings
    return [((each.day - day(0)).days, each.numbers["p_needed"]) for each in findings]


def test_a_day_with_answers_to_them_alone_needs_a_higher_probability_of_a_rise():
    own = weekly([2, 3, 2, 1, 2, 3, 2, 2, 3, 5])  # 24%; after the next answer of 5: 46%, and 75%
    again = [entry_of(n, pain_worst=5, asked="burst") for n in (65, 67)]

    assert found([*own, replace(again[0], answers={"pain_worst": 5})]) == [(65, 0.4)]
    assert found([*own, again[0]]) == []
    assert found([*own, *again]) == [(67, 0.55)]


def test_an_answer_of_the_patients_own_is_heard_as_ever_after_them():
    own = weekly([2, 3, 2, 1, 2, 3, 2, 2, 3, 5])
    extra = entry_of(65, pain_worst=5, asked="burst")

    assert found([*own, extra, entry_of(70, pain_worst=3)]) == []
    assert found([*own, extra, entry_of(66, pain_worst=4)]) == [(66, 0.4)]
    assert found([*own, extra, entry_of(65, nth=1, pain_worst=5)]) == [(65, 0.4)]


def test_answers_to_them_make_no_rhythm_and_end_a_silence():
    own = weekly([2, 3, 2, 1, 2, 3, 2, 2, 3, 2, 1, 2])
    extra = [entry_of(7 * week + n, pain_worst=2, asked="burst") for week in (3, 7, 11) for n in (1, 3, 5, 6)]
    trajectory, plain = (Engine().begin(UNKNOWN) for _ in range(2))
    trajectory.add([*own, *extra])
    plain.add(own)

    last = trajectory.last_day
    assert last == day(83)
    assert trajectory.silent_from - last == plain.silent_from - plain.last_day


def test_answers_to_them_do_not_count_as_monthly_check_ins():
    own = [entry_of(n, pain_worst=2) for n in (*range(0, 85, 7), 112)]
    extra = [entry_of(n, pain_worst=2, asked="burst") for n in (114, 116, 118)]
    trajectory = Engine().begin(UNKNOWN)
    trajectory.add([*own, *extra])

    assert trajectory.silent_from == day(118 + 35)


def test_a_reason_for_a_gap_beside_one_is_no_entry_of_the_patients_own():
    own = weekly([2, 3, 2, 1, 2, 3, 2, 2])
    extra = [entry_of(n, pain_worst=2, asked="burst") for n in range(50, 57)]
    why = [entry_of(n, nth=1, gap_reason="forgot") for n in range(50, 57)]

    assert score_diary([*own, *extra, *why]) == score_diary([*own, *extra])
    with_reasons, without = (Engine().begin(UNKNOWN) for _ in range(2))
    with_reasons.add([*own, *extra, *why])
    without.add([*own, *extra])
    assert with_reasons.silent_from == without.silent_from


def test_the_days_they_began_are_forgotten_after_a_year():
    policy = with_values(extra_p=0.0)
    trajectory = Engine(policy).begin(UNKNOWN)
    trajectory.add(weekly([(2, 3, 2, 1)[week % 4] for week in range(200)]))

    assert len(trajectory.snapshot()[5][-1]) <= 4
    assert score_diary(weekly([2, 3, 2])).scores[-1].extra_check_ins == 0
