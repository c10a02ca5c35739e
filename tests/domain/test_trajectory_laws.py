"""Laws of trajectories, for any diary: order does not matter, blank is blank, ranges hold."""

import json
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from api.domain.entries.questions import GAP_REASONS, RED_FLAGS, Entry
from api.domain.trajectory.engine import Engine, OutOfOrder, PatientFactors, SnapshotOutdated
from tests.support.diaries import DAY_0, daily, day, entry_of, last_score, score_diary

ENGINE = Engine()
scale = st.integers(0, 10) | st.floats(0, 10)
answers = st.fixed_dictionaries(
    {},
    optional={
        "pain_worst": scale,
        "stiffness": scale,
        "interference": scale,
        "dose": st.sampled_from(["taken", "missed", "skipped"]),
        "doses_missed_7d": st.integers(0, 7),
        "confidence": st.integers(0, 10),
        "wants_to_stop": st.booleans(),
        "red_flags": st.lists(st.sampled_from(RED_FLAGS), min_size=1, max_size=2, unique=True),
        "side_effects_bother": st.integers(0, 10),
        "cost_trouble": st.booleans(),
        "asked": st.sampled_from(["own", "prompted", "burst"]),
        "gap_reason": st.sampled_from(GAP_REASONS),
    },
) | st.builds(lambda why: {"gap_reason": why}, st.sampled_from(GAP_REASONS))
factors = st.builds(PatientFactors, ai_started_on=st.none() | st.integers(-10, 60).map(day))


@st.composite
def diaries(draw: st.DrawFn) -> list[Entry]:
    """Draw some entries: gaps, several a day, equal times, late entries; no two the same."""
    numbers = draw(st.lists(st.integers(0, 120), min_size=1, max_size=40))
    entries = []
    for nth, number in enumerate(numbers):
        moment = datetime(2026, 1, 5, tzinfo=UTC) + timedelta(
            days=number + draw(st.sampled_from([0, 0, 0, 1, 3, 30])), hours=draw(st.integers(0, 2))
        )
        entries.append(Entry(UUID(int=nth + 1), moment, day(number), draw(answers)))
    return draw(st.permutations(entries))


def stored(outcomes):
    """Apply outcomes as a store does: each replaces everything from its first day on."""
    scores, findings = {}, {}
    for one in outcomes:
        scores = {at: s for at, s in scores.items() if at < one.since} | {s.local_date: s for s in one.scores}
        findings = {k: f for k, f in findings.items() if f.day < one.since}
        findings |= {(f.kind, f.key): f for f in one.findings}
    return repr(sorted(scores.items())), repr(sorted(findings.values(), key=lambda f: (f.day, f.kind, f.key)))


@given(diary=diaries(), factors=factors, data=st.data())
def test_the_state_does_not_depend_on_how_the_entries_arrived(diary, factors, data):
    in_order = sorted(diary, key=lambda entry: entry.local_date)  # within a day: as drawn
    cuts = sorted(data.draw(st.sets(st.integers(1, len(diary)))) | {len(diary)})
    trajectory, outcomes, begun = ENGINE.begin(factors), [], 0
    for cut in cuts:
        outcomes.append(trajectory.add(in_order[begun:cut]))
        trajectory = ENGINE.resume(factors, json.loads(json.dumps(trajectory.snapshot())))
        begun = cut

    at_once = ENGINE.begin(factors)
    assert stored(outcomes) == stored([at_once.add(diary)])
    assert json.dumps(trajectory.snapshot()) == json.dumps(at_once.snapshot())
    assert trajectory.last_day == max(entry.local_date for entry in diary)


@given(diary=diaries(), factors=factors)
def test_sending_an_entry_twice_changes_nothing(diary, factors):
    assert stored([ENGINE.begin(factors).add(diary + diary)]) == stored([ENGINE.begin(factors).add(diary)])


@given(diary=diaries(), factors=factors, late=answers)
def test_an_entry_before_the_last_day_is_rejected_and_changes_nothing(diary, factors, late):
    trajectory = ENGINE.begin(factors)
    trajectory.add(diary)
    before = json.dumps(trajectory.snapshot())
    too_late = Entry(UUID(int=99), datetime(2026, 1, 4, tzinfo=UTC), DAY_0 - timedelta(days=1), late)

    with pytest.raises(OutOfOrder):
        trajectory.add([entry_of(60, pain_worst=3), too_late])

    assert json.dumps(trajectory.snapshot()) == before


