"""Reporting pattern: usual interval, thinning, and the limit of silence."""

import json
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.domain.alerts.finding import FindingKind, Tier
from api.domain.alerts.urgency import Tiers
from api.domain.diary.state_codec import codec_of
from api.domain.entries.questions import Entry
from api.domain.policy import Policy
from api.domain.trajectory.engine import Engine, PatientFactors
from api.domain.trajectory.reporting_history import ReportingHistory, record_day
from api.domain.trajectory.reporting_pattern import (
    ReportingState,
    ReportingSummary,
    estimate_pattern,
    summarise_reporting,
)
from api.domain.trajectory.rules import silence
from tests.support.diaries import DAY_0, day, days_of, entry_of, findings_of

POLICY = Policy()
SILENCE = FindingKind.SILENCE
HISTORY_CODEC = codec_of(ReportingHistory)
REPORTING, DECLINING, SILENT = ReportingState.REPORTING, ReportingState.DECLINING, ReportingState.SILENT


def on(*days: int) -> list[Entry]:
    """Return an entry on each of the days."""
    return [entry_of(n, pain_worst=2) for n in days]


def every(step: int, until: int, *, since: int = 0) -> list[Entry]:
    return on(*range(since, until + 1, step))


def bursts(months: int, *, of: int = 7, cycle: int = 28) -> list[Entry]:
    """Return a diary of some days in a row, then nothing until four weeks are over."""
    return on(*(cycle * month + n for month in range(months) for n in range(of)))


def course_of(entries, facts=PatientFactors(), engine=Engine()):
    course = engine.begin(facts)
    course.add(entries)
    return course


def written_on(entries) -> ReportingHistory:
    written = ReportingHistory()
    for entry in sorted(entries, key=lambda entry: entry.local_date):
        written = record_day(written, entry.local_date.toordinal(), entry.recorded_at, POLICY)
    return written


def reporting(entries, today, facts=PatientFactors()) -> ReportingSummary:
    return summarise_reporting(written_on(entries), day(today).toordinal(), facts, POLICY)


def limit(entries, facts=PatientFactors()) -> int:
    return estimate_pattern(written_on(entries), facts, POLICY).limit_days


def silences(entries, facts=PatientFactors()):
    """Return the silences of a diary, day by day."""
    found = [
        silence.finding(
            written_on(entries[:n]), entry.local_date.toordinal(), facts, POLICY, has_resumed=True
        )
        for n, entry in enumerate(entries)
    ]
    return [each for each in found if each is not None]


@pytest.mark.parametrize(
    ("who", "entries", "limit_days"),
    [
        ("daily", every(1, 40), 14),
        ("every second day", every(2, 40), 14),
        ("every fifth day", every(5, 60), 15),
        ("weekly", every(7, 63), 21),
        ("every second week", every(14, 70), 42),
        ("monthly", every(28, 112), 70),
        ("on the same date of each month", on(0, 31, 59, 90), 70),
        ("in bursts, for four months", bursts(4), 44),
        ("one entry", on(0), 35),
        ("two entries on two days", on(0, 1), 35),
        ("three in three weeks", on(0, 7, 14), 35),
        ("thirteen days in a row", every(1, 12), 35),
        ("fourteen days in a row", every(1, 13), 14),
        ("two, a month apart", on(0, 28), 70),
    ],
)
def test_the_limit_of_silence_follows_from_the_usual_interval(who, entries, limit_days):
    assert limit(entries) == limit_days, who


@pytest.mark.parametrize(
    ("who", "entries", "today", "state"),
    [
        ("daily, 13 days ago", every(1, 40), 53, REPORTING),
        ("daily, 14 days ago", every(1, 40), 54, SILENT),
        ("weekly, 20 days ago", every(7, 63), 83, REPORTING),
        ("weekly, 21 days ago", every(7, 63), 84, SILENT),
        ("monthly, 69 days ago", every(28, 112), 181, REPORTING),
        ("monthly, 70 days ago", every(28, 112), 182, SILENT),
        ("one entry, 34 days ago", on(0), 34, REPORTING),
        ("one entry, 35 days ago", on(0), 35, SILENT),
        ("daily, then twice a week", [*every(1, 40), *every(4, 68, since=44)], 69, DECLINING),
        ("daily, then every third day", [*every(1, 40), *every(3, 67, since=43)], 69, DECLINING),
        ("daily, then two of three", on(*range(41), *range(43, 68, 3), *range(44, 69, 3)), 69, REPORTING),
        ("weekly, then one in four weeks", [*every(7, 42), *on(56)], 70, DECLINING),
        ("weekly, then two in four weeks", [*every(7, 42), *on(49, 56)], 70, REPORTING),
        ("three weeks of daily entries, then few", [*every(1, 20), *on(26, 33, 40)], 47, REPORTING),
        ("daily, seen on a day before the last", every(1, 40), 30, REPORTING),
    ],
)  # fmt: skip
def test_the_state_of_a_diary_on_a_day(who, entries, today, state):
    assert reporting(entries, today).state is state, who


