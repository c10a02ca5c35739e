"""Tablets, confidence, and explicit statements."""

import pytest

from api.domain.alerts.finding import FindingKind, Tier
from api.domain.entries.questions import RED_FLAGS
from api.domain.trajectory.engine import PatientFactors
from api.domain.trajectory.rules.statements import RED_FLAG_WORDS
from tests.support.diaries import daily, day, days_of, entry_of, findings_of, last_score, score_diary

GAP, WISH, RED = FindingKind.ADHERENCE_GAP, FindingKind.WISH_TO_STOP, FindingKind.RED_FLAG


def doses(said: str, *, since: int = 0) -> list:
    """Return a day for each letter: taken, missed, skipped, and a dot for a day left out."""
    words = {"t": "taken", "m": "missed", "s": "skipped"}
    return daily([words.get(letter) for letter in said], since=since, name="dose")


@pytest.mark.parametrize(
    ("entries", "week", "month", "unknown"),
    [
        (doses("tttttttt"), 1.0, 1.0, 20),
        (doses("tmttsttt"), 5 / 7, 6 / 8, 20),
        (doses("m......t"), 1.0, 0.5, 26),
        (doses("m" + "t" * 28), 1.0, 1.0, 0),
        ([entry_of(0, pain_worst=3)], None, None, 28),
        ([entry_of(0, doses_missed_7d=0)], 1.0, 1.0, 21),
        ([entry_of(0, doses_missed_7d=7)], 0.0, 0.0, 21),
        ([entry_of(0, doses_missed_7d=2.5)], 4.5 / 7, 4.5 / 7, 21),
        ([entry_of(n, doses_missed_7d=1) for n in (0, 7, 14, 21)], 6 / 7, 24 / 28, 0),
        ([entry_of(0, doses_missed_7d=0), entry_of(60, dose="taken")], 1.0, 1.0, 27),
    ],
)
def test_unanswered_days_are_neither_taken_nor_missed(entries, week, month, unknown):
    score = last_score(entries)

    assert (score.self_reported_pdc_7d, score.self_reported_pdc_28d) == (week, month)
    assert score.unknown_doses_28d == unknown


def test_the_answer_of_a_day_is_not_overwritten_by_the_weekly_number():
    diary = [*doses("mtt"), entry_of(6, doses_missed_7d=2)]

    score = last_score(diary)

    assert score.self_reported_pdc_7d == 5 / 7
    assert last_score([*doses("mmm"), entry_of(6, doses_missed_7d=1)]).self_reported_pdc_7d == 4 / 7


def test_the_latest_weekly_number_of_a_day_counts():
    diary = [entry_of(0, nth=1, doses_missed_7d=1), entry_of(0, doses_missed_7d=6)]

    assert last_score(diary).self_reported_pdc_7d == 6 / 7


def test_taken_precedes_skipped_precedes_missed_on_one_day():
    both = [entry_of(0, dose="missed"), entry_of(0, nth=1, dose="taken"), entry_of(0, nth=2, dose="skipped")]

    assert last_score(both).self_reported_pdc_7d == 1.0


@pytest.mark.parametrize(("started", "unknown"), [(None, 21), (0, 27), (-2, 25), (-30, 21), (5, 28)])
def test_the_weekly_number_does_not_reach_back_before_the_tablets(started, unknown):
    facts = PatientFactors(ai_started_on=None if started is None else day(started))

    assert last_score([entry_of(0, doses_missed_7d=0)], facts).unknown_doses_28d == unknown


@pytest.mark.parametrize(
    ("said", "is_told"),
    [
        ("tttttttttttttt", False),
        ("mtttmttttmttt", False),  # 10 of 13: too few days known
        ("mtttmttttmtttt", True),  # 11 of 14
        ("mttttttttmttttt", False),  # 13 of 15
        ("t.t.t.m.t.t.t.m.t.t.t.m.t.m", True),  # 10 of 14
        ("mmm", True),
        ("mm", False),
        ("mmttttm", True),
        ("sss", True),
    ],
)
def test_a_gap_is_under_80_percent_of_14_known_days_or_three_in_a_week(said, is_told):
    found = findings_of(doses(said), GAP)

    assert bool(found) is is_told


