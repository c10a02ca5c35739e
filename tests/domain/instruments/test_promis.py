"""PROMIS: from raw sums to T scores, each domain its own, each direction its own."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.instruments.catalogue.promis_29 import ITEMS
from api.domain.instruments.catalogue.promis_tables import ERRORS, T_SCORES
from api.domain.instruments.interpretation import band_of
from api.domain.instruments.registry import find
from api.domain.instruments.scores import Direction
from api.domain.instruments.scoring import score

PROFILE, PAIN, GLOBAL = find("promis-29"), find("promis-pi-4a"), find("promis-global-10")
FULL = {item.id: 3 for item in PROFILE.items}


@pytest.mark.parametrize("table", [*T_SCORES.values(), *ERRORS.values()])
def test_a_table_has_a_number_for_every_raw_sum_from_4_to_20(table):
    assert len(table) == 17


@pytest.mark.parametrize("name", T_SCORES)
def test_t_scores_rise_with_the_raw_sum(name):
    table = T_SCORES[name]
    assert list(table) == sorted(set(table))


@pytest.mark.parametrize(
    ("domain", "direction"),
    [
        ("physical_function", Direction.HIGHER_IS_BETTER),
        ("anxiety", Direction.HIGHER_IS_WORSE),
        ("depression", Direction.HIGHER_IS_WORSE),
        ("fatigue", Direction.HIGHER_IS_WORSE),
        ("sleep_disturbance", Direction.HIGHER_IS_WORSE),
        ("social_roles", Direction.HIGHER_IS_BETTER),
        ("pain_interference", Direction.HIGHER_IS_WORSE),
    ],
)
def test_function_and_roles_run_the_other_way_from_symptoms(domain, direction):
    of = next(of for of in PROFILE.scores if of.id == domain)
    assert of.direction is direction
    ends = [band_of(of, value).label for value in (of.lowest, of.highest)]
    worst_last = ends if direction is Direction.HIGHER_IS_WORSE else ends[::-1]
    assert worst_last == ["within normal limits", "severe"]


@given(raw=st.lists(st.integers(1, 5), min_size=4, max_size=4), domain=st.sampled_from(sorted(ITEMS)))
def test_a_domain_is_looked_up_by_its_raw_sum(raw, domain):
    answers = FULL | dict(zip(ITEMS[domain], raw, strict=True))
    scored = score(PROFILE, answers).scores
    assert scored[domain] == T_SCORES[domain][sum(raw) - 4]
    if domain in ERRORS:
        assert scored[f"{domain}_se"] == ERRORS[domain][sum(raw) - 4]


@pytest.mark.parametrize("domain", ITEMS)
def test_a_missing_answer_refuses_its_domain_and_no_other(domain):
    answers = {name: answer for name, answer in FULL.items() if name != ITEMS[domain][0]}
    unscored = score(PROFILE, answers).unscored
    assert set(unscored) == {
        name for name in (domain, f"{domain}_se") if name in {s.id for s in PROFILE.scores}
    }
    assert unscored[domain] == "3 of 4 items answered, 4 are needed"


def test_physical_function_of_version_2_1_has_its_own_table_and_the_score_remembers_which():
    worst = FULL | dict.fromkeys(ITEMS["physical_function"], 1)
    assert score(PROFILE, worst).scores["physical_function"] == 22.9
    newer = score(PROFILE, worst, {"physical_function_v2": True})
    assert newer.scores["physical_function"] == 22.5
    assert newer.options == {"physical_function_v2": True}


@pytest.mark.parametrize(
    ("domain", "raw", "t", "error"),
    [
        ("physical_function", 4, 22.9, 3.9),
        ("physical_function", 20, 56.9, 6.6),
        ("physical_function", 12, 36.7, 2.1),
        ("depression", 4, 41.0, 6.2),
        ("depression", 19, 75.7, 2.6),
        ("depression", 20, 79.4, 3.6),
        ("sleep_disturbance", 4, 32.0, 5.2),
        ("sleep_disturbance", 20, 73.3, 4.6),
        ("social_roles", 4, 27.5, 4.1),
        ("social_roles", 20, 64.2, 5.1),
        ("pain_interference", 20, 75.6, 3.7),
        ("pain_interference", 4, 41.6, 6.1),
    ],
)
def test_a_raw_sum_has_its_t_score_and_standard_error(domain, raw, t, error):
    quarters = [raw // 4 + (place < raw % 4) for place in range(4)]
    found = score(PROFILE, FULL | dict(zip(ITEMS[domain], quarters, strict=True))).scores

    assert (found[domain], found[f"{domain}_se"]) == (t, error)


@pytest.mark.parametrize("name", ERRORS)
def test_a_standard_error_is_least_between_the_ends(name):
    table = ERRORS[name]
    lowest = min(table)
    assert table[0] > lowest
    assert table[-1] > lowest
    assert all(later <= earlier for earlier, later in pairwise(table[:4]))


def test_physical_function_of_version_2_1_has_no_standard_error_with_the_reason():
    scored = score(PROFILE, FULL, {"physical_function_v2": True})
    assert scored.scores["physical_function_se"] is None
    assert "bank 2.0" in scored.unscored["physical_function_se"]


@pytest.mark.parametrize("table", ["physical_function", "physical_v2"])
def test_both_tables_of_physical_function_lie_within_the_declared_range(table):
    of = next(of for of in PROFILE.scores if of.id == "physical_function")
    assert all(of.lowest <= t <= of.highest for t in T_SCORES[table])


@given(raw=st.lists(st.integers(1, 5), min_size=4, max_size=4))
def test_the_short_form_and_the_profile_agree_on_pain_interference(raw):
    answers = dict(zip(ITEMS["pain_interference"], raw, strict=True))
    alone, within = score(PAIN, answers).scores, score(PROFILE, FULL | answers).scores
    assert alone == {name: within[name] for name in alone}


def test_the_table_a_score_rests_on_is_named_with_it():
    assert (PROFILE.version, PAIN.version, GLOBAL.version) == ("2.0", "1.0", "1.2")
    assert all(any("table" in caution for caution in each.cautions) for each in (PROFILE, PAIN))
    assert any("version 1.2" in caution for caution in GLOBAL.cautions)


@pytest.mark.parametrize(
    ("pain", "t"), [(0, 57.7), (1, 54.1), (3, 54.1), (4, 50.8), (6, 50.8), (7, 47.7), (9, 47.7), (10, 44.9)]
)
def test_global_health_turns_pain_of_0_to_10_into_five_steps(pain, t):
    answers = {"Global03": 4, "Global06": 5, "Global07r": pain, "Global08r": 4}
    assert score(GLOBAL, answers).scores["global_physical"] == t


@pytest.mark.parametrize("missing", ["Global03", "Global06", "Global07r", "Global08r"])
def test_a_partial_sum_of_global_health_is_no_score(missing):
    answers = {item.id: 3 for item in GLOBAL.items if item.id != missing}
    scored = score(GLOBAL, answers)
    assert scored.scores["global_physical"] is None
    assert scored.scores["global_mental"] == 43.5


@pytest.mark.parametrize(("t", "word"), [(34.9, "poor"), (35.0, "fair"), (42.3, "good"), (58.0, "excellent")])
def test_global_physical_health_has_its_five_words(t, word):
    assert band_of(GLOBAL.scores[0], t).label == word
