"""Covariates of the risk: which raise it, in which direction, and by how much."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.diary.patient_factors import PatientFactors
from api.domain.risk.features import FEATURES, NAMES
from tests.support.diaries import DAY_0, UNKNOWN, entry_of
from tests.support.risks import STARTED, diaries, drawn, risk_after, value


@given(diary=diaries, worse=st.integers(0, 10))
def test_more_pain_stiffness_or_interference_never_lowers_the_risk(diary, worse):
    entries = drawn(diary)
    last = entries[-1]
    for name in ("pain_worst", "stiffness", "interference"):
        lower = min(worse, int(last.answers.get(name, worse)))
        risks = []
        for level in (lower, worse):
            changed = entry_of((last.local_date - DAY_0).days, **{**last.answers, name: level})
            found = risk_after([*entries[:-1], changed], UNKNOWN)
            risks.append(None if found is None else found.risk)
        assert risks[0] is None or risks[0] <= risks[1] + 1e-12


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"dose": "taken"}, {"dose": "missed"}),
        ({"dose": "missed"}, {"dose": "skipped"}),
        ({"doses_missed_7d": 0}, {"doses_missed_7d": 4}),
        ({"confidence": 9}, {"confidence": 3}),
        ({"confidence": 9}, {"confidence": 9, "wants_to_stop": True}),
    ],
)
def test_tablets_left_out_doubt_and_a_stated_wish_raise_the_risk(better, worse):
    before = [entry_of(7 * n, pain_worst=3, **better) for n in range(8)]

    assert (
        risk_after([*before, entry_of(56, pain_worst=3, **better)]).risk
        < risk_after([*before, entry_of(56, pain_worst=3, **worse)]).risk
    )


@pytest.mark.parametrize(
    "riskier", [{"prior_tamoxifen": True}, {"prior_taxane": True}, {"ai": "exemestane"}, {"birth_year": 1985}]
)
def test_factors_of_the_patient_change_the_risk_in_the_published_direction(riskier):
    other = {"prior_tamoxifen": False, "prior_taxane": False, "ai": "letrozole", "birth_year": 1950}
    entries = [entry_of(n, pain_worst=3) for n in range(60)]
    lower = PatientFactors(DAY_0, **other)
    higher = PatientFactors(DAY_0, **{**other, **riskier})

    assert risk_after(entries, lower).risk < risk_after(entries, higher).risk


def test_a_pain_rise_a_declining_diary_and_a_long_gap_raise_the_risk():
    steady = [entry_of(n, pain_worst=5) for n in range(60)]
    rising = [entry_of(n, pain_worst=2 if n < 28 else 5) for n in range(60)]
    assert value(steady, "rise") < 0.1
    assert value(rising, "rise") > 2
    stiff = [entry_of(n, pain_worst=3, stiffness=2 if n < 28 else 5) for n in range(60)]
    assert value(stiff, "rise") > 2

    thin = [entry_of(n, pain_worst=5) for n in (*range(30), 35, 42, 50, 59)]
    assert value(steady, "thinning") == pytest.approx(0, abs=0.1)
    assert value(thin, "thinning") > 0.5
    assert value([*steady, entry_of(75, pain_worst=5)], "gap") == 3  # at most eight times the usual
    assert risk_after(steady).risk < risk_after([*steady[:-1], entry_of(75, pain_worst=5)]).risk


def test_a_rise_within_a_month_of_the_start_counts_half_by_one_point_and_whole_by_two():
    for points, part in ((0, 0), (1, 0.5), (2, 1), (5, 1)):
        entries = [entry_of(n, pain_worst=3 if n < 8 else 3 + points) for n in range(40)]
        assert value(entries, "early_rise", STARTED) == pytest.approx(part)
    assert value(entries, "early_rise") is None  # when the tablets began is not known
    assert value(entries[:16], "early_rise", STARTED) is None


def test_bother_counts_from_the_second_week_on_and_fades_to_what_is_usual():
    early = [entry_of(n, pain_worst=3, **({"side_effects_bother": 9} if n < 7 else {})) for n in range(20)]
    assert value(early, "bother", STARTED) is None
    told = [*early, entry_of(20, side_effects_bother=9)]
    assert value(told, "bother", STARTED) == pytest.approx((9 + 3) / 2)
    later = [*told, *(entry_of(n, pain_worst=3) for n in range(21, 200))]
    assert value(later, "bother", STARTED) == pytest.approx(3, abs=0.1)


@pytest.mark.parametrize(
    ("name", "better", "worse"),
    [
        ("bother", {"side_effects_bother": 1}, {"side_effects_bother": 8}),
        ("need_doubt", {"doubt": 1}, {"doubt": 8}),
        ("cost", {"cost_trouble": False}, {"cost_trouble": True}),
        ("sleep", {"sleep_trouble": False}, {"sleep_trouble": True}),
    ],
)
def test_optional_answers_raise_the_risk_and_a_blank_is_unknown(name, better, worse):
    before = [entry_of(n, pain_worst=3) for n in range(60)]

    assert value(before, name) is None
    assert (
        risk_after([*before, entry_of(60, pain_worst=3, **better)]).risk
        < risk_after([*before, entry_of(60, pain_worst=3, **worse)]).risk
    )


@pytest.mark.parametrize(("every", "sparse"), [(1, 0), (2, 5), (7, 0), (14, 5), (28, 0)])
def test_a_diary_is_sparse_by_its_own_rhythm(every, sparse):
    """Every second day is half of a daily diary; every seventh is a whole weekly one."""
    days = range(0, 500, every)
    if every == 14:  # a weekly diary with half of the weeks left out
        days = [n for n in range(0, 500, 7) if n // 7 % 4 < 2]

    assert value([entry_of(n, pain_worst=3) for n in days], "sparse") == pytest.approx(sparse, abs=0.6)


def test_every_effect_names_its_source_and_race_is_no_input():
    for feature in FEATURES:
        assert "unverified" in feature.source or "201" in feature.source
        assert feature.effect > 0
        assert feature.error > 0
    assert not {"race", "ethnicity", "bmi", "weight"} & set(NAMES)


def test_the_published_effects_are_halved_and_their_errors_widened():
    of = {feature.name: feature for feature in FEATURES}

    assert of["tamoxifen"].effect == pytest.approx(math.log(2.01) / 2)
    assert of["tamoxifen"].error == pytest.approx(1.5 * 0.312)
    assert of["pain"].effect == pytest.approx(math.log(2.09) / 2 / 3 / 2)
    assert of["bother"].effect == pytest.approx(0.12, abs=0.005)
    assert of["bother"].error == pytest.approx(0.10, abs=0.005)
    assert of["early_rise"].effect == pytest.approx(0.47, abs=0.005)
    assert of["early_rise"].error == pytest.approx(0.22, abs=0.006)
    assert of["sleep"].effect == pytest.approx(0.33, abs=0.005)
