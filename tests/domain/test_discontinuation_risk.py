"""The discontinuation risk: a hazard computed by hand, contributions that add up, blanks."""

import json
import math
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.alerts.finding import FindingKind
from api.domain.diary.daily_summary import DailySummary
from api.domain.diary.patient_factors import PatientFactors
from api.domain.risk.base_rate import TimeOnTablets, check_base_rate
from api.domain.risk.case_mix import RelativeHazards, Untaken, with_base_rate
from api.domain.risk.covariates import covariates, diary_days, insufficient_data_reason
from api.domain.risk.explain import describe, to_json
from api.domain.risk.features import FEATURES, NAMES, TYPICAL
from api.domain.risk.history import RISK_HISTORY_CODEC, RiskHistory, update_history
from api.domain.risk.model import RiskModel, exposure
from api.domain.trajectory.engine import Engine
from tests.support.diaries import DAY_0, day, entry_of

MODEL = RiskModel()
UNKNOWN = PatientFactors()
STARTED = PatientFactors(ai_started_on=DAY_0)
scale = st.integers(0, 10)
answers = st.fixed_dictionaries(
    {},
    optional={
        "pain_worst": scale,
        "stiffness": scale,
        "interference": scale,
        "dose": st.sampled_from(["taken", "missed", "skipped"]),
        "doses_missed_7d": st.integers(0, 7),
        "confidence": scale,
        "wants_to_stop": st.booleans(),
        "side_effects_bother": scale,
        "doubt": scale,
        "cost_trouble": st.booleans(),
        "sleep_trouble": st.booleans(),
    },
)
diaries = st.lists(st.tuples(st.integers(1, 12), answers), min_size=3, max_size=25)


def history_of(entries, factors=UNKNOWN):
    """Return the risk history after a diary of one entry a day."""
    history = RiskHistory()
    for entry in entries:
        day_summary = DailySummary(entry.local_date.toordinal())
        day_summary.add_entry(entry)
        history = update_history(history, day_summary, factors.started)
    return history


def drawn(diary):
    """Return the entries of a drawn diary: gaps in days, and answers."""
    number, entries = 0, []
    for gap, given_answers in diary:
        number += gap
        entries.append(entry_of(number, **given_answers))
    return entries


def value(entries, name, factors=UNKNOWN):
    """Return one feature after a diary."""
    return covariates(history_of(entries, factors), factors)[NAMES.index(name)]


def risk_after(entries, factors=STARTED, model=MODEL):
    """Return the risk after a diary."""
    return model.assess(history_of(entries, factors), factors)


def test_the_risk_equals_one_computed_by_hand():
    """Three days of pain 6, tamoxifen before; all else is not known."""
    entries = [entry_of(n, pain_worst=6) for n in (200, 201, 202)]
    factors = PatientFactors(ai_started_on=DAY_0, prior_tamoxifen=True)
    fading = 0.5 ** (1 / 14)
    weight = 1 + fading + fading**2
    pain = (6 * weight + 3) / (weight + 1)
    effect_of_pain = math.log(2.09) / 2 / 3 / 2  # half of it is that of a rise
    effect_of_tamoxifen = math.log(2.01) / 2
    gap = -0.25 * 0.035  # never longer than usual, where the typical gap is 0.25 doublings
    wish = -0.01 * 1.0  # not stated
    adds = effect_of_pain * (pain - 3) + effect_of_tamoxifen * 0.75 + gap + wish
    year = 182.625 * 2.4 + (365 - 182.625)
    average = -math.log(1 - 0.15) * 90 / year  # day 202 to 292: past the first half year, height 1

    found = risk_after(entries, factors)

    assert found.average == pytest.approx(1 - math.exp(-average))
    assert found.risk == pytest.approx(1 - math.exp(-average * math.exp(adds + 0.04)))  # a new diary


def test_the_worked_example_of_the_documentation():
    values = [None] * len(FEATURES)
    for name, found in (("pain", 6.0), ("doubt", 5.4), ("missed", 2.0), ("tamoxifen", 1.0)):
        values[NAMES.index(name)] = found
    added = {each.name: round(each.log_hazard, 2) for each in MODEL.contributions(tuple(values))}

    assert added == {"doubt": 0.7, "missed": 0.39, "tamoxifen": 0.26, "pain": 0.18}
    hazard = MODEL.average_hazard(400)
    assert round(hazard, 4) == 0.0236
    risk = 1 - math.exp(-hazard * math.exp(MODEL.centre(300) + MODEL.predictor(tuple(values))))
    assert round(risk, 2) == 0.07


