"""Reasons for gaps: never a report, one interval at most, and care at once where it may be needed."""

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.domain.alerts.budget import AlertBudget, AlertCandidate, BudgetWeek, rank_alerts
from api.domain.alerts.finding import FindingKind, Tier
from api.domain.alerts.status import priority
from api.domain.alerts.urgency import Tiers
from api.domain.entries.questions import GAP_REASONS, MARKS, Entry
from api.domain.policies.budget_weeks import simulate_budget
from api.domain.trajectory.engine import Engine, PatientFactors
from api.domain.trajectory.outcome import ScoreStatus
from tests.support.diaries import UNKNOWN, day, entry_of, findings_of, last_score, score_diary

SILENCE = FindingKind.SILENCE
NO_EVIDENCE = ("forgot", "technical", "do_not_want")
UNWELL = ("too_unwell", "hospital")
reasons = st.sampled_from(GAP_REASONS)


def weekly(weeks: int = 8, **answers: Any) -> list[Entry]:
    return [entry_of(7 * n, **(answers or {"pain_worst": 3})) for n in range(weeks)]


def reason(on: int, why: str = "forgot", nth: int = 0) -> Entry:
    return entry_of(on, nth=nth, gap_reason=why)


def silent_from(entries: list[Entry], facts: PatientFactors = UNKNOWN):
    course = Engine().begin(facts)
    course.add(entries)
    return course.silent_from


@pytest.mark.parametrize("why", GAP_REASONS)
def test_a_reason_alone_scores_nothing_and_shows_none_of_the_levels_before(why: str):
    entries = [entry_of(n, pain_worst=2, dose="taken", confidence=9) for n in range(40)]

    score = last_score([*entries, reason(42, why)])

    assert score.local_date == day(42)
    assert score.status is ScoreStatus.NO_PAIN_ANSWER
    known = {"local_date": None, "status": None, "unknown_doses_28d": None, "extra_check_ins": None}
    assert {*score._replace(**known)} == {None}


@pytest.mark.parametrize("why", GAP_REASONS)
def test_a_reason_beside_answers_leaves_their_score_and_makes_the_gap_no_evidence(why: str):
    def last(on: int, **more: Any):
        return last_score([*weekly(), entry_of(on, pain_worst=4, **more)])

    assert last(56, gap_reason=why) == last(56)
    late, explained = last(70), last(70, gap_reason=why)
    assert explained._replace(p_worsening=late.p_worsening) == late
    assert (explained.p_worsening < late.p_worsening) is (why in NO_EVIDENCE)


@given(days=st.sets(st.integers(1, 48).filter(lambda n: n % 7), max_size=6), why=reasons)
@settings(max_examples=25)
def test_reasons_alone_leave_every_other_day_as_it_is(days: set[int], why: str):
    plain, told = score_diary(weekly()), score_diary([*weekly(), *(reason(n, why) for n in days)])

    assert [score for score in told.scores if score.local_date not in {day(n) for n in days}] == [
        *plain.scores
    ]
    assert [found for found in told.findings if found.numbers.get("gap_reason") is None] == [*plain.findings]


@pytest.mark.parametrize("why", GAP_REASONS)
def test_a_reason_postpones_silence_by_one_usual_interval(why: str):
    assert silent_from(weekly()) == day(49 + 21)
    assert silent_from([*weekly(), reason(60, why)]) == day(49 + 21 + 7)


def test_where_the_interval_is_not_known_a_reason_postpones_silence_by_a_week_or_as_planned():
    few = [entry_of(0, pain_worst=2)]

    assert silent_from([*few, reason(10)]) == day(35 + 7)
    assert silent_from([*few, reason(10)], PatientFactors(check_in_days=14)) == day(35 + 14)


@given(given=st.lists(st.tuples(st.integers(50, 200), reasons), max_size=8, unique_by=lambda each: each[0]))
@settings(max_examples=40)
def test_any_number_of_reasons_postpones_silence_by_one_interval_at_most(given: list[tuple[int, str]]):
    postponed = silent_from([*weekly(), *(reason(*each) for each in given)]) - silent_from(weekly())

    assert timedelta(0) <= postponed <= timedelta(days=7)


def test_a_reason_given_once_the_silence_has_begun_postpones_nothing_and_the_silence_goes_on():
    entries = [*weekly(), reason(71, "technical")]
    (found,) = findings_of(entries, SILENCE)

    assert silent_from(entries) == day(70)
    assert (found.key, found.day) == (day(49).isoformat(), day(70))
    assert found.reason.startswith("no entry since 23 February 2026, for 21 days or more")


def test_a_silence_that_was_postponed_gives_the_days():
    (found,) = findings_of([*weekly(), reason(60), entry_of(80, pain_worst=3)], SILENCE)

    assert found.day == day(77)
    assert "a reason for the gap was given, which allows 7 days more" in found.reason
    assert found.numbers["postponed_days"] == 7


def test_the_next_entry_ends_what_a_reason_has_postponed():
    again = [entry_of(63 + 7 * n, pain_worst=3) for n in range(3)]

    assert silent_from([*weekly(), reason(60), *again]) == silent_from([*weekly(), *again])


def test_a_diary_of_reasons_alone_is_never_silent():
    course = Engine().begin(UNKNOWN)
    course.add([reason(3), reason(9)])

    assert course.silent_from is None
    assert course.silence_on(day(400)) is None
    assert course.reporting_on(day(400)) is None


