"""The history that the risk keeps: tablets counted once, blanks that are no answers, a fixed size."""

import json
import math

import pytest
from hypothesis import given

from api.domain.diary.patient_factors import PatientFactors
from api.domain.risk.history import RISK_HISTORY_CODEC
from tests.support.diaries import day, entry_of
from tests.support.risks import STARTED, diaries, drawn, history_of, risk_after, value


def test_a_blank_is_neither_a_nought_nor_a_tablet():
    entries = [entry_of(n, pain_worst=6, dose="missed", confidence=3) for n in range(40)]
    blank = entry_of(40, stiffness=2)
    before, after = history_of(entries), history_of([*entries, blank])
    spoken = {"pain": 6, "doses": 1, "doubt": 7}
    for name, answer in spoken.items():
        weight, total = getattr(after, name)
        assert total / weight == pytest.approx(answer)
        assert weight < getattr(before, name).weight
    assert value([entry_of(n, stiffness=2) for n in range(5)], "pain") is None
    assert value([entry_of(n, stiffness=2) for n in range(5)], "missed") is None
    assert value([entry_of(n, stiffness=2) for n in range(5)], "doubt") is None
    assert value([entry_of(n, stiffness=2) for n in range(5)], "tamoxifen") is None


def test_a_week_reported_at_once_counts_as_its_days_but_never_twice():
    weekly = [entry_of(7 * n, doses_missed_7d=2) for n in range(4)]
    assert history_of(weekly).doses.weight == pytest.approx(sum(7 * 0.5 ** (7 * n / 112) for n in range(4)))

    both = [entry_of(n, dose="taken", **({"doses_missed_7d": 1} if n % 7 == 6 else {})) for n in range(14)]
    daily = [entry_of(n, dose="taken") for n in range(14)]
    assert history_of(both).doses == history_of(daily).doses

    twice = [entry_of(0, doses_missed_7d=7), entry_of(1, doses_missed_7d=7)]
    assert history_of(twice).doses.weight == pytest.approx(7 * 0.5 ** (1 / 112) + 1)


def test_an_answer_about_today_does_not_hide_tablets_missed_this_week():
    hidden = [entry_of(7 * n, dose="taken", doses_missed_7d=5) for n in range(4)]
    plain = [entry_of(7 * n, doses_missed_7d=5) for n in range(4)]

    assert history_of(hidden).doses == history_of(plain).doses
    long_ago = PatientFactors(ai_started_on=day(-60))
    assert risk_after(hidden, long_ago).risk == risk_after(plain, long_ago).risk


def test_no_tablet_is_left_out_before_the_tablets_begin():
    before = [entry_of(n, dose="missed", doses_missed_7d=7) for n in range(28)]
    since = [entry_of(28 + n, dose="taken", doses_missed_7d=0) for n in range(5)]

    assert value([*before, *since], "missed", PatientFactors(ai_started_on=day(28))) == 0
    assert value([entry_of(1, dose="skipped"), *since], "skipped", PatientFactors(ai_started_on=day(28))) == 0
    assert value([*before, *since], "missed", PatientFactors(ai_started_on=day(0))) > 5


def test_a_reported_week_counts_only_days_on_the_tablets():
    [three_days] = [entry_of(2, doses_missed_7d=3)]

    assert history_of([three_days], STARTED).doses == (3, 3)


def test_missed_and_skipped_tablets_are_kept_apart():
    entries = [entry_of(n, dose=("missed", "skipped", "taken", "taken")[n % 4]) for n in range(80)]

    missed, skipped = value(entries, "missed"), value(entries, "skipped")
    assert missed == pytest.approx(skipped, rel=0.05)
    assert 1.8 < missed < 2.5


@given(diary=diaries)
def test_the_history_passes_through_json_unchanged(diary):
    history = history_of(drawn(diary))

    assert RISK_HISTORY_CODEC.load(json.loads(json.dumps(RISK_HISTORY_CODEC.dump(history)))) == history


def test_the_history_stays_small_however_long_the_diary():
    everything = {"pain_worst": 3.7, "stiffness": 2.1, "interference": 3.3, "confidence": 6, "dose": "missed"}
    short = RISK_HISTORY_CODEC.dump(history_of([entry_of(n, **everything) for n in range(100)]))
    ten_years = RISK_HISTORY_CODEC.dump(history_of([entry_of(n, **everything) for n in range(3650)]))

    assert len(short) == len(ten_years)
    assert len(json.dumps(ten_years)) < 500
    assert all(math.isfinite(number) for number in ten_years)
