"""QuickDASH, M-SACRAH, BCPT-MS and MARS-5: how much must be answered, and which way is worse."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.instruments.change import ScoreReading
from api.domain.instruments.definition import Wording
from api.domain.instruments.interpretation import band_of, interpret
from api.domain.instruments.registry import find
from api.domain.instruments.scores import Direction
from api.domain.instruments.scoring import score

QUICKDASH, SACRAH, BCPT, MARS = find("quickdash"), find("m-sacrah"), find("bcpt-ms"), find("mars-5")
ITEMS = [f"item_{n}" for n in range(1, 12)]


@given(st.lists(st.integers(1, 5), min_size=11, max_size=11), st.integers(0, 11))
def test_quickdash_takes_the_mean_of_ten_or_eleven_answers(given_answers, blanks):
    answers = dict(zip(ITEMS[blanks:], given_answers[blanks:], strict=True))
    scored = score(QUICKDASH, answers).scores["disability"]
    if blanks > 1:
        assert scored is None
    else:
        assert scored == pytest.approx((sum(answers.values()) / len(answers) - 1) * 25)


@pytest.mark.parametrize("module", ["work", "sport"])
def test_a_module_of_quickdash_needs_all_four_and_is_scored_alone(module):
    answers = {f"{module}_{n}": 3 for n in range(1, 5)}
    assert score(QUICKDASH, answers).scores == {"disability": None, "work": None, "sport": None} | {
        module: 50.0
    }
    del answers[f"{module}_4"]
    assert score(QUICKDASH, answers).unscored[module] == "3 of 4 items answered, 4 are needed"


def test_fourteen_points_of_quickdash_matter_though_they_may_be_noise():
    change = interpret(
        QUICKDASH.scores[0], ScoreReading(64.0), baseline=ScoreReading(50.0)
    ).change_from_baseline
    assert (change.exceeds_important_difference, change.exceeds_measurement_error) == (True, False)
    assert change.noise.points == pytest.approx(17.1, abs=0.01)


@given(st.fixed_dictionaries({item.id: st.floats(0, 100) for item in SACRAH.items}))
def test_the_m_sacrah_total_is_the_mean_of_its_domains_not_of_its_scales(answers):
    scores = score(SACRAH, answers).scores
    domains = [scores[name] for name in ("function", "stiffness", "pain")]
    assert scores["total"] == pytest.approx(sum(domains) / 3)


def test_the_m_sacrah_total_names_every_domain_it_lacks():
    unscored = score(SACRAH, {"stiffness_1": 10, "stiffness_2": 10.5}).unscored
    assert unscored["total"].startswith("not every domain is scored; function: 0 of 8")
    assert "pain: 0 of 2" in unscored["total"]
    assert "stiffness" not in unscored


@pytest.mark.parametrize(("value", "word"), [(1.49, "below"), (1.5, "at")])
def test_bcpt_shows_whether_a_trial_would_admit_the_patient(value, word):
    assert band_of(BCPT.scores[0], value).label.startswith(word)


@pytest.mark.parametrize("instrument", [BCPT, MARS])
def test_no_rule_for_missing_answers_means_no_score(instrument):
    some = {item.id: item.highest for item in instrument.items[1:]}
    assert set(score(instrument, some).scores.values()) == {None}


def test_a_high_mars_is_good_and_has_no_disputed_cut():
    (adherence,) = MARS.scores
    assert adherence.direction is Direction.HIGHER_IS_BETTER
    assert adherence.bands == ()
    fallen = interpret(adherence, ScoreReading(20.0), baseline=ScoreReading(24.0)).change_from_baseline
    assert fallen.points == 4.0
    assert fallen.description.startswith("worse by 4")


@pytest.mark.parametrize("instrument", [QUICKDASH, SACRAH, BCPT, MARS], ids=lambda each: each.code)
def test_their_wording_waits_for_a_licence(instrument):
    assert instrument.licence.wording is Wording.NOT_SHIPPED