def test_a_patient_without_entries_has_no_state_and_no_silence():
    course = Engine().begin(PatientFactors())

    assert course.reporting_on(day(400)) is None
    assert course.silent_from is None
    assert course.silence_on(day(400)) is None


def test_the_state_carries_what_it_was_judged_by():
    seen = reporting([*every(1, 41), *every(4, 68, since=44)], 69)

    assert (seen.last_day, seen.silent_from) == (day(68), day(82))
    assert (seen.entry_days, seen.observed_days) == (49, 69)
    assert seen.mean_interval_days == pytest.approx(68 / 48)
    assert (seen.recent_entry_days, seen.expected_entry_days) == (7, 28.0)


def test_entries_in_bursts_are_raised_once_and_are_then_the_pattern():
    assert len(silences(bursts(12))) == 1


@pytest.mark.parametrize("step", [1, 2, 5, 7, 14, 28])
def test_a_regular_diary_is_never_silent(step):
    assert silences(every(step, 700)) == []


@pytest.mark.parametrize(
    "facts", [PatientFactors(), PatientFactors(ai_started_on=day(0)), PatientFactors(ai_started_on=day(-400))]
)
def test_entries_at_check_ins_are_no_silence_when_check_ins_become_monthly(facts):
    weekly, monthly = range(0, 85, 7), range(112, 400, 28)
    diary = on(*weekly, *monthly)

    assert silences(diary, facts) == []
    seen = [reporting([e for e in diary if e.local_date <= day(n)], n, facts) for n in range(400)]
    assert {each.state for each in seen} == {REPORTING}
    assert seen[111].silent_from == day(84 + 35)


def test_weekly_entries_without_check_ins_are_missed_after_three_weeks_again():
    assert limit(every(7, 84)) == 35
    assert limit(every(7, 84 + 28)) == 21


def test_daily_entries_are_missed_after_two_weeks_whatever_the_check_ins():
    assert limit(every(1, 84)) == 14


def test_tablets_that_start_later_keep_the_questions_weekly_for_longer():
    started_late = PatientFactors(ai_started_on=day(30))

    assert limit(every(7, 84), started_late) == 21
    assert limit(every(7, 98), started_late) == 35


def test_a_nurse_can_check_the_reason_of_a_lasting_silence():
    found = course_of(every(2, 40)).silence_on(day(60))

    assert found.reason == (
        "no entry since 14 February 2026, for 14 days or more; "
        "entries usually come every 2 days (21 of the 41 days up to then)"
    )
    assert (found.kind, found.tier) == (SILENCE, Tier.ROUTINE)
    assert (found.key, found.day) == (day(40).isoformat(), day(54))
    assert found.raised_at == entry_of(40).recorded_at + timedelta(days=14)
    assert found.source.startswith("unverified")
    assert found.numbers["limit_days"] == 14
    assert found.numbers["usual_interval_days"] == 2.0
    assert found.numbers["wrote_again_on"] is None


def test_after_the_next_entry_the_same_silence_has_another_reason():
    lasting = course_of(every(2, 40)).silence_on(day(60))
    (ended,) = findings_of([*every(2, 40), *on(62)], SILENCE)

    assert ended.reason == (
        "no entry between 14 February 2026 and 8 March 2026, 22 days; "
        "entries usually come every 2 days (21 of the 41 days up to then); entries have resumed"
    )
    same = ("kind", "tier", "key", "day", "raised_at", "source")
    assert [getattr(ended, name) for name in same] == [getattr(lasting, name) for name in same]
    assert (ended.numbers["wrote_again_on"], ended.numbers["days_without_entry"]) == ("2026-03-08", 22)


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        (every(1, 40), "entries usually come every day (41 of the 41 days up to then)"),
        (on(0, 1), "how often entries usually come is not known yet (days with an entry: 2)"),
        (bursts(4), "every 3.3 days (28 of the 91 days up to then, twice after 22 days or more)"),
        (
            every(7, 84),
            "every 7 days (13 of the 85 days up to then), but the check-in had just become due only "
            "every 4 weeks",
        ),
    ],
)
def test_the_reason_gives_the_usual_interval(entries, words):
    course = course_of(entries)

    assert words in course.silence_on(course.silent_from).reason


def test_an_entry_on_the_last_day_before_it_is_too_long_prevents_the_finding():
    assert findings_of([*every(1, 40), *on(53)], SILENCE) == []
    assert days_of(findings_of([*every(1, 40), *on(54)], SILENCE)) == [54]