@given(diary=diaries(), factors=factors)
def test_every_number_keeps_its_range(diary, factors):
    for score in ENGINE.begin(factors).add(diary).scores:
        levels = (score.pain_level, score.pain_baseline, score.stiffness_level, score.interference_level)
        shares = (score.p_worsening, score.self_reported_pdc_7d, score.self_reported_pdc_28d)
        assert all(level is None or -1e-9 <= level <= 10 + 1e-9 for level in levels)
        for name in ("pain", "stiffness"):
            low, level, high = (getattr(score, f"{name}_level{end}") for end in ("_low", "", "_high"))
            assert (low is None) == (level is None) == (high is None)
            assert level is None or 0 <= low <= level + 1e-9 <= high + 2e-9 <= 10 + 2e-9
        assert all(share is None or 0 <= share <= 1 for share in shares)
        assert 0 <= score.unknown_doses_28d <= 28
        assert score.risk_90d is None or 0 <= score.risk_90d <= 1


@given(diary=diaries(), factors=factors)
def test_an_entry_without_an_answer_changes_no_number(diary, factors):
    assume(not diary[0].is_reason_only)  # a note makes a report of that day
    silent = Entry(UUID(int=99), diary[0].recorded_at, diary[0].local_date, {"note": "at my sister's"})

    with_it, without = (ENGINE.begin(factors).add(d).scores for d in ([*diary, silent], diary))

    assert with_it == without


@given(diary=diaries(), factors=factors)
def test_findings_are_json_with_reason_and_source_and_one_key_each(diary, factors):
    found = ENGINE.begin(factors).add(diary).findings

    assert len({(finding.kind, finding.key) for finding in found}) == len(found)
    for finding in found:
        json.dumps(dict(finding.numbers), allow_nan=False)
        assert finding.reason
        assert finding.source


def test_more_pain_today_never_lowers_the_level():
    before = daily([2, 3, 4] * 12)

    scores = [score_diary([*before, entry_of(36, pain_worst=pain)]).scores[-1] for pain in range(11)]

    levels = [s.pain_level for s in scores]
    assert levels == sorted(levels)


def test_a_larger_lasting_rise_is_never_less_likely_one():
    before = [2, 3, 2, 1, 3, 2, 2] * 5

    chances = [last_score(daily([*before, *[2 + rise] * 9])).p_worsening for rise in (0, 1, 2, 3, 4)]

    assert chances == sorted(chances)


def test_a_snapshot_of_a_full_diary_is_small():
    trajectory = ENGINE.begin(PatientFactors(ai_started_on=day(28)))
    everything = {"stiffness": 3.3, "interference": 4.7, "confidence": 7, "doses_missed_7d": 3}
    trajectory.add([entry_of(n, pain_worst=1.1 + n % 7, **everything) for n in range(100)])

    assert len(json.dumps(trajectory.snapshot(), separators=(",", ":"))) < 7800


def test_no_entries_replace_nothing():
    empty = ENGINE.begin(PatientFactors()).add([])

    assert (empty.since, empty.scores, empty.findings) == (date.max, (), ())


def test_a_trajectory_before_the_first_entry_can_be_stored():
    trajectory = ENGINE.resume(
        PatientFactors(), json.loads(json.dumps(ENGINE.begin(PatientFactors()).snapshot()))
    )

    assert trajectory.last_day is None
    assert trajectory.add(daily([1])).scores


def test_a_snapshot_of_another_engine_or_of_other_factors_is_rejected():
    layout, version, *rest = ENGINE.begin(PatientFactors()).snapshot()

    with pytest.raises(SnapshotOutdated):
        ENGINE.resume(PatientFactors(), [layout, "0" * 12, *rest])
    with pytest.raises(SnapshotOutdated):
        ENGINE.resume(PatientFactors(ai_started_on=day(0)), [layout, version, *rest])


def test_a_snapshot_of_another_format_is_rejected():
    layout, version, *rest = ENGINE.begin(PatientFactors()).snapshot()

    with pytest.raises(SnapshotOutdated):
        ENGINE.resume(PatientFactors(), [layout - 1, version, *rest])
    with pytest.raises(SnapshotOutdated):
        ENGINE.resume(PatientFactors(), [version, *rest])