def test_a_gap_tells_skipping_from_missing_and_that_reports_understate():
    diary = [*doses("ttttttttttttttssm", since=0), entry_of(20, doses_missed_7d=4)]

    found = findings_of(diary, GAP)

    assert [finding.reason for finding in found] == [
        "3 of 17 tablets not taken from 25 December 2025 to 21 January 2026 (11 days unanswered), "
        "3 of them in the last 7 of these 28 days: "
        "2 skipped on purpose, 1 missed; 3 or more in 7 days; "
        "self-report tends to understate what was left out"
    ]
    assert "unverified" in found[0].source


def test_a_gap_by_share_cites_its_paper():
    weeks = [entry_of(7 * n, doses_missed_7d=2) for n in range(4)]

    (found,) = findings_of(weeks, GAP)

    assert "Hershman" in found.source
    assert found.tier is Tier.ROUTINE
    assert found.reason.startswith(
        "4 of 14 tablets not taken from 16 December 2025 to 12 January 2026 (14 days unanswered), "
        "2 of them in the last 7 of these 28 days: "
        "4 without saying how; under 80% taken"
    )


def test_a_gap_lasts_until_90_percent_and_is_raised_every_28_days():
    assert days_of(findings_of(doses("mmm" + "tm" * 30), GAP)) == [2, 30, 58]
    assert days_of(findings_of(doses("mmm" + "t" * 20 + "mmm"), GAP)) == [2]
    assert days_of(findings_of(doses("mmm" + "t" * 26 + "mmm"), GAP)) == [2, 31]


@pytest.mark.parametrize(
    ("answers", "told_on"),
    [
        ([2], []),
        ([2, 1], [1]),
        ([3, 2], []),
        ([2, 3, 2], []),
        ([2, *[None] * 27, 1], [28]),
        ([2, *[None] * 28, 1], []),
        ([1] * 40, [1, 29]),
        ([1, 1, 5, 1, 1], [1, 4]),
    ],
)
def test_low_confidence_twice_running_is_a_wish_to_stop(answers, told_on):
    assert days_of(findings_of(daily(answers, name="confidence"), WISH)) == told_on


def test_low_confidence_names_both_answers():
    (found,) = findings_of(daily([2, 0], name="confidence"), WISH)

    assert found.reason == (
        "confidence to go on with the tablets 2 on 2026-01-05, then 0 on 2026-01-06, of 10; "
        "2 or less twice running"
    )


def test_each_entry_that_states_the_wish_to_stop_is_a_finding_of_its_own():
    diary = [
        entry_of(0, wants_to_stop=True),
        entry_of(0, nth=1, wants_to_stop=True),
        entry_of(1, wants_to_stop=False),
    ]

    found = findings_of(diary, WISH)

    assert [finding.key for finding in found] == [str(entry.id) for entry in diary[:2]]
    assert [finding.raised_at for finding in found] == [entry.recorded_at for entry in diary[:2]]


def test_a_red_flag_is_for_the_same_day_and_named_in_plain_words():
    entry = entry_of(0, red_flags=["hot_swollen_joint", "chest_pain"], wants_to_stop=True)

    red, wish = score_diary([entry]).findings

    assert (red.kind, red.tier, red.key) == (RED, Tier.SAME_DAY, str(entry.id))
    assert red.reason == "reports a hot, swollen joint, chest pain on 5 January 2026: can be an emergency"
    assert wish.kind is WISH


def test_every_red_flag_has_words():
    assert set(RED_FLAG_WORDS) == set(RED_FLAGS)


def test_several_missed_of_the_last_seven_count_whatever_the_daily_answers():
    diary = [entry_of(n, dose="taken") for n in range(8)] + [entry_of(8, dose="taken", doses_missed_7d=4)]

    [gap] = findings_of(diary, FindingKind.ADHERENCE_GAP)
    assert "by the weekly answer 4 of 7" in gap.reason
    assert gap.numbers["said_not_taken_7d"] == 4


def test_tablets_before_their_start_are_nobodys_gap():
    diary = [entry_of(n, dose="missed") for n in range(3)]

    assert not findings_of(diary, FindingKind.ADHERENCE_GAP, PatientFactors(ai_started_on=day(20)))