def test_silence_ends_and_begins_no_other_trouble():
    severe = [entry_of(n, pain_worst=9) for n in range(20)]
    again = [entry_of(n, pain_worst=9) for n in range(40, 43)]

    assert days_of(findings_of([*severe, *again], FindingKind.SEVERE_SYMPTOMS)) == [2, 40]


def test_a_day_filled_in_later_does_not_move_the_moment_by_more_than_a_day():
    late = Entry(entry_of(40).id, datetime.combine(day(50), time(9), UTC), day(40), {"pain_worst": 2})

    found = course_of([*every(1, 39), late]).silence_on(day(60))

    assert found.raised_at == datetime.combine(day(41 + 14), time(12), UTC)


def test_a_patient_who_fills_in_earlier_days_is_not_silent_yet():
    course = course_of(every(1, 40))

    assert course.silence_on(day(54)) is not None
    assert course.silence_on(day(54), last_entry_on=day(50)) is None
    assert course.silence_due(day(50)) == day(64)
    assert course.silence_on(day(64), last_entry_on=day(50)).day == day(54)


def test_the_site_chooses_how_soon_silence_is_answered():
    course = course_of(every(1, 40), engine=Engine(tiers=Tiers({FindingKind.SILENCE: Tier.SAME_DAY})))

    assert course.silence_on(day(60)).tier is Tier.SAME_DAY


def test_ten_years_and_the_edge_of_the_calendar_are_bounded():
    policy = Policy()
    written = ReportingHistory()
    for n in range(DAY_0.toordinal(), DAY_0.toordinal() + 3650):
        written = record_day(written, n, datetime(2026, 1, 1, tzinfo=UTC), policy)
    assert written.days.bit_length() == 112
    assert len(json.dumps(HISTORY_CODEC.dump(written))) < 100
    assert HISTORY_CODEC.load(json.loads(json.dumps(HISTORY_CODEC.dump(written)))) == written

    edge = Entry(entry_of(0).id, datetime(9999, 12, 31, 9, tzinfo=UTC), date.max, {})
    course = course_of([edge])
    assert course.silence_on(edge.local_date) is None


days = st.lists(st.integers(0, 400), min_size=1, max_size=60, unique=True)


@given(days=days, started=st.none() | st.integers(-400, 400))
def test_the_limit_lies_within_two_and_ten_weeks_and_112_days_are_remembered(days, started):
    facts = PatientFactors(ai_started_on=None if started is None else day(started))

    written = written_on(on(*days))
    recent = [n for n in days if n > max(days) - 112]

    assert 14 <= limit(on(*days), facts) <= max(70, 1.5 * 200)
    assert written.days.bit_count() == len([n for n in recent if day(n).toordinal() >= written.first_day])


few_days = st.lists(st.integers(0, 200), min_size=1, max_size=12, unique=True)


@settings(max_examples=25, deadline=None)
@given(days=few_days, data=st.data())
def test_batches_snapshots_and_order_change_neither_state_nor_silence(days, data):
    entries = data.draw(st.permutations(on(*days)))
    in_order = sorted(entries, key=lambda entry: entry.local_date)
    cut = data.draw(st.integers(0, len(entries)))
    course = Engine().begin(PatientFactors())
    course.add(in_order[:cut])
    course = Engine().resume(PatientFactors(), json.loads(json.dumps(course.snapshot())))
    course.add(in_order[cut:])
    at_once = course_of(entries)
    today = day(max(days) + data.draw(st.integers(0, 90)))

    assert course.reporting_on(today) == at_once.reporting_on(today)
    assert course.silence_on(today) == at_once.silence_on(today)


@settings(max_examples=25, deadline=None)
@given(days=few_days)
def test_every_gap_over_the_limit_in_a_known_rhythm_is_found_once_and_no_other(days):
    numbers = sorted(days)
    expected = []
    for nth, following in enumerate(numbers[1:], 1):
        last, habit = (
            numbers[nth - 1],
            estimate_pattern(written_on(on(*numbers[:nth])), PatientFactors(), POLICY),
        )
        within = habit.limit_days
        if following - last >= within and habit.interval_days is not None:
            expected.append((day(last).isoformat(), day(last + within)))

    assert [(found.key, found.day) for found in findings_of(on(*days), SILENCE)] == expected


def test_replaced_scores_start_on_the_day_the_silence_started():
    course = course_of(every(1, 40))

    assert course.add(on(60)).since == day(54)
    assert course.add([entry_of(60, nth=1, stiffness=3)]).since == day(54)
    assert course.add(on(61)).since == day(61)