def test_an_average_first_year_adds_up_to_the_base_rate():
    months = [MODEL.average_hazard(d) for d in range(0, 270, 90)]
    fourth = -math.log1p(-0.15) * exposure(270, 365) / exposure(0, 365)

    assert 1 - math.exp(-sum(months) - fourth) == pytest.approx(0.15)


def test_after_the_first_month_the_hazard_never_rises_with_time_and_never_ends():
    hazards = [round(MODEL.average_hazard(d), 12) for d in range(31, 4000, 10)]

    assert hazards == sorted(hazards, reverse=True)
    assert hazards[-1] > 0


@given(diary=diaries, birth=st.none() | st.integers(1930, 1990), flag=st.none() | st.booleans())
def test_contributions_add_up_to_the_predictor_and_the_interval_holds_the_risk(diary, birth, flag):
    factors = PatientFactors(None, "letrozole", flag, flag, birth)
    history = history_of(drawn(diary))
    found = MODEL.assess(history, factors)
    if found is None:
        assert insufficient_data_reason(history, None)
        return
    contributions = MODEL.contributions(found.covariates)
    low, high = MODEL.interval(found)

    assert sum(each.log_hazard for each in contributions) == pytest.approx(
        MODEL.predictor(found.covariates), abs=1e-12
    )
    hazard = -math.log1p(-found.average) * math.exp(
        MODEL.centre(diary_days(history)) + sum(each.log_hazard for each in contributions)
    )
    assert found.risk == pytest.approx(1 - math.exp(-hazard))
    assert [abs(each.log_hazard) for each in contributions] == sorted(
        (abs(c.log_hazard) for c in contributions), reverse=True
    )
    assert {each.name for each in contributions} == {
        name for name, known in zip(NAMES, found.covariates, strict=True) if known is not None
    }
    assert 0 < low < found.risk < high <= 1  # 1.0 is the nearest number to what lies beyond all doubt
    assert all(describe(each) for each in contributions)
    json.dumps(to_json(contributions), allow_nan=False)


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


