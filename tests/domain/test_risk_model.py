"""The risk of stopping: a hazard computed by hand, contributions that add up, its interval and version."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.diary.patient_factors import PatientFactors
from api.domain.risk.covariates import diary_days, insufficient_data_reason
from api.domain.risk.explain import describe, to_json
from api.domain.risk.features import FEATURES, NAMES, TYPICAL
from api.domain.risk.model import RiskModel, exposure
from api.domain.trajectory.engine import Engine
from tests.support.diaries import DAY_0, UNKNOWN, day, entry_of
from tests.support.risks import MODEL, diaries, drawn, history_of, risk_after


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


def test_what_is_not_known_adds_nothing():
    assert MODEL.predictor((None,) * len(FEATURES)) == 0
    assert MODEL.predictor(TYPICAL) == 0
    assert MODEL.contributions((None,) * len(FEATURES)) == []


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
