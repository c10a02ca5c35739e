"""A gap longer than usual before a worse answer counts as evidence, unless it has another reason."""

from dataclasses import replace

import pytest
from hypothesis import given

from api.domain.policy import Policy
from api.domain.trajectory.engine import Engine
from tests.domain.test_trajectory_laws import diaries, factors
from tests.support.diaries import UNKNOWN, entry_of, last_score, score_diary

POLICY = Policy()
IGNORED = replace(POLICY, odds_gap_times=replace(POLICY.odds_gap_times, value=1.0))
WEEKLY = [entry_of(7 * week, pain_worst=2) for week in range(8)]
"""Last answer on day 49."""


def p_after(on, *more, before=WEEKLY, policy=POLICY, pain=5):
    entries = [*before, *more, entry_of(on, nth=9, pain_worst=pain)]
    return Engine(policy).begin(UNKNOWN).add(entries).scores[-1].p_worsening


def evidence(on, *more, before=WEEKLY):
    """Return the factor on the odds that the gap before an answer has brought."""
    counted, ignored = (p_after(on, *more, before=before, policy=each) for each in (POLICY, IGNORED))
    return counted / (1 - counted) / (ignored / (1 - ignored))


def test_each_usual_interval_without_an_answer_counts_up_to_three():
    power = POLICY.odds_sparse_power.value
    factor = POLICY.odds_gap_times.value**power

    assert evidence(56) == pytest.approx(1)
    assert evidence(53) == pytest.approx(1)
    assert evidence(63) == pytest.approx(factor, rel=1e-3)
    assert evidence(70) == pytest.approx(factor**2, rel=1e-3)
    assert [evidence(on) for on in (77, 84)] == pytest.approx([factor**3] * 2, rel=1e-3)


@pytest.mark.parametrize("why", ["forgot", "technical", "do_not_want"])
def test_a_gap_with_another_reason_is_no_evidence(why):
    assert evidence(70, entry_of(60, gap_reason=why)) == pytest.approx(1)


@pytest.mark.parametrize("why", ["too_unwell", "hospital"])
def test_a_gap_of_the_unwell_is_evidence(why):
    assert evidence(70, entry_of(60, gap_reason=why)) == evidence(70)


def test_a_reason_counts_for_its_own_gap_only():
    later = [*WEEKLY, entry_of(60, gap_reason="forgot"), entry_of(63, pain_worst=2)]

    assert evidence(91, before=later) > 1


def test_a_gap_without_a_worse_answer_makes_no_rise_likely():
    assert p_after(84, pain=2) < 0.1


def test_a_daily_diary_with_some_days_left_out_has_none_and_one_that_becomes_fortnightly_has_one():
    daily = [entry_of(n, pain_worst=2) for n in range(40)]

    assert evidence(46, before=daily) == pytest.approx(1)
    assert evidence(53, before=daily) > 1
    assert evidence(67, before=[*daily, entry_of(53, pain_worst=2)]) == pytest.approx(1)


def test_extra_check_ins_neither_make_a_rhythm_nor_end_a_gap_as_evidence():
    extra = [entry_of(n, pain_worst=3, asked="burst") for n in (51, 53, 55)]

    assert evidence(56, *extra) == pytest.approx(1)
    assert evidence(62, *extra) == pytest.approx(1)
    assert evidence(69, *extra) == pytest.approx(POLICY.odds_gap_times.value**0.9, rel=1e-3)
    burst = last_score([*WEEKLY, entry_of(84, pain_worst=5, asked="burst")])
    assert burst.p_worsening < p_after(84)


@given(diary=diaries(), facts=factors)
def test_a_gap_never_makes_a_rise_less_likely_and_changes_nothing_else(diary, facts):
    counted, ignored = (Engine(policy).begin(facts).add(diary).scores for policy in (POLICY, IGNORED))

    for with_gap, without in zip(counted, ignored, strict=True):
        if with_gap.p_worsening is not None:
            assert with_gap.p_worsening >= without.p_worsening
        same = {"p_worsening": None, "extra_check_ins": 0}
        assert with_gap._replace(**same) == without._replace(**same)


def test_the_gap_is_evidence_also_where_the_diary_is_scored_in_parts():
    entries = [*WEEKLY, entry_of(60, gap_reason="too_unwell"), entry_of(70, pain_worst=5)]
    trajectory = Engine().begin(UNKNOWN)
    for entry in entries:
        trajectory.add([entry])

    assert trajectory.snapshot() == whole_snapshot(entries)
    assert score_diary(entries).scores[-1].p_worsening == p_after(70, entries[-2])


def whole_snapshot(entries):
    trajectory = Engine().begin(UNKNOWN)
    trajectory.add(entries)
    return trajectory.snapshot()