@pytest.mark.parametrize(("every", "sparse"), [(1, 0), (2, 5), (7, 0), (14, 5), (28, 0)])
def test_a_diary_is_sparse_by_its_own_rhythm(every, sparse):
    """Every second day is half of a daily diary; every seventh is a whole weekly one."""
    days = range(0, 500, every)
    if every == 14:  # a weekly diary with half of the weeks left out
        days = [n for n in range(0, 500, 7) if n // 7 % 4 < 2]

    assert value([entry_of(n, pain_worst=3) for n in days], "sparse") == pytest.approx(sparse, abs=0.6)


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


def test_what_is_not_known_adds_nothing():
    assert MODEL.predictor((None,) * len(FEATURES)) == 0
    assert MODEL.predictor(TYPICAL) == 0
    assert MODEL.contributions((None,) * len(FEATURES)) == []


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


@pytest.mark.parametrize(
    ("entries", "factors", "why"),
    [
        ([], UNKNOWN, "on 0 days, 3 are needed"),
        ([entry_of(1, pain_worst=5), entry_of(2, pain_worst=5)], UNKNOWN, "on 2 days, 3 are needed"),
        ([entry_of(n, note="well") for n in range(9)], UNKNOWN, "on 0 days, 3 are needed"),
        (
            [entry_of(n, pain_worst=5) for n in range(9)],
            PatientFactors(ai_started_on=day(9)),
            "have not begun",
        ),
        (
            [*(entry_of(n, pain_worst=5) for n in range(9)), entry_of(60, note="at sea")],
            UNKNOWN,
            "for over 28 days",
        ),
    ],
)
def test_not_enough_data_is_an_answer_with_its_reason(entries, factors, why):
    history = history_of(entries)

    assert MODEL.assess(history, factors) is None
    assert why in insufficient_data_reason(history, factors.started)


def test_a_diary_of_doses_or_confidence_alone_is_enough():
    assert risk_after([entry_of(n, dose="taken") for n in range(3)]) is not None
    assert risk_after([entry_of(7 * n, confidence=5) for n in range(3)]) is not None


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


def test_the_interval_widens_with_what_is_extreme_and_narrows_with_what_is_known():
    calm = risk_after([entry_of(n, pain_worst=3) for n in range(60)])
    extreme = risk_after([entry_of(n, pain_worst=10, confidence=0, dose="missed") for n in range(60)])
    sure = RiskModel(errors=tuple(error / 2 for error in MODEL.errors))

    assert MODEL.error(calm.covariates) < MODEL.error(extreme.covariates)
    assert sure.error(extreme.covariates) == pytest.approx(MODEL.error(extreme.covariates) / 2)


def test_correlated_errors_are_counted_by_the_usual_rule():
    """Var(a x + b y) = a2 x2 + b2 y2 + 2 r a b x y, base rate first."""
    errors = (0.3, 0.2, *[0.0] * (len(FEATURES) - 1))
    below = tuple(tuple(0.5 if (i, j) == (1, 0) else 0.0 for j in range(i)) for i in range(len(errors)))
    model = RiskModel(errors=errors, correlations=below)
    values = (TYPICAL[0] + 2, *TYPICAL[1:])

    assert model.error(values) == pytest.approx(math.sqrt(0.09 + 0.16 + 2 * 0.5 * 0.3 * 0.2 * 2))


def test_every_number_of_a_model_changes_its_version_and_that_of_the_engine():
    models = [
        MODEL,
        RiskModel(base_rate=0.2),
        RiskModel(centres=(0.0,) * 6),
        RiskModel(effects=(0.2, *MODEL.effects[1:])),
        RiskModel(errors=(0.2, *MODEL.errors[1:])),
        RiskModel(correlations=tuple((0.0,) * i for i in range(len(MODEL.errors)))),
    ]

    assert len({model.version for model in models}) == len(models)
    assert len({Engine(model=model).version for model in models}) == len(models)


def test_a_base_rate_is_met_by_the_patients_it_is_set_for():
    """In every month of the diary the mean hazard of those on the tablets is that of the base rate."""
    means = (1.0, 1.5, 2.0, 2.5, 3.0, 3.5)
    model = with_base_rate(MODEL, 0.3, [RelativeHazards(mean * 1e7, 10**7) for mean in means])

    for month, mean in enumerate(means, start=1):
        assert math.exp(model.centre(30 * month)) * mean == pytest.approx(1, abs=1e-4)
    assert (model.base_rate, model.effects) == (0.3, MODEL.effects)
    with pytest.raises(ValueError, match="no month has data"):
        with_base_rate(MODEL, 0.3, [RelativeHazards()] * 6)


def test_one_patient_hardly_moves_the_centres():
    model = with_base_rate(MODEL, 0.3, [RelativeHazards(2.0, 1)] * 6)

    assert model.centres == pytest.approx(MODEL.centres, abs=0.06)


@pytest.mark.parametrize(
    ("answers", "stopped"),
    [
        ([{"dose": "missed"}] * 7, True),
        ([{"dose": "skipped"}] * 6, False),
        ([{"dose": "missed"}] * 6 + [{"pain_worst": 3}], False),
        ([{"dose": "missed"}] * 7 + [{"dose": "taken"}], False),
        ([{"doses_missed_7d": 7}], True),
        ([{"dose": "missed", "doses_missed_7d": 6}], False),
        ([{"pain_worst": 3}] * 9, False),
    ],
)
def test_a_patient_without_a_tablet_for_a_week_may_have_stopped(answers, stopped):
    untaken = Untaken()
    for n, given_answers in enumerate(answers):
        day_summary = DailySummary((DAY_0 + timedelta(days=n)).toordinal())
        day_summary.add_entry(entry_of(n, **given_answers))
        untaken = untaken.add(day_summary)

    assert untaken.may_have_stopped is stopped


@pytest.mark.parametrize(
    ("stopped", "contradicts", "words"),
    [
        (15, False, "15 patients stopped where 16.3 were expected with 15% within 12 months"),
        (30, True, "every risk is too low"),
        (3, True, "every risk is too high"),
    ],
)
def test_outcomes_contradict_a_base_rate_by_an_exact_test(stopped, contradicts, words):
    found = check_base_rate(0.15, [TimeOnTablets(0, 365, stopped=n < stopped) for n in range(100)])

    assert found.contradicts is contradicts
    assert words in found.sentence()
    assert (found.low <= 0.15 <= found.high) is not contradicts
    assert found.low < found.share < found.high
    assert check_base_rate(0.15, []) is None


def test_garwoods_interval_and_the_exact_p_are_those_of_tables():
    """Of 10 events 4.80 to 18.39; P(X >= 10) at 5 is 0.0318."""
    rate = 1 - math.exp(-0.5)
    found = check_base_rate(rate, [TimeOnTablets(0, 365, stopped=True) for _ in range(10)])

    assert found.expected == pytest.approx(5)
    assert found.p == pytest.approx(2 * 0.0318, abs=1e-4)
    low, high = (-math.log1p(-share) / 0.5 * 5 for share in (found.low, found.high))
    assert (low, high) == pytest.approx((4.795, 18.39), abs=0.01)


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


def test_missed_and_skipped_tablets_are_kept_apart():
    entries = [entry_of(n, dose=("missed", "skipped", "taken", "taken")[n % 4]) for n in range(80)]

    missed, skipped = value(entries, "missed"), value(entries, "skipped")
    assert missed == pytest.approx(skipped, rel=0.05)
    assert 1.8 < missed < 2.5


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


def stopping(entries, factors=STARTED):
    """Return the days and findings of likely discontinuation."""
    found = Engine().begin(factors).add(entries).findings
    return [finding for finding in found if finding.kind is FindingKind.LIKELY_DISCONTINUATION]


def worrying(n, **more):
    """Return an entry of a patient who is likely to stop."""
    return entry_of(n, **{"pain_worst": 8, "confidence": 2, "dose": "missed"} | more)


def test_likely_stopping_is_found_with_its_numbers_and_reasons():
    calm = [entry_of(n, pain_worst=2, confidence=9, dose="taken") for n in range(60)]
    found = stopping([*calm, *(worrying(n) for n in range(60, 80))])[0]

    numbers = found.numbers
    assert found.day > date(2026, 1, 5) + timedelta(days=60)
    assert numbers["risk_90d"] >= 0.2
    assert numbers["risk_90d"] >= 2 * numbers["average_90d"]
    assert numbers["risk_low"] < numbers["risk_90d"] < numbers["risk_high"]
    assert numbers["model"] == MODEL.version
    added = [each["adds"] for each in numbers["contributions"]]
    assert added == sorted(added, key=abs, reverse=True)
    hazard = -math.log1p(-numbers["average_90d"]) * math.exp(
        MODEL.centre((found.day - DAY_0).days + 1) + sum(added)
    )
    assert 1 - math.exp(-hazard) == pytest.approx(numbers["risk_90d"], abs=2e-3)
    assert "% likely to stop the tablets within 90 days (" in found.reason
    assert "raised most by" in found.reason
    assert "safe" not in found.reason


def test_it_is_raised_once_again_after_28_days_and_ends_with_hysteresis():
    entries = [worrying(n) for n in range(100)]
    days = [(found.day - DAY_0).days for found in stopping(entries)]
    gaps = [b - a for a, b in pairwise(days)]

    assert len(days) >= 3
    assert set(gaps) == {28}


def test_a_day_without_answers_neither_begins_nor_ends_it():
    entries = [worrying(n) for n in range(20)]
    told_first = stopping(entries)
    silent = [entry_of(n, note="away") for n in range(20, 45)]

    assert [f.key for f in stopping([*entries, *silent])] == [f.key for f in told_first]


def test_a_diary_of_low_symptoms_raises_no_finding_and_has_no_zero_risk():
    entries = [entry_of(n, pain_worst=1, confidence=10, dose="taken") for n in range(120)]

    assert stopping(entries) == []
    scores = Engine().begin(STARTED).add(entries).scores
    assert all(score.risk_90d is None or score.risk_90d > 0.005 for score in scores)