@pytest.mark.parametrize("why", NO_EVIDENCE)
@pytest.mark.parametrize("answers", [{}, {"pain_worst": 3}])
def test_forgetting_a_broken_phone_and_not_wanting_are_no_evidence(why: str, answers: dict[str, Any]):
    entries = [*weekly(), entry_of(60, gap_reason=why, **answers)]

    assert score_diary(entries).findings == score_diary(weekly()).findings


@pytest.mark.parametrize("why", UNWELL)
@pytest.mark.parametrize("answers", [{}, {"pain_worst": 3}])
def test_being_unwell_or_in_hospital_is_found_on_the_day_it_is_given(why: str, answers: dict[str, Any]):
    given_in = entry_of(60, gap_reason=why, **answers)
    (found,) = findings_of([*weekly(), given_in], SILENCE)

    assert (found.key, found.day, found.raised_at) == (str(given_in.id), day(60), given_in.recorded_at)
    assert (found.tier, found.numbers) == (Tier.ROUTINE, {"gap_reason": why})
    assert "6 March 2026" in found.reason
    assert "the same working day" in found.reason
    assert "38879861" in found.source


def test_a_site_that_leaves_silence_to_the_patient_still_hears_of_the_unwell():
    engine = Engine(tiers=Tiers({SILENCE: Tier.SELF_CARE}))
    found = (
        engine.begin(UNKNOWN).add([*weekly(), reason(60, "hospital"), entry_of(90, pain_worst=1)]).findings
    )

    assert [each.tier for each in found if each.kind is SILENCE] == [Tier.ROUTINE, Tier.SELF_CARE]


def test_what_is_due_today_is_never_held_back_and_comes_first_of_its_tier():
    (found,) = findings_of([*weekly(), reason(60, "too_unwell")], SILENCE)
    named = ("P1", "P1", SILENCE, Tier.ROUTINE, found.raised_at)
    none_left = AlertBudget().patients_per_week(1)
    week = BudgetWeek(1, frozenset(range(none_left)))
    held, sent = (
        rank_alerts([each], week, budget=AlertBudget(), now=found.raised_at)[0].is_held_back
        for each in (AlertCandidate(*named), AlertCandidate(*named, due_today=True))
    )

    assert (held, sent) == (True, False)
    assert simulate_budget([(found, "P1")], {}, AlertBudget()).budgeted_weeks == 0
    others = (kind for kind in FindingKind if kind is not FindingKind.RED_FLAG)
    assert priority(SILENCE, Tier.ROUTINE, due_today=True) > max(
        priority(kind, Tier.ROUTINE) for kind in others
    )


rows = st.lists(
    st.tuples(st.integers(0, 120), st.none() | st.integers(0, 10), st.none() | reasons), max_size=25
)


@given(rows=rows, data=st.data())
@settings(max_examples=40)
def test_reasons_keep_the_law_of_order_through_snapshots(rows: list[Any], data: st.DataObject):
    entries = []
    for nth, (on, pain, why) in enumerate(rows):
        answers = {"pain_worst": pain, "gap_reason": why}
        answers = {name: value for name, value in answers.items() if value is not None}
        entries.append(entry_of(on, nth=nth % 4, **answers))
    at_once = Engine().begin(UNKNOWN)
    whole = at_once.add(data.draw(st.permutations(entries)))
    entries.sort(key=lambda entry: entry.local_date)
    cut = data.draw(st.integers(0, len(entries)))
    in_parts = Engine().begin(UNKNOWN)
    first = in_parts.add(entries[:cut])
    in_parts = Engine().resume(UNKNOWN, json.loads(json.dumps(in_parts.snapshot())))
    second = in_parts.add(entries[cut:])

    kept = [found for found in first.findings if found.day < second.since]
    assert {(each.kind, each.key): each for each in (*kept, *second.findings)} == {
        (each.kind, each.key): each for each in whole.findings
    }
    assert in_parts.snapshot() == at_once.snapshot()


MARKED = [{mark.name: option} for mark in MARKS for option in mark.kind.options] + [  # type: ignore[attr-defined]
    {"asked": "burst"}, {"via": "phone", "reported_by": "proxy"}
]  # fmt: skip


@pytest.mark.parametrize("marks", MARKED, ids=str)
def test_a_change_of_mode_or_reporter_is_no_evidence_and_the_answers_count_alike(marks: dict[str, str]):
    answers = [{"pain_worst": 2 + 4 * (n > 40), "stiffness": n % 4, "dose": "taken"} for n in range(70)]
    plain = [entry_of(n, **each) for n, each in enumerate(answers)]
    changed = [entry_of(n, **each, **(marks if n > 35 else {})) for n, each in enumerate(answers)]

    assert score_diary(changed).scores == score_diary(plain).scores
    kinds = [[found.kind for found in score_diary(entries).findings] for entries in (changed, plain)]
    assert kinds[0] == kinds[1]
    assert FindingKind.WORSENING in kinds[0]


def test_a_red_flag_told_by_a_proxy_on_the_telephone_is_found_like_the_patients_own():
    flag = {"red_flags": ["chest_pain"]}

    told = findings_of([entry_of(0, **flag, via="phone", reported_by="proxy")], FindingKind.RED_FLAG)

    assert told == findings_of([entry_of(0, **flag)], FindingKind.RED_FLAG)
    assert told[0].tier is Tier.SAME_DAY


def test_a_change_of_cadence_alone_raises_nothing():
    daily = [entry_of(n, pain_worst=3) for n in range(40)]
    then_weekly = [entry_of(40 + 7 * n, pain_worst=3) for n in range(6)]

    assert score_diary([*daily, *then_weekly]).findings == ()
